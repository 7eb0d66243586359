namespace BindToInterface.EndToEnd;

/// <summary>Towards the shell that started it, the supervisor with its program is a job like any other.</summary>
[Collection(TerminalCollection.Name)]
public sealed class TerminalOuterShellTests(Lab lab) : LabTest(lab)
{
    private const string Prompt = "outer> ";
    private const string Supervise = $"{Lab.Supervisor} -i ovpn -- ";

    [LabTheory]
    [Everyone]
    public void Ctrl_Z_stops_the_whole_and_fg_continues_it(Who who)
    {
        using var terminal = Outer(who);
        terminal.Launch($"{Supervise}{Programs.C("talk")} -l {Internet.Web4} 7");
        terminal.Enter("");
        terminal.Expect($"ovpn {Side.Ovpn.Address4} ");

        foreach (var round in (int[])[1, 2])
        {
            terminal.Type(Terminal.CtrlZ);
            terminal.Expect("Stopped");
            terminal.Expect(Prompt);
            terminal.Enter("ps -o stat=,comm= --ppid $$ | grep -c '^T.*bti-supervise'; echo round=$?");
            terminal.Expect("1\r\nround=0");
            terminal.Foreground("talk -l");
            terminal.Enter("");
            terminal.Expect($"ovpn {Side.Ovpn.Address4} ");
            Assert.Equal(round, terminal.Count("Stopped"));
        }

        terminal.Type(Terminal.CtrlD);
        Leave(terminal);
        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>Without us the kernel would hang up what nobody can continue any more.</summary>
    [LabTheory]
    [Everyone]
    public void A_shell_that_leaves_a_stopped_job_gives_the_terminal_back(Who who)
    {
        using var terminal = Outer(who);
        terminal.Launch($"{Supervise}env PS1='inner= ' dash -i");
        terminal.Expect("inner= ");
        terminal.Enter("cat");
        terminal.Enter("here");
        terminal.Expect("here\r\nhere\r\n");

        terminal.Type(Terminal.CtrlZ);
        terminal.Expect("inner= ");
        terminal.Enter("exit");
        terminal.Expect("stopped jobs");
        terminal.Enter("exit");

        Leave(terminal);
    }

    /// <summary>runuser, like su, waits in our process group for us to be stopped, and stops then.</summary>
    [RootFact]
    public void Ctrl_Z_stops_a_parent_that_is_no_shell()
    {
        using var terminal = Outer(Who.Root);
        terminal.Launch($"runuser -u root -- {Supervise}cat");
        terminal.Enter("here");
        terminal.Expect("here\r\nhere\r\n");

        terminal.Type(Terminal.CtrlZ);
        terminal.Expect("Stopped");
        terminal.Expect(Prompt);
        terminal.Foreground("cat\r\n");
        terminal.Enter("there");
        terminal.Expect("there\r\nthere\r\n");

        terminal.Type(Terminal.CtrlD);
        Leave(terminal);
    }

    [LabTheory]
    [Everyone]
    public void A_job_in_the_background_that_reads_is_stopped_again(Who who)
    {
        using var terminal = Outer(who);
        terminal.Launch($"{Supervise}cat");
        terminal.Enter("first");
        terminal.Expect("first\r\nfirst\r\n");

        terminal.Type(Terminal.CtrlZ);
        terminal.Expect("Stopped");
        terminal.Expect(Prompt);
        terminal.Enter("bg; until jobs -s | grep -q cat; do :; done; echo again=$?");
        terminal.Expect("again=0");
        terminal.Expect(Prompt);
        terminal.Foreground("cat\r\n");
        terminal.Enter("second");
        terminal.Expect("second\r\nsecond\r\n");

        terminal.Type(Terminal.CtrlD);
        Leave(terminal);
    }

    [LabTheory]
    [Everyone("STOP")]
    [Everyone("TSTP")]
    public void A_program_that_stops_itself_is_a_stopped_job(Who who, string signal)
    {
        using var terminal = Outer(who);
        terminal.Launch($"{Supervise}sh -c 'kill -{signal} $$; echo continued=$((6*7)); exit 9'");
        terminal.Expect("Stopped");
        terminal.Expect(Prompt);

        terminal.Enter("fg; echo status=$?");
        terminal.Expect("continued=42");
        terminal.Expect("status=9");

        Leave(terminal);
    }

    [LabTheory]
    [Everyone]
    public void A_shell_that_suspends_itself_has_its_terminal_back_when_continued(Who who)
    {
        using var terminal = Outer(who);
        terminal.Launch($"{Supervise}{string.Join(' ', Terminal.Shell("inner")).Replace("PS1=inner> ", "'PS1=inner> '", StringComparison.Ordinal)}");
        terminal.Expect("inner> ");

        terminal.Enter("suspend");
        terminal.Expect("Stopped");
        terminal.Expect(Prompt);
        terminal.Enter("echo outer=$((6*7))");
        terminal.Expect("outer=42");
        terminal.Expect(Prompt);
        terminal.Foreground("inner> ");
        terminal.Expect("inner> ");
        terminal.Enter("echo inner=$((6*8))");
        terminal.Expect("inner=48");

        // Job control inside works as before.
        terminal.Launch("cat");
        terminal.Enter("here");
        terminal.Expect("here\r\nhere\r\n");
        terminal.Type(Terminal.CtrlZ);
        terminal.Expect("Stopped");
        terminal.Expect("inner> ");
        terminal.Foreground("cat\r\n");
        terminal.Type(Terminal.CtrlD);
        terminal.Expect("inner> ");
        terminal.Enter("exit 9");
        terminal.Expect(Prompt);
        terminal.Enter("echo status=$?");
        terminal.Expect("status=9");

        Leave(terminal);
    }

    [LabTheory]
    [Everyone(Terminal.CtrlC, 130)]
    [Everyone(Terminal.CtrlBackslash, 131)]
    public void A_key_ends_the_program_and_the_shell_sees_it(Who who, string key, int status)
    {
        using var terminal = Outer(who);
        terminal.Launch($"{Supervise}cat");
        terminal.Enter("here");
        terminal.Expect("here\r\nhere\r\n");

        terminal.Type(key);
        terminal.Expect(Prompt);
        terminal.Enter("echo status=$?");
        terminal.Expect($"status={status}");

        Leave(terminal);
    }

    [LabTheory]
    [Everyone]
    public void What_the_program_left_behind_is_stopped_and_interrupted_like_the_program(Who who)
    {
        using var terminal = Outer(who);
        terminal.Launch($"{Supervise.Replace("--", "--log-level debug --", StringComparison.Ordinal)}bash -c '{Programs.C("signals")} <&0 & exit 9'");
        terminal.Expect("ready");
        Wait.Until(() => terminal.Transcript.Contains("its descendants are still supervised", StringComparison.Ordinal), () => terminal.Transcript);

        terminal.Type(Terminal.CtrlC);
        terminal.Expect("got 2\r\n");
        terminal.Type(Terminal.CtrlD);
        terminal.Expect(Prompt);
        terminal.Enter("echo status=$?");
        terminal.Expect("status=9");
        Assert.Equal(1, terminal.Count("got 2\r\n"));

        terminal.Expect(Prompt);
        terminal.Launch($"{Supervise}bash -c 'cat <&0 & exit 9'");
        terminal.Enter("here");
        terminal.Expect("here\r\nhere\r\n");
        terminal.Type(Terminal.CtrlZ);
        terminal.Expect("Stopped");
        terminal.Expect(Prompt);
        terminal.Foreground("exit 9'\r\n");
        terminal.Enter("there");
        terminal.Expect("there\r\nthere\r\n");
        terminal.Type(Terminal.CtrlD);

        Leave(terminal);
    }

    private Terminal Outer(Who who)
    {
        var terminal = new Terminal(Lab, who, Terminal.Shell("outer"));
        terminal.Expect(Prompt);
        return terminal;
    }

    private static void Leave(Terminal terminal)
    {
        terminal.Expect(Prompt);
        terminal.Enter("exit 42");
        terminal.End().ExitsWith(42);
    }
}
