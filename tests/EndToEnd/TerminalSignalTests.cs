using System.Text.RegularExpressions;

namespace BindToInterface.EndToEnd;

/// <summary>Signals at a terminal whose session the supervisor leads, and those of kill(1).</summary>
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
        using var terminal = new Terminal(Lab, who, Lab.Supervise("--interface ovpn", Programs.C("proc_signals"), "-p"));
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
            ? new Terminal(Lab, who, Lab.Supervise("--interface ovpn", "sh", "-c", $"exec {Programs.C("proc_signals")} -p <{input} >{output}"))
            : new Terminal(Lab, who, Lab.Supervise("--interface ovpn", Terminal.Shell("inner")));
        if (!isProgram)
        {
            terminal.Expect("inner> ");
            terminal.Enter($"{Programs.C("proc_signals")} <{input} >{output}");
        }

        using var typed = File.OpenWrite(input);
        Await(output, "ready\n");
        terminal.HangUp();
        Await(output, "got 1\n");

        typed.Write("more\n"u8);
        typed.Flush();
        Await(output, isProgram ? Barrier : "line more");
        Assert.Equal(1, Regex.Count(File.ReadAllText(output), "got 1\n"));
        typed.Dispose();
        terminal.End().ExitsWith(isProgram ? 0 : 128 + 1);
    }

    [LabTheory]
    [Everyone]
    public void Every_signal_to_the_supervisor_is_passed_on_once(Who who)
    {
        // Not FPE and SEGV, which are exceptions of our own code, nor KILL and STOP, which nobody can catch, nor CHLD
        // and CONT, which tell of our own children and of our own shell, nor 32 to 34, libc's and the runtime's own.
        int[] passed = [.. Enumerable.Range(1, 64).Except([8, 9, 11, 17, 18, 19, 32, 33, 34])];
        using var supervisor = Lab.Start(who, Lab.Supervise("--interface ovpn", Programs.C("proc_signals")));
        supervisor.WaitForOutput("ready");

        foreach (var signal in passed)
        {
            supervisor.Signal(signal);
            supervisor.WaitForOutput($"got {signal}\n");
        }

        var lines = supervisor.Finish().Succeeds().OutputLines;
        Assert.Equal(["ready", .. passed.Select(signal => $"got {signal}")], lines);
    }

    private static void Await(string path, string text) => Wait.Until(
        () => File.Exists(path) && File.ReadAllText(path).Contains(text, StringComparison.Ordinal),
        () => $"no '{text}' in {path}",
        TimeSpan.FromSeconds(30));
}
