using System.Diagnostics;
using System.Globalization;

namespace BindToInterface.EndToEnd;

/// <summary>
/// A client with two uplinks in network namespaces, made by tests/lab/lab.sh, which says what is in it.
/// It ends with its keeper's standard input, thus with this process at the latest.
/// </summary>
public sealed class Lab : IDisposable
{
    /// <summary>The path of the executable under test inside the lab.</summary>
    public const string Supervisor = "/run/lab/bti-supervise";

    private static readonly string Script = Repository.At("tests/lab/lab.sh");
    private readonly Process keeper;
    private readonly string id;

    public Lab()
    {
        Prerequisites.Demand();
        var start = new ProcessStartInfo(Script, ["serve"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["BTI_SUPERVISE"] = Repository.Supervisor;
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";
        keeper = Process.Start(start)!;
        var ready = keeper.StandardOutput.ReadLine()?.Split(' ');
        if (ready is not ["ready", _])
        {
            throw new InvalidOperationException($"no lab: {keeper.StandardError.ReadToEnd()}");
        }

        id = ready[1];
    }

    public void Dispose()
    {
        keeper.StandardInput.Close();
        keeper.WaitForExit(TimeSpan.FromSeconds(10));
        keeper.Dispose();
    }

    /// <summary>Starts a command in the client and leaves it running.</summary>
    public Running Start(Who who, IEnumerable<string> command, IReadOnlyDictionary<string, string>? environment = null) =>
        new([Script, "exec", id, who == Who.Root ? "root" : "user", .. command], environment);

    /// <summary>Runs a command in the client to its end.</summary>
    public Result Run(Who who, IEnumerable<string> command, IReadOnlyDictionary<string, string>? environment = null)
    {
        using var running = Start(who, command, environment);
        return running.Finish();
    }

    public Result Run(Who who, params string[] command) => Run(who, (IEnumerable<string>)command);

    /// <summary>Runs a command below the supervisor, with these options (separated by spaces).</summary>
    public Result Supervised(Who who, string options, params string[] command) => Run(who, Supervise(options, command));

    /// <summary>Runs a command bound to ovpn.</summary>
    public Result Bound(Who who, params string[] command) => Supervised(who, "--interface ovpn", command);

    /// <summary>The words of a command below the supervisor.</summary>
    public static string[] Supervise(string options, params string[] command) =>
        [Supervisor, .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--", .. command];

    /// <summary>Packets that programs sent by this uplink since the last <see cref="Reset"/>.</summary>
    public int Packets(Side side) => int.Parse(
        Tool("count").Split('\n').Single(line => line.StartsWith(side.Name + " ", StringComparison.Ordinal)).Split(' ')[1],
        CultureInfo.InvariantCulture);

    public void NothingLeftBy(Side side)
    {
        var packets = Packets(side);
        Assert.True(packets == 0, $"{packets} packets left by {side}, of all these:\n{(packets == 0 ? "" : Tool("seen"))}");
    }

    /// <summary>Counts from zero, once the connections of earlier commands have ended.</summary>
    public void Reset() => Tool("reset");

    public void Unplug() => Tool("unplug");

    public void Plug() => Tool("plug");

    /// <summary>Replaces the client's /etc/resolv.conf until what is returned is disposed of.</summary>
    public IDisposable ResolvConf(string text)
    {
        var path = $"/proc/{id}/root/run/lab/resolv.conf";
        var before = File.ReadAllText(path);
        File.WriteAllText(path, text);
        return new Restored(() => File.WriteAllText(path, before));
    }

    private string Tool(string command)
    {
        using var running = new Running([Script, command, id], null);
        return running.Finish().Succeeds().Output;
    }

    private sealed class Restored(Action restore) : IDisposable
    {
        public void Dispose() => restore();
    }
}
