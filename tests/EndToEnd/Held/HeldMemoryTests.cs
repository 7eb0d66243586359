namespace BindToInterface.EndToEnd;

/// <summary>
/// A root supervisor with an ordinary user's program, whose id becomes another process's while the supervisor is in the
/// middle of its call: a set-uid-root program's, by exec in another thread, or one's that is not supervised at all. Nothing
/// of that process's memory arrives anywhere, nothing in it changes, and none of its capabilities is lent.
/// </summary>
[Collection(HeldCollection.Name)]
public sealed class HeldMemoryTests(Lab lab) : LabTest(lab)
{
    private const string Secret = "THE-SECRET-OF-THE-VICTIM";
    private const string Excluded = $"--interface ovpn --exclude {Internet.Web4}";
    private const string Untouched = "victim: user 0, the attacker's id, memory as it was";

    /// <summary>To an excluded destination the supervisor sends by itself, with what it has read.</summary>
    [HeldTheory]
    [InlineData("exec")]
    [InlineData("recycled")]
    public void What_another_process_has_is_not_read_for_a_message(string how) =>
        NothingIsTaken(how, "sendmsg-payload", options: Excluded);

    [HeldTheory]
    [InlineData("exec", "second-payload")]
    [InlineData("exec", "second-name")]
    [InlineData("recycled", "second-payload")]
    [InlineData("recycled", "second-name")]
    public void What_another_process_has_is_not_read_for_a_later_message_of_a_vector(string how, string call) =>
        NothingIsTaken(how, call, options: Excluded);

    [HeldTheory]
    [InlineData("exec")]
    [InlineData("recycled")]
    public void A_length_is_not_written_to_another_process(string how) => NothingIsTaken(how, "length-at-variable", options: Excluded);

    /// <summary>Where the kernel itself sends what is bound, nobody can take the caller's place while it does.</summary>
    [HeldTheory]
    [InlineData("sendmsg-payload")]
    [InlineData("second-payload")]
    [InlineData("second-name")]
    [InlineData("length-at-variable")]
    public void Nothing_of_another_process_is_sent_by_the_interface_either(string call)
    {
        NothingIsTaken("exec", call, mayBeTooLate: true);

        Lab.NothingLeftBy(Side.Lan0);
    }

    [HeldTheory]
    [InlineData("exec")]
    [InlineData("recycled")]
    public void A_redirected_address_is_not_written_to_another_process(string how) =>
        NothingIsTaken(how, "redirect-at-variable", Internet.Dns4, 53, $"--interface ovpn --dns {Internet.Override4}");

    [HeldTheory]
    [InlineData("exec")]
    [InlineData("recycled")]
    public void A_reply_s_source_is_not_written_to_another_process(string how) =>
        NothingIsTaken(how, "source-at-variable", Internet.Dns4, 53, $"--interface ovpn --dns {Internet.Override4}");

    [HeldTheory]
    [InlineData("exec")]
    [InlineData("recycled")]
    public void A_capability_of_another_process_is_not_lent(string how)
    {
        Lab.Run(Who.Root, HeldProgram.Stage(["stage", .. Attacker("mark-plainly", how)])).Says("sendmsg EPERM\n");
        using var marked = new WaysCounter(Lab, "meta mark 77");

        NothingIsTaken(how, "second-mark");

        Assert.Equal(0, marked.Packets);
    }

    private void NothingIsTaken(
        string how, string call, string address = Internet.Web4, int port = Internet.Echo, string options = "--interface ovpn", bool mayBeTooLate = false)
    {
        string[] attack = ["attack", how, mayBeTooLate ? "1000" : "10000", .. Lab.Supervise(options, Attacker(call, how, address, port))];

        var result = Lab.Run(Who.Root, HeldProgram.Stage(attack)).Succeeds();

        var lines = result.OutputLines;
        Assert.True(lines[^1] == Untouched, $"expected '{Untouched}' of {result}");
        Assert.True(lines[^2] == "in the middle" || (mayBeTooLate && lines[^2] == "too late"), $"the victim came too late to prove anything: {result}");
        Assert.All(lines[..^2], line => Assert.StartsWith("far end: ", line, StringComparison.Ordinal));
        Assert.DoesNotContain(Secret, result.Output, StringComparison.Ordinal);
    }

    private static string[] Attacker(string call, string how, string address = Internet.Web4, int port = Internet.Echo) =>
        [.. HeldProgram.AsUser, .. HeldProgram.Words("attacker", call, how, address, $"{port}")];
}
