using System.Globalization;
using System.Text.RegularExpressions;

namespace BindToInterface.EndToEnd;

/// <summary>Signals of a terminal whose session the supervisor leads, of kill(1), and those that end a program.</summary>
[Collection(TerminalCollection.Name)]
public sealed class TerminalSignalTests(Lab lab) : LabTest(lab)
{
    private const string Barrier = "got 64";

    [LabTheory]
    [Everyone(Terminal.CtrlC, 2)]
    [Everyone(Terminal.CtrlBackslash, 3)]
    [Everyone(Terminal.CtrlZ, 20)]
    [Everyone("resize", 28)]
    public void What_the_terminal_sends_to_the_group_is_not_doubled(Who who, string key, int signal)
    {
        using var terminal = new Terminal(Lab, who, Lab.Supervise("--interface ovpn", Programs.C("signals"), "-p"));
        terminal.Expect("ready");

        if (key == "resize")
        {
            terminal.Resize();
        }
        else
        {
            terminal.Type(key);
        }

        terminal.Expect($"got {signal}\r\n");
        terminal.Enter("more");
        terminal.Expect(Barrier);

        Assert.Equal(1, terminal.Count($"got {signal}\r\n"));
        terminal.Type(Terminal.CtrlD);
        terminal.End().Succeeds();
    }

    [LabTheory(KernelFeature.UserNamespaces)]
    [Everyone]
    public void As_process_1_at_a_terminal_it_does_not_double_a_key_either(Who who)
    {
        using var terminal = new Terminal(
            Lab,
            who,
            ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", .. Lab.Supervise("--interface ovpn", Programs.C("signals"), "-p")]);
        terminal.Expect("ready");

        terminal.Type(Terminal.CtrlC);
        terminal.Expect("got 2\r\n");
        terminal.Enter("more");
        terminal.Expect(Barrier);

        Assert.Equal(1, terminal.Count("got 2\r\n"));
        terminal.Type(Terminal.CtrlD);
        terminal.End().Succeeds();
    }

    [LabTheory]
    [Everyone]
    public void A_program_that_somebody_stops_and_continues_is_answered_as_before(Who who)
    {
        // No shell is there to continue the supervisor: cpulimit(1) works like this.
        const int stop = 19, resume = 18, handled = 64;
        var script = $"trap : RTMAX; echo pid $$; while read line; do {Programs.C("talk")} {Internet.Web4} 7; done";
        using var supervisor = Lab.Start(who, ["setsid", .. Lab.Supervise("--interface ovpn", "bash", "-c", script)]);
        supervisor.WaitForOutput("\n");
        var program = supervisor.Output.Trim().Split(' ')[1];

        Lab.Run(who, "kill", $"-{stop}", program).Succeeds();
        Wait.Until(() => Status(program, "State:").StartsWith('T'), () => $"not stopped: {supervisor}");
        // Either the supervisor passes this on after it has seen the program stop, or it has stopped as well.
        supervisor.Signal(handled);
        var own = supervisor.Pid.ToString(CultureInfo.InvariantCulture);
        Wait.Until(() => Status(program, "ShdPnd:").StartsWith('8') || Status(own, "State:").StartsWith('T'), () => $"not passed on: {supervisor}");
        Lab.Run(who, "kill", $"-{resume}", program).Succeeds();
        supervisor.Input.Write("\n"u8);
        supervisor.Input.Flush();

        supervisor.WaitForOutput($"ovpn {Side.Ovpn.Address4} ");
        supervisor.Finish().Succeeds();
    }

    [LabTheory]
    [Everyone("program")]
    [Everyone("job of a shell")]
    public void A_hang_up_of_the_terminal_arrives_once(Who who, string below)
    {
        // Its input is not the terminal, whose end it would see as well.
        using var scratch = new Scratch();
        var (input, output) = (scratch.File("input"), scratch.File("output"));
        Lab.Run(who, "mkfifo", "-m", "666", input).Succeeds();
        var isProgram = below == "program";
        using var terminal = isProgram
            ? new Terminal(Lab, who, Lab.Supervise("--interface ovpn", "sh", "-c", $"exec {Programs.C("signals")} -p <{input} >{output}"))
            : new Terminal(Lab, who, Lab.Supervise("--interface ovpn", Terminal.Shell("inner")));
        if (!isProgram)
        {
            terminal.Expect("inner> ");
            terminal.Enter($"{Programs.C("signals")} <{input} >{output}");
        }

        using var typed = File.OpenWrite(input);
        Await(output, "ready\n");
        terminal.HangUp();
        Await(output, "got 1\n");

        typed.Write("more\n"u8);
        typed.Flush();
        Await(output, isProgram ? Barrier : "line more");
        // The shell hangs its jobs up, and a session's leader that ends its foreground: two may come as one.
        Assert.InRange(Regex.Count(File.ReadAllText(output), "got 1\n"), 1, isProgram ? 1 : 2);
        typed.Dispose();
        terminal.End().ExitsWith(isProgram ? 0 : 128 + 1);
    }

    [LabTheory]
    [Everyone]
    public void Every_signal_to_the_supervisor_is_passed_on_once(Who who)
    {
        // Not FPE and SEGV, which are exceptions of our own code, nor KILL and STOP, which nobody can catch, nor 32 to
        // 34, libc's and the runtime's own.
        int[] passed = [.. Enumerable.Range(1, 64).Except([8, 9, 11, 19, 32, 33, 34])];
        using var supervisor = Lab.Start(who, Lab.Supervise("--interface ovpn", Programs.C("signals")));
        supervisor.WaitForOutput("ready");

        foreach (var signal in passed)
        {
            supervisor.Signal(signal);
            supervisor.WaitForOutput($"got {signal}\n");
        }

        var lines = supervisor.Finish().Succeeds().OutputLines;
        Assert.Equal(["ready", .. passed.Select(signal => $"got {signal}")], lines);
    }

    [LabTheory]
    [Everyone]
    public void Every_fatal_signal_comes_through_without_a_core_file_of_ours(Who who)
    {
        using var scratch = new Scratch();
        Directory.CreateDirectory(scratch.File("program")).UnixFileMode = (UnixFileMode)0b111_111_111;
        string Fatal(params string[] command) =>
            $"cd {scratch.File(".")}; exec {Programs.C("proc_fatal")} {string.Join(' ', command)} sh -c 'cd program; kill -$0 $$'";

        var plain = Lab.Run(who, "bash", "-c", Fatal()).Succeeds().OutputLines;
        var supervised = Lab.Run(who, "bash", "-c", Fatal(Lab.Supervise("--interface ovpn"))).Succeeds();

        // Without us ten of them leave a core file.
        Assert.Equal(10, plain.Count(line => line.EndsWith("core", StringComparison.Ordinal)));
        Assert.Equal("56 signals", plain[^1]);
        supervised.Says("56 signals\n");
        Assert.Equal([scratch.File("program")], Directory.GetFileSystemEntries(scratch.File(".")).Select(Path.GetFullPath));
    }

    private static string Status(string process, string field) =>
        File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith(field, StringComparison.Ordinal))[field.Length..].Trim();

    private static void Await(string path, string text) => Wait.Until(
        () => File.Exists(path) && File.ReadAllText(path).Contains(text, StringComparison.Ordinal),
        () => $"no '{text}' in {path}");
}
