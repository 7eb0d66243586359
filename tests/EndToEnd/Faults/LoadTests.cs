using System.Globalization;
using System.Runtime.InteropServices;
using Xunit.Abstractions;

namespace BindToInterface.EndToEnd;

/// <summary>Many calls at once: each has its answer, and what waits holds up nobody. bench/load.sh measures.</summary>
[Collection(FaultCollection.Name)]
public sealed class LoadTests(Lab lab, ITestOutputHelper report) : LabTest(lab)
{
    private const int Terminate = 15;

    /// <summary>Its number, as /proc/TID/syscall has it.</summary>
    private static readonly string Futex = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? "202 " : "98 ";

    private const string Judging = "--interface ovpn --exclude 192.0.2.1";

    /// <summary>Collects garbage often, so that what grows is not garbage (hexadecimal).</summary>
    private static readonly Dictionary<string, string> OftenCollected = new() { ["DOTNET_GCgen0size"] = "40000" };

    /// <summary>From a tenth of the calls to all of them.</summary>
    private const int MostGrowthKilobytes = 4096;

    /// <summary>Each receiver keeps a number of pidfds, also of threads that have ended.</summary>
    private const int MostKeptDescriptors = 300;

    [LabTheory]
    [Everyone("--interface ovpn")]
    [Everyone($"--interface ovpn --exclude {Internet.Silent4}")]
    public void Three_hundred_connects_that_wait_for_a_dead_host_hold_up_nobody(Who who, string options)
    {
        var result = Lab.Supervised(who, options, Load("beside", Internet.Web4, "7", Internet.Silent4, "300", "2000")).Succeeds();

        Assert.StartsWith("beside: 300 blocked, 0 failed, ", result.Output, StringComparison.Ordinal);
    }

