using System.Text.RegularExpressions;

namespace BindToInterface.EndToEnd;

/// <summary>What a service manager passes reaches the program as if nobody stood between.</summary>
[Collection(OrphanCollection.Name)]
public sealed partial class ActivationTests(Lab lab) : LabTest(lab)
{
    private const string Address = "127.0.0.1";

    private const string Activated = """
        LISTEN_PID mine
        LISTEN_FDS 2
        LISTEN_FDNAMES web:spare
        WATCHDOG_PID mine
        WATCHDOG_USEC 3000000
        3 listens
        4 pipe

        """;

    [LabTheory]
    [Everyone]
    public void Descriptors_and_ids_are_the_program_s_own(Who who)
    {
        // It can fail: without anybody between, and with somebody who changes nothing.
        Lab.Run(who, Activate("8101", Programs.C("proc_activated"))).Says(Activated);
        Assert.DoesNotContain("mine", Lab.Run(who, Activate("8101", "sh", "-c", $"{Programs.C("proc_activated")}; true")).Output, StringComparison.Ordinal);

        Lab.Run(who, Activate("8101", Lab.Supervise("--interface ovpn", Programs.C("proc_activated")))).Says(Activated);
    }

    [LabTheory]
    [Everyone("-l 1", "LISTEN_PID 1", "WATCHDOG_PID mine")]
    [Everyone("-w 1", "LISTEN_PID mine", "WATCHDOG_PID 1")]
    [Everyone("-l 1 -w 1", "LISTEN_PID 1", "WATCHDOG_PID 1")]
    public void An_id_of_another_process_is_left_as_it_is(Who who, string others, string listen, string watchdog)
    {
        var lines = Lab.Run(who, Activate($"{others} ", "8102", Lab.Supervise("--interface ovpn", Programs.C("proc_activated")))).Succeeds().OutputLines;

        Assert.Equal((listen, watchdog), (lines[0], lines[3]));
    }

