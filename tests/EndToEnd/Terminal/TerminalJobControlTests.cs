namespace BindToInterface.EndToEnd;

/// <summary>An interactive shell below the supervisor has full job control.</summary>
[Collection(TerminalCollection.Name)]
public sealed class TerminalJobControlTests(Lab lab) : LabTest(lab)
{
    private const string Prompt = "inner> ";

    [LabTheory]
    [Everyone(Terminal.CtrlC, 2)]
    [Everyone(Terminal.CtrlBackslash, 3)]
    public void A_key_reaches_the_foreground_job_exactly_once_and_nobody_else(Who who, string key, int signal)
    {
        using var terminal = Inner(who);
        terminal.Enter(Programs.C("signals"));
        terminal.Expect("ready");

        terminal.Type(key);
        terminal.Expect($"got {signal}\r\n");
        terminal.Enter("more");
        terminal.Expect("line more");
        terminal.Type(Terminal.CtrlD);
        terminal.Expect(Prompt);

        Assert.Equal(1, terminal.Count($"got {signal}\r\n"));
        Leave(terminal);
    }

    [LabTheory]
    [Everyone(Terminal.CtrlC, 130)]
    [Everyone(Terminal.CtrlBackslash, 131)]
    public void A_key_ends_the_foreground_job_and_the_shell_goes_on(Who who, string key, int status)
    {
        using var terminal = Inner(who);
        terminal.Launch("cat");
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
    public void A_job_is_stopped_and_continued_while_the_shell_s_other_jobs_go_on_bound(Who who)
    {
        using var terminal = Inner(who);
        terminal.Launch($"{Programs.C("talk")} -l {Internet.Web4} 7");
        terminal.Enter("");
        terminal.Expect($"ovpn {Side.Ovpn.Address4} ");

        terminal.Type(Terminal.CtrlZ);
        terminal.Expect("Stopped");
        terminal.Expect(Prompt);
        terminal.Enter($"curl -sS {Internet.WebUrl(Internet.Web6)}");
        terminal.Expect($"ovpn {Side.Ovpn.Address6}\r\n");
        terminal.Foreground("talk -l");
        terminal.Enter("");
        terminal.Expect($"ovpn {Side.Ovpn.Address4} ");

        terminal.Type(Terminal.CtrlD);
        Leave(terminal);
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void A_background_job_is_bound_and_waited_for(Who who)
    {
        using var terminal = Inner(who);
        terminal.Enter($"curl -sS {Internet.WebUrl(Internet.Web4)} &");
        terminal.Expect($"ovpn {Side.Ovpn.Address4}\r\n");
        terminal.Enter("(exit 9) & wait $!; echo status=$?");
        terminal.Expect("status=9");

        Leave(terminal);
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void A_background_job_that_reads_is_stopped_until_it_is_in_the_foreground(Who who)
    {
        using var terminal = Inner(who);
        terminal.Enter("cat &");
        terminal.Enter("until jobs -s | grep -q cat; do :; done; echo stopped=$?");
        terminal.Expect("stopped=0");
        terminal.Expect(Prompt);
        terminal.Foreground("cat\r\n");
        terminal.Enter("through the foreground");
        terminal.Expect("through the foreground\r\nthrough the foreground\r\n");

        terminal.Type(Terminal.CtrlD);
        Leave(terminal);
    }

    [LabTheory]
    [Everyone]
    public void The_window_s_size_and_its_changes_arrive(Who who)
    {
        using var terminal = Inner(who);
        terminal.Enter("stty size");
        terminal.Expect("24 200\r\n");
        terminal.Enter(Programs.C("signals"));
        terminal.Expect("ready");

        terminal.Resize();
        terminal.Expect("got 28\r\n");
        terminal.Enter("more");
        terminal.Expect("line more");
        Assert.Equal(1, terminal.Count("got 28\r\n"));
        terminal.Type(Terminal.CtrlD);
        terminal.Expect(Prompt);
        terminal.Enter("stty size");
        terminal.Expect("40 160\r\n");

        Leave(terminal);
    }

    private Terminal Inner(Who who)
    {
        var terminal = new Terminal(Lab, who, Lab.Supervise("--interface ovpn", Terminal.Shell("inner")));
        terminal.Expect(Prompt);
        return terminal;
    }

    private static void Leave(Terminal terminal)
    {
        terminal.Enter("exit 42");
        terminal.End().ExitsWith(42);
    }
}