    [LabTheory]
    [Everyone("--interface ovpn")]
    [Everyone(Judging)]
    public void A_thousand_processes_at_once(Who who, string options)
    {
        Lab.Supervised(who, options, Load("processes", Internet.Web4, "7", "1000")).Says("ovpn 1000\n");

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone("--interface ovpn")]
    [Everyone(Judging)]
    public void Sixty_four_threads_at_full_speed(Who who, string options)
    {
        Lab.Supervised(who, options, Load("mixed", Internet.Silent4, "9", "64", "20")).Says("mixed: 11520 calls, 0 failed\n");

        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>While calls come faster than one receiver takes them, and there is a second processor, two receive at the same time.</summary>
    [RootFact]
    public void A_second_receiver_helps_while_calls_wait_for_the_first()
    {
        using var program = Lab.Start(Who.Root, Lab.Supervise("--interface ovpn", Load("connects", Internet.Silent4, "9", "16", $"{Wait.Patience.TotalMilliseconds}")));
        int wanted = Math.Min(Environment.ProcessorCount, 2), samples = 0;

        // A receiver that takes the duty over from one that has to wait for a processor is seen beside it, too, but not so often in a row.
        Wait.Until(() => (samples = Receiving(program.Pid).Count() >= wanted ? samples + 1 : 0) == 50, () => $"{wanted} never received for long: {program}");

        // Handed on to the program, which would else go on for minutes.
        program.Signal(Terminate);
        program.WaitForEnd().DiesBy(Terminate);
    }

    /// <summary>Where there are two processors, each of the two receivers has one while both receive, and all threads have both afterwards.</summary>
    [RootFact]
    public void Two_receivers_keep_to_a_processor_each_where_there_are_two()
    {
        string[] processors = [.. Processors().Take(2)];
        var load = string.Join(' ', Load("connects", Internet.Silent4, "9", "16", $"{Wait.Patience.TotalMilliseconds}"));
        var supervised = Lab.Supervise("--interface ovpn", "sh", "-c", $"{load} & read line; kill $!; wait; echo over; cat");
        using var program = Lab.Start(Who.Root, ["taskset", "--cpu-list", string.Join(',', processors), .. supervised]);
        string[] kept = [];

        Wait.Until(() => (kept = [.. Receiving(program.Pid).Select(ProcessorsOf).Order()]).SequenceEqual(processors.Order()), () => $"kept to {string.Join(" and ", kept)}: {program}");
        program.Input.WriteByte((byte)'\n');
        program.WaitForOutput("over");
        var both = ProcessorsOf($"/proc/{program.Pid}");
        Wait.Until(() => (kept = [.. Threads(program.Pid).Select(ProcessorsOf)]).All(list => list == both), () => $"{string.Join(" and ", kept)} afterwards: {program}");

        program.Finish().Succeeds();
    }

    /// <summary>Whether a raised priority for both gives more calls is tried again and again. Who has nothing to do has the usual one.</summary>
    [RootFact]
    public void Two_receivers_have_a_raised_priority_at_times_and_the_usual_one_afterwards()
    {
        const int Raised = -5, CapSysNice = 23;
        var rights = Field("/proc/self/status", "CapEff:");
        var wanted = Processors().Count() > 1 && (ulong.Parse(rights, NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> CapSysNice & 1) != 0 ? 2 : 0;
        var load = string.Join(' ', Load("connects", Internet.Silent4, "9", "16", $"{Wait.Patience.TotalMilliseconds}"));
        using var program = Lab.Start(Who.Root, Lab.Supervise("--interface ovpn", "sh", "-c", $"{load} & read line; kill $!; wait; echo over; cat"));
        int[] nice = [];

        Wait.Until(() => (nice = [.. Threads(program.Pid).Select(NiceOf)]).Count(value => value == Raised) == wanted, () => $"{string.Join(" and ", nice)}: {program}");
        program.Input.WriteByte((byte)'\n');
        program.WaitForOutput("over");
        Wait.Until(() => (nice = [.. Threads(program.Pid).Select(NiceOf)]).All(value => value == NiceOf("/proc/self")), () => $"{string.Join(" and ", nice)} afterwards: {program}");

        program.Finish().Succeeds();
    }

    /// <summary>It takes turns with the first on one processor. A second one would receive some of its calls on another, which takes longer.</summary>
    [RootFact]
    public void No_second_receiver_helps_with_one_thread()
    {
        string[] processors = [.. Processors().Take(2)];
        var load = string.Join(' ', Load("connects", Internet.Silent4, "9", "1", "3000"));
        var supervised = Lab.Supervise("--interface ovpn", "sh", "-c", $"{load}; cat");
        using var program = Lab.Start(Who.Root, ["taskset", "--cpu-list", string.Join(',', processors), .. supervised]);
        List<string> kept = [];

        // One that helped would keep to a processor.
        Wait.Until(
            () =>
            {
                kept.AddRange(Threads(program.Pid).Select(ProcessorsOf).Where(list => processors.Contains(list)));
                return program.Output.Length > 0;
            },
            () => $"does not end: {program}");

        Assert.Equal([], processors.Length > 1 ? kept : []);
        program.Finish().Succeeds();
    }

    /// <summary>The receivers that have something to do: the others wait on a futex for that.</summary>
    private static IEnumerable<string> Receiving(int supervisor) => Threads(supervisor)
        .Where(thread => Read($"{thread}/comm") == "receiver\n" && Read($"{thread}/syscall") is { Length: > 0 } call && !call.StartsWith(Futex, StringComparison.Ordinal));

    private static string[] Threads(int process) => Directory.GetDirectories($"/proc/{process}/task");

    /// <summary>The processors that this process may use.</summary>
    private static IEnumerable<string> Processors() => ProcessorsOf("/proc/self").Split(',').SelectMany(range =>
    {
        int[] ends = [.. range.Split('-').Select(Number)];
        return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1).Select(processor => $"{processor}");
    });

    /// <summary>A list of numbers and ranges, separated by commas.</summary>
    private static string ProcessorsOf(string thread) => Field($"{thread}/status", "Cpus_allowed_list:");

    /// <summary>Field 19 of stat (proc(5)).</summary>
    private static int NiceOf(string thread) =>
        Read($"{thread}/stat") is { Length: > 0 } stat ? Number(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16]) : 0;

    private static string Field(string file, string name) => Read(file).Split('\n')
        .Select(line => line.Split('\t')).Where(words => words[0] == name).Select(words => words[1]).FirstOrDefault("");

    /// <summary>Nothing if the thread has ended meanwhile.</summary>
    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>A short form of bench/soak.sh, which makes a million.</summary>
    [LabFact]
    public void A_hundred_thousand_calls_leave_memory_and_descriptors_as_they_were()
    {
        var few = string.Join(' ', Load("mixed", Internet.Silent4, "9", "4", "250"));
        var many = string.Join(' ', Load("mixed", Internet.Silent4, "9", "4", "2500"));
        const string look = "awk '/VmRSS/ { print $2 }' /proc/$PPID/status; ls /proc/$PPID/fd | wc -l";

        var result = Lab.Run(Who.User, Lab.Supervise(Judging, "sh", "-ec", $"{few}; {look}; {many}; {look}"), OftenCollected).Succeeds();

        report.WriteLine(result.Output);
        var lines = result.OutputLines;
        Assert.Equal("mixed: 9000 calls, 0 failed", lines[0]);
        Assert.Equal("mixed: 90000 calls, 0 failed", lines[3]);
        Assert.True(Number(lines[5]) < MostKeptDescriptors, $"descriptors are not closed: {result}");
        Assert.True(Number(lines[4]) - Number(lines[1]) < MostGrowthKilobytes, $"it grew: {result}");
    }

    private static string[] Load(string name, params string[] more) => [Programs.C("load"), name, .. more];

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