    [LabTheory]
    [Everyone]
    public void A_client_of_the_socket_is_served(Who who)
    {
        using var service = Lab.Start(who, Activate("8103", Lab.Supervise("--interface ovpn --exclude loopback", Programs.C("proc_activated"), "serve")));
        service.WaitForOutput("4 pipe\n");

        Lab.Run(who, "bash", "-c", $"exec 3<>/dev/tcp/{Address}/8103; cat <&3").Says("served\n");

        service.Finish().Succeeds();
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void Systemd_s_own_activator_agrees(Who who)
    {
        using var service = Lab.Start(who, ["systemd-socket-activate", $"--listen={Address}:8104", .. Lab.Supervise("--interface ovpn --exclude loopback", Programs.C("proc_activated"), "serve")]);
        service.WaitForError("Listening");

        Lab.Run(who, "bash", "-c", $"exec 3<>/dev/tcp/{Address}/8104; cat <&3").Says("served\n");

        Assert.Equal("LISTEN_PID mine", service.Finish().Succeeds().OutputLines[0]);
    }

    [LabTheory]
    [Everyone("/nowhere/at/all", 127)]
    [Everyone("/etc/passwd", 126)]
    public void A_program_that_cannot_be_started_says_so_once(Who who, string program, int status)
    {
        var result = Lab.Run(who, Activate("8105", Lab.Supervise("--interface ovpn", program))).ExitsWith(status);

        Assert.Contains(program, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [LabTheory]
    [Everyone]
    public void An_activated_script_is_bound_and_has_its_arguments(Who who)
    {
        // Without "#!": the shell's, as execvp has it.
        using var scratch = new Scratch();
        var script = scratch.File("script");
        File.WriteAllText(script, $"curl -sS {Internet.WebUrl(Internet.Web4)}\n[ $LISTEN_PID = $$ ] && echo mine\nprintf '<%s>' \"$@\"\n");
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);

        Lab.Run(who, Activate("8106", Lab.Supervise("--interface ovpn", script, "a b", "--", "-x", "")))
            .Says($"ovpn {Side.Ovpn.Address4}\nmine\n<a b><--><-x><>");

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void An_activated_program_has_its_signal_mask_and_dispositions(Who who)
    {
        string[] signals = ["env", "--default-signal", "--block-signal=USR1,TERM,RTMIN", "--ignore-signal=HUP,PIPE,USR2,SEGV,FPE,CHLD"];
        string[] show = ["grep", "^Sig[BIC]", "/proc/self/status"];

        var plain = Lab.Run(who, [.. signals, .. Activate("8107", show)]).Succeeds().Output;

        Assert.Contains("SigBlk:\t0000000200004200\n", plain, StringComparison.Ordinal);
        Lab.Run(who, [.. signals, .. Activate("8107", Lab.Supervise("--interface ovpn", show))]).Says(plain);
    }

    [LabTheory]
    [Everyone("@")]
    [Everyone("")]
    public void Notifications_arrive_with_sender_and_descriptor(Who who, string kind)
    {
        using var scratch = new Scratch();
        var socket = kind == "@" ? $"@{scratch.File("notify")}" : scratch.File("notify");

        var result = Lab.Run(who, [Programs.C("proc_notify"), "receive", socket, .. Lab.Supervise("--interface ovpn", Programs.C("proc_notify"), "send", "READY=1")])
            .Succeeds();

        // The manager's main process is the supervisor, and the messages are to come from that.
        var program = Sender().Match(result.Output).Groups[1].Value;
        var user = who == Who.Root ? 0 : 65534;
        var senders = result.OutputLines.Where(line => line.Contains(" uid ", StringComparison.Ordinal)).Select(line => line.Split(' ')[0]).Distinct().ToList();
        Assert.NotEqual(program, Assert.Single(senders));
        Assert.Contains($"{senders[0]} uid {user}: READY=1", result.OutputLines);
        Assert.Contains($"{senders[0]} uid {user}: READY=1 +1", result.OutputLines);
    }

    [LabTheory]
    [Everyone("--interface ovpn", "STATUS=bound to ovpn")]
    [Everyone("--interface nosuch0", "STATUS=nosuch0 is absent: connections are refused")]
    [Everyone("", "STATUS=no interface is set: all traffic takes the normal route")]
    public void The_service_is_ready_once_the_program_runs_where_the_unit_asks_for_it(Who who, string options, string status)
    {
        string[] Notified(string value, params string[] program) =>
            ["env", $"BTI_NOTIFY_READY={value}", Programs.C("proc_notify"), "receive", "@bti-test-ready", .. Lab.Supervise(options, program)];

        var lines = Lab.Run(who, Notified("1", "true")).Succeeds().OutputLines;
        Assert.EndsWith(": READY=1", lines[0], StringComparison.Ordinal);
        Assert.Equal([status], lines[1..]);

        Assert.Equal("", Lab.Run(who, Notified("1", "/no/such/program")).ExitsWith(127).Output);
        Assert.Equal("", Lab.Run(who, Notified("0", "true")).Succeeds().Output);
        Assert.Equal("", Lab.Run(who, Notified("", "true")).Succeeds().Output);
        Assert.Contains("BTI_NOTIFY_READY", Assert.Single(Lab.Run(who, Notified("yes", "true")).ExitsWith(125).ErrorLines), StringComparison.Ordinal);
    }

    [LabFact]
    public void The_service_s_status_follows_the_interface()
    {
        using var own = new Lab();
        using var service = own.Start(
            Who.Root, ["env", "BTI_NOTIFY_READY=1", Programs.C("proc_notify"), "receive", "@bti-test-status", .. Lab.Supervise("--interface ovpn", "cat")]);
        service.WaitForOutput("STATUS=bound to ovpn\n");

        own.Unplug();
        service.WaitForOutput("STATUS=ovpn is absent: connections are refused\n");
        own.Plug();
        Wait.Until(() => service.Output.EndsWith("STATUS=bound to ovpn\n", StringComparison.Ordinal), () => $"not back: {service}");

        service.Finish().Succeeds();
    }

    [LabTheory]
    [Everyone]
    public void A_socket_passed_between_supervised_processes_is_bound(Who who)
    {
        var result = Lab.Bound(who, Programs.C("proc_rights"), Internet.Web4, "7").AnsweredBy(Side.Ovpn, Internet.Web4);

        Assert.Equal(2, result.OutputLines.Length);
        Lab.NothingLeftBy(Side.Lan0);
    }

    private static string[] Activate(string port, params string[] command) => Activate("", port, command);

    private static string[] Activate(string options, string port, string[] command) =>
        [Programs.C("proc_activator"), .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), Address, port, .. command];

    [GeneratedRegex(@"(\d+) sends")]
    private static partial Regex Sender();
}
