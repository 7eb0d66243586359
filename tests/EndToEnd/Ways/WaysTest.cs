namespace BindToInterface.EndToEnd;

/// <summary>A class of tests that send in single ways.</summary>
public abstract class WaysTest(Lab lab) : LabTest(lab)
{
    protected const string Mapped = $"::ffff:{Internet.Web4}";
    protected const string Bound = "--interface ovpn";

    /// <summary>Some destinations of both families are excluded: the supervisor sends each datagram itself.</summary>
    protected const string Mixing = "--interface ovpn --exclude 192.0.2.1,2001:db8:ffff::1";

    /// <summary>Sends to an address below the supervisor. The OPTIONS are the way's own.</summary>
    protected Result Send(Who who, WaysDoor door, string way, string address, string options = "", string supervise = Bound, int port = Internet.Echo) =>
        Lab.Supervised(who, supervise, Words(door, way, address, options, port));

    /// <summary>Sends to each of these addresses below the supervisor, which all are answered by SIDE.</summary>
    protected void SendEach(Who who, WaysDoor door, string way, string[] addresses, Side side, string options = "", string supervise = Bound) =>
        AnsweredEach(Lab.Supervised(who, supervise, Script(door, way, addresses, options)), addresses, side);

    /// <summary>Sends to each of these addresses without the supervisor.</summary>
    protected void SendEachPlain(Who who, WaysDoor door, string way, string[] addresses, Side side, string options = "") =>
        AnsweredEach(Lab.Run(who, Script(door, way, addresses, options)), addresses, side);

    /// <summary>The words of a shell that sends to one address after the other.</summary>
    protected static string[] Script(WaysDoor door, string way, string[] addresses, string options = "") =>
        ["sh", "-ec", string.Join('\n', addresses.Select(address => string.Join(' ', Words(door, way, address, options, Internet.Echo))))];

    /// <summary>Runs a way that has no destination.</summary>
    protected Result Do(Who who, WaysDoor door, string way, string supervise = Bound) =>
        Lab.Supervised(who, supervise, WaysProgram.Words(door, "", way));

    /// <summary>Sends without the supervisor.</summary>
    protected Result SendPlain(Who who, WaysDoor door, string way, string address, string options = "", int port = Internet.Echo) =>
        Lab.Run(who, Words(door, way, address, options, port));

    /// <summary>Nothing left by either uplink.</summary>
    protected void NothingLeft()
    {
        Lab.NothingLeftBy(Side.Lan0);
        Lab.NothingLeftBy(Side.Ovpn);
    }

    /// <summary>The second destination of ways that have one.</summary>
    protected static string Other(string address) => Of(address, Internet.OtherWeb4, Internet.OtherWeb6);

    /// <summary>A side's own address, of the family of ADDRESS.</summary>
    protected static string Local(Side side, string address) => Of(address, side.Address4, side.Address6);

    private static string[] Words(WaysDoor door, string way, string address, string options, int port) =>
        WaysProgram.Words(door, $"--other {Other(address)} {options}", way, address, $"{port}");

    /// <summary>Every way prints the same number of lines for each address.</summary>
    private static void AnsweredEach(Result result, string[] addresses, Side side)
    {
        var lines = result.Succeeds().OutputLines;
        var perAddress = lines.Length / addresses.Length;
        Assert.True(perAddress > 0 && lines.Length % addresses.Length == 0, $"lines are missing of {result}");
        Assert.All(lines, (line, number) => Assert.True(
            $"{line} ".StartsWith($"{side} {side.ClientFor(addresses[number / perAddress])} ", StringComparison.Ordinal),
            $"expected an answer by {side} to {addresses[number / perAddress]} of {result}"));
    }

    private static string Of(string address, string four, string six) =>
        address.StartsWith("::ffff:", StringComparison.Ordinal) ? $"::ffff:{four}"
        : address.Contains(':', StringComparison.Ordinal) ? six
        : four;
}
