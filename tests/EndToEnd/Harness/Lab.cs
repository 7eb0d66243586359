using System.Diagnostics;
using System.Globalization;
using System.Text;

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
    private readonly Process tools;
    private readonly Dictionary<Who, string[]> entering;
    private readonly string id;

    public Lab()
    {
        Prerequisites.Demand();
        keeper = Begin("serve");
        var ready = keeper.StandardOutput.ReadLine()?.Split(' ');
        if (ready is not ["ready", _])
        {
            throw new InvalidOperationException($"no lab: {keeper.StandardError.ReadToEnd()}");
        }

        id = ready[1];
        tools = Begin("tools", id);
        entering = Enum.GetValues<Who>().ToDictionary(who => who, Entering);
    }

    public void Dispose()
    {
        tools.StandardInput.Close();
        tools.WaitForExit(TimeSpan.FromSeconds(10));
        tools.Dispose();
        keeper.StandardInput.Close();
        keeper.WaitForExit(TimeSpan.FromSeconds(10));
        keeper.Dispose();
    }

    /// <summary>Starts a command in the client and leaves it running.</summary>
    public Running Start(Who who, IEnumerable<string> command, IReadOnlyDictionary<string, string>? environment = null) =>
        new([.. entering[who], .. command], environment);

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

    /// <summary>A lab whose kernel has ovpn for its default route: what is not bound to lan0 leaves by ovpn.</summary>
    public static Lab WithTheOtherDefaultRoute()
    {
        var lab = new Lab();
        lab.Run(Who.Root, "sh", "-ec", "ip route delete default dev lan0; ip route add default via 192.168.77.1 dev lan0 metric 900; ip -6 route add default via fd00:8::1 dev ovpn metric 1").Succeeds();
        return lab;
    }

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

    private static Process Begin(params string[] words)
    {
        var start = new ProcessStartInfo(Script, words)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        start.Environment["BTI_SUPERVISE"] = Repository.Supervisor;
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";
        return Process.Start(start)!;
    }

    /// <summary>The words before a command that runs in this lab.</summary>
    private string[] Entering(Who who)
    {
        using var words = Begin("words", id, who == Who.Root ? "root" : "user");
        return words.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>One of the lab's tools, by a shell that is there already.</summary>
    private string Tool(string command)
    {
        lock (tools)
        {
            tools.StandardInput.WriteLine(command);
            tools.StandardInput.Flush();
            var output = new StringBuilder();
            string? line;
            while ((line = tools.StandardOutput.ReadLine()) is not null && !line.StartsWith("end ", StringComparison.Ordinal))
            {
                output.Append(line).Append('\n');
            }

            return line == "end 0"
                ? output.ToString()
                : throw new InvalidOperationException($"{command}: {line ?? tools.StandardError.ReadToEnd()}\n{output}");
        }
    }

    private sealed class Restored(Action restore) : IDisposable
    {
        public void Dispose() => restore();
    }
}
