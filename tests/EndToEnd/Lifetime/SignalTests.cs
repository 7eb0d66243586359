using System.Text.RegularExpressions;

namespace BindToInterface.EndToEnd;

/// <summary>Signals sent to the supervisor reach the program, once.</summary>
[Collection(Collections.Parent)]
public sealed class SignalTests(Lab lab) : LabTest(lab)
{
    [LabTheory]
    [Everyone(15)] // TERM
    [Everyone(1)] // HUP
    [Everyone(2)] // INT
    [Everyone(3)] // QUIT
    [Everyone(10)] // USR1
    [Everyone(12)] // USR2
    [Everyone(28)] // WINCH
    public void A_signal_to_the_supervisor_reaches_the_program(Who who, int signal)
    {
        using var supervisor = Lab.Start(who, Lab.Supervise("--interface ovpn", Programs.C("signals")));
        supervisor.WaitForOutput("ready");

        supervisor.Signal(signal);
        supervisor.WaitForOutput($"got {signal}\n");

        supervisor.Finish().Says($"ready\ngot {signal}\n");
    }

    [LabTheory]
    [Everyone(15)]
    [Everyone(1)]
    [Everyone(2)]
    public void A_program_that_a_forwarded_signal_kills_takes_the_supervisor_with_it(Who who, int signal)
    {
        using var supervisor = Lab.Start(who, Lab.Supervise("--interface ovpn", "sh", "-c", "echo ready; exec cat"));
        supervisor.WaitForOutput("ready");

        supervisor.Signal(signal);

        supervisor.WaitForEnd().DiesBy(signal);
    }

    [LabTheory]
    [Everyone]
    public void A_Ctrl_C_at_the_terminal_arrives_once(Who who)
    {
        var command = string.Join(' ', Lab.Supervise("--interface ovpn", Programs.C("signals")));
        using var terminal = Lab.Start(who, ["script", "--quiet", "--return", "--command", command, "/dev/null"]);
        terminal.WaitForOutput("ready");

        // The line comes after the Ctrl-C, and so would a second signal that was sent because of the first one.
        foreach (var round in (int[])[1, 2, 3])
        {
            Type(terminal, "\x03");
            Wait.Until(() => Interrupts(terminal) >= round, () => $"no Ctrl-C in {terminal}");
            Type(terminal, $"line {round}\n");
            terminal.WaitForOutput($"line line {round}");
            Assert.Equal(round, Interrupts(terminal));
        }

        Type(terminal, "\x04");
        terminal.Finish().Succeeds();
        Assert.Equal(3, Interrupts(terminal));
    }

    private static int Interrupts(Running terminal) => Regex.Count(terminal.Output, "got 2");

    private static void Type(Running terminal, string text)
    {
        terminal.Input.Write(System.Text.Encoding.ASCII.GetBytes(text));
        terminal.Input.Flush();
    }
}
