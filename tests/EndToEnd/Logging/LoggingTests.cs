using System.Text.Json;

namespace BindToInterface.EndToEnd;

/// <summary>What is logged, where, and in which form.</summary>
[Collection(Collections.Parent)]
public sealed class LoggingTests(Lab lab) : LabTest(lab)
{
    /// <summary>Prints the process id that talk will have, then becomes talk.</summary>
    private static string[] Talk(string how = "") => ["sh", "-c", $"echo $$; exec {Programs.C("talk")} {how} {Internet.Web4} 7"];

    [LabTheory]
    [Everyone]
    public void Nothing_is_logged_by_default(Who who)
    {
        var result = Lab.Bound(who, Talk()).Succeeds();

        Assert.Equal("", result.Error);
        Assert.Equal(2, result.OutputLines.Length);
    }

    [LabTheory]
    [Everyone("", "tcp")]
    [Everyone("-u", "udp")]
    public void A_decision_is_one_line_that_says_who_what_and_how(Who who, string how, string protocol)
    {
        var result = Lab.Supervised(who, "--interface ovpn -v", Talk(how)).Succeeds();

        var line = Assert.Single(result.ErrorLines, line => line.Contains(Internet.Web4, StringComparison.Ordinal));
        Assert.All(
            (string[])["talk", result.OutputLines[0], protocol, "198.51.100.1:7", "ovpn"],
            word => Assert.Contains(word, line, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(2, result.OutputLines.Length);
    }

    [LabTheory]
    [Everyone("--interface ovpn --exclude 198.51.100.1", "exclude", 0)]
    [Everyone("--interface nosuch0", "ENETUNREACH", 1)]
    public void A_decision_says_its_verdict(Who who, string options, string verdict, int status)
    {
        var result = Lab.Supervised(who, $"{options} -v", Talk()).ExitsWith(status);

        var line = Assert.Single(result.ErrorLines, line => line.Contains("198.51.100.1:7", StringComparison.Ordinal));
        Assert.Contains(verdict, line, StringComparison.OrdinalIgnoreCase);
    }

    [LabTheory]
    [Everyone]
    public void A_rewritten_DNS_server_is_named_as_such(Who who)
    {
        var result = Lab.Supervised(who, $"--interface ovpn --dns {Internet.Override4} -v", Programs.C("ask"), Internet.Dns4, "53").Succeeds();

        var line = Assert.Single(result.ErrorLines, line => line.Contains($"{Internet.Override4}:53", StringComparison.Ordinal));
        Assert.Contains("DNS", line, StringComparison.Ordinal);
    }

    [LabTheory]
    [Everyone]
    public void A_thread_s_decision_names_the_process(Who who)
    {
        var result = Lab.Supervised(who, "--interface ovpn -v", Talk("-t 2")).Succeeds();

        var lines = result.ErrorLines.Where(line => line.Contains("198.51.100.1:7", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, lines.Count);
        Assert.All(lines, line => Assert.Contains(result.OutputLines[0], line, StringComparison.Ordinal));
    }

    [LabTheory]
    [Everyone]
    public void Json_is_one_object_per_line(Who who)
    {
        var result = Lab.Supervised(who, "--interface ovpn -v --log-format json", Talk()).Succeeds();

        AssertJsonDecision(result.ErrorLines, result.OutputLines[0]);
        Assert.Equal(2, result.OutputLines.Length);
    }

    [LabTheory]
    [Everyone]
    public void A_log_file_takes_the_lines_from_standard_error(Who who)
    {
        using var scratch = new Scratch();
        var log = scratch.File("log");

        var result = Lab.Supervised(who, $"--interface ovpn -v --log-format json --log-file {log}", Talk()).Succeeds();

        Assert.Equal("", result.Error);
        AssertJsonDecision(File.ReadAllLines(log), result.OutputLines[0]);
    }

    [LabTheory]
    [Everyone]
    public void A_log_file_is_appended_to(Who who)
    {
        using var scratch = new Scratch();
        var log = scratch.File("log");

        Lab.Supervised(who, $"--interface nosuch0 --log-file {log}", "true").Succeeds();
        Lab.Supervised(who, $"--interface nosuch0 --log-file {log}", "true").Succeeds();

        Assert.Equal(2, File.ReadAllLines(log).Count(line => line.Contains("nosuch0", StringComparison.Ordinal)));
    }

    [LabTheory]
    [Everyone("--log-level information")]
    [Everyone("--log-level debug")]
    public void A_level_is_as_good_as_a_v(Who who, string option) =>
        Assert.Contains("198.51.100.1:7", Lab.Supervised(who, $"--interface ovpn {option}", Talk()).Succeeds().Error, StringComparison.Ordinal);

    [LabTheory]
    [Everyone]
    public void The_environment_sets_level_and_format(Who who)
    {
        var result = Lab.Run(who, ["env", "BTI_LOG_LEVEL=information", "BTI_LOG_FORMAT=json", .. Lab.Supervise("--interface ovpn", Talk())]).Succeeds();

        AssertJsonDecision(result.ErrorLines, result.OutputLines[0]);
    }

    /// <summary>The journal takes a line's priority from a prefix; JOURNAL_STREAM is the device and the inode of its end of standard error.</summary>
    [LabTheory]
    [Everyone("--interface nosuch0", "<4>bti-supervise: interface nosuch0")]
    [Everyone("--interface ovpn -v", "<6>bti-supervise: talk")]
    [Everyone("--interface nosuch0 --log-format json", "<4>{")]
    [Everyone("--interface no/such", "<3>bti-supervise: --interface")]
    public void In_the_journal_a_line_has_its_priority(Who who, string options, string start)
    {
        string Supervised(string stream) =>
            $"export JOURNAL_STREAM={stream}; {string.Join(' ', Lab.Supervise(options, Programs.C("talk")))} {Internet.Web4} 7";

        var line = Assert.Single(Lab.Run(who, "bash", "-c", Supervised("$(stat -Lc %d:%i /proc/self/fd/2)")).ErrorLines);
        Assert.StartsWith(start, line, StringComparison.Ordinal);

        // Inherited from somebody whose standard error was the journal.
        line = Assert.Single(Lab.Run(who, "bash", "-c", Supervised("8:4711")).ErrorLines);
        Assert.StartsWith(start[3..], line, StringComparison.Ordinal);
    }

    [LabTheory]
    [Everyone("-q")]
    [Everyone("--log-level error")]
    public void Warnings_can_be_silenced(Who who, string option)
    {
        Assert.NotEqual("", Lab.Supervised(who, "--interface nosuch0", "true").Succeeds().Error);
        Assert.Equal("", Lab.Supervised(who, $"--interface nosuch0 {option}", "true").Succeeds().Error);
    }

    private static void AssertJsonDecision(IReadOnlyList<string> lines, string pid)
    {
        var decision = lines
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Single(entry => entry.ToString().Contains("198.51.100.1:7", StringComparison.Ordinal));
        var values = Values(decision).ToHashSet(StringComparer.OrdinalIgnoreCase);

        Assert.All((string[])["talk", pid, "tcp", "198.51.100.1:7", "bound", "ovpn"], value => Assert.Contains(value, values));
    }

    private static IEnumerable<string> Values(JsonElement element) => element.ValueKind == JsonValueKind.Object
        ? element.EnumerateObject().SelectMany(property => Values(property.Value))
        : [element.ToString()];

    /// <summary>An escape, a line break and a line that looks like one of the supervisor's own, and a right-to-left override.</summary>
    private const string Odd = "e\e[31m\nbti-supervise: forged\u202e\u2028";

    [LabTheory]
    [Everyone("-vv")]
    [Everyone("-vv --log-format json")]
    public void A_program_s_name_does_not_reach_the_terminal_as_it_is(Who who, string options)
    {
        using var scratch = new Scratch();
        var program = scratch.File(Odd);
        File.Copy("/bin/true", program);

        var result = Lab.Supervised(who, $"--interface ovpn {options}", program).Succeeds();

        Assert.Contains(result.ErrorLines, line => line.Contains("started", StringComparison.Ordinal));
        AssertHarmless(result);
    }

    [LabTheory]
    [Everyone("x\e[31my")]
    [Everyone("x\u202ey")]
    [Everyone("x\u2028y")]
    public void An_interface_s_name_does_not_reach_the_terminal_as_it_is(Who who, string name)
    {
        var result = Lab.Run(who, Lab.Supervisor, "--interface", name, "--", "true");

        Assert.Contains("x?", result.Error, StringComparison.Ordinal);
        AssertHarmless(result);
    }

    private static void AssertHarmless(Result result)
    {
        Assert.All((string[])["\e", "\u202e", "\u2028"], text => Assert.DoesNotContain(text, result.Error, StringComparison.Ordinal));
        Assert.DoesNotContain(result.ErrorLines, line => line.StartsWith("bti-supervise: forged", StringComparison.Ordinal));
    }

    [LabTheory]
    [Everyone]
    public void One_program_s_many_names_do_not_silence_the_warnings_of_another(Who who)
    {
        string Words(string way) => string.Join(' ', WaysProgram.Words(WaysDoor.Native, $"--source {Side.Lan0.Address4}", way, Internet.Web4, "7"));
        var talk = $"python3 -c 'import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.bind((\"{Side.Lan0.Address4}\", 0)); s.connect((\"{Internet.Web4}\", 7))' 2>&-";

        var result = Lab.Bound(who, "sh", "-c", $"{Words("many-names")}; {talk}; echo over").Says("named\nover\n");

        Assert.Contains(result.ErrorLines, line => line.Contains("python3", StringComparison.Ordinal) && line.Contains(Side.Lan0.Address4, StringComparison.Ordinal));
        Assert.Single(result.ErrorLines, line => line.Contains("further warnings", StringComparison.Ordinal));
        Assert.InRange(result.ErrorLines.Length, 3, 30);
    }

    [LabTheory]
    [Everyone]
    public void A_connect_to_a_program_that_may_take_the_job_over_is_told_once_for_a_path(Who who)
    {
        using var scratch = new Scratch();
        var socket = scratch.File("docker.sock");
        var connect = string.Join(' ', WaysProgram.Words(WaysDoor.Native, "", "unix-connect", socket));

        var result = Lab.Supervised(who, "--interface ovpn -v", "sh", "-c", $"{connect}; {connect}").Says("connect ENOENT\nconnect ENOENT\n");

        Assert.Contains("container engine", Assert.Single(result.ErrorLines, line => line.Contains(socket, StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Empty(Lab.Supervised(who, "--interface ovpn", "sh", "-c", connect).Says("connect ENOENT\n").Error);
    }

    [LabTheory]
    [Everyone]
    public void A_log_file_that_cannot_be_written_costs_the_lines_and_not_the_program(Who who) =>
        Lab.Supervised(who, "--interface ovpn -v --log-file /dev/full", "sh", "-c", $"{Programs.C("talk")} {Internet.Web4} 7; exit 7").ExitsWith(7);

    [LabTheory]
    [Everyone]
    public void Several_supervisors_append_to_one_log_file(Who who)
    {
        using var scratch = new Scratch();
        var one = $"{string.Join(' ', Lab.Supervise($"--interface ovpn -v --log-file {scratch.File("log")}", Programs.C("talk")))} -t 10 {Internet.Web4} 7 &";

        Lab.Run(who, "bash", "-c", $"umask 0; {one} {one} {one} wait").Succeeds();

        Assert.Equal(30, File.ReadAllLines(scratch.File("log")).Count(line => line.Contains($"{Internet.Web4}:7", StringComparison.Ordinal)));
    }

    [LabTheory]
    [Everyone]
    public void A_reader_that_does_not_read_costs_the_lines_and_not_the_program(Who who)
    {
        using var scratch = new Scratch();
        Lab.Run(who, "mkfifo", "-m", "666", scratch.File("fifo")).Succeeds();
        var supervise = string.Join(' ', Lab.Supervise("--interface ovpn -v"));

        Lab.Run(who, "bash", "-c", $"exec 9<>{scratch.File("fifo")}; {supervise} bash -c 'for i in {{1..2000}}; do echo >/dev/udp/{Internet.Web4}/9; done; echo through' 2>&9")
            .Says("through\n");
    }
}
