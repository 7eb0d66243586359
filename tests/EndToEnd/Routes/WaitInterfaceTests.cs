namespace BindToInterface.EndToEnd;

/// <summary><c>--wait-interface</c>: the program starts when its interfaces are up with an address.</summary>
[Collection(RoutesCollection.Name)]
public sealed class WaitInterfaceTests(Lab lab) : LabTest(lab)
{
    private const int SIGINT = 2, SIGTERM = 15;

    [LabTheory]
    [Everyone]
    public void The_program_starts_when_the_interface_has_come_with_an_address(Who who)
    {
        using var own = new Lab();
        using var program = own.Start(who, Lab.Supervise("--interface later0 --wait-interface", "echo", "started"));
        program.WaitForError("interface later0 does not exist: the program is started once it can be used");

        own.Run(Who.Root, "ip", "link", "add", "later0", "type", "veth", "peer", "name", "far0").Succeeds();
        own.Run(Who.Root, "ip", "link", "set", "later0", "up").Succeeds();
        // A link-local address alone is none.
        own.Run(Who.Root, "ip", "link", "set", "far0", "up").Succeeds();
        Assert.Equal("", program.Output);
        own.Run(Who.Root, "ip", "address", "add", "10.77.0.2/24", "dev", "later0").Succeeds();

        Result result = program.Finish().Says("started\n");
        Assert.Single(result.ErrorLines, line => line.Contains("the program is started once", StringComparison.Ordinal));
    }

    /// <summary>It waits for the interfaces of routes as well.</summary>
    [LabTheory]
    [Everyone("--interface ovpn --route 10.0.0.0/8=later0", "interface later0 does not exist")]
    [Everyone("--interface none --route 10.0.0.0/8=later0", "interface later0 does not exist")]
    [Everyone("--interface later0", "interface later0 does not exist")]
    [Everyone("--interface down0", "interface down0 is down")]
    [Everyone("--interface dark0", "interface dark0 has no carrier")]
    [Everyone("--interface bare0", "interface bare0 has no address")]
    public void After_the_time_it_ends_with_125_and_says_what_is_missing(Who who, string options, string missing)
    {
        Lab.Run(Who.Root, "sh", "-ec", """
            ip link show down0 >/dev/null 2>&1 && exit
            ip link add down0 type veth peer name downfar0
            ip link add dark0 type veth peer name darkfar0
            ip link set dark0 up
            ip link add bare0 type veth peer name barefar0
            ip link set bare0 up
            ip link set barefar0 up
            """).Succeeds();

        foreach (string seconds in (string[])["0", "0.2"])
        {
            Result result = Lab.Supervised(who, $"{options} --wait-interface={seconds}", "echo", "started").ExitsWith(125);

            Assert.Equal("", result.Output);
            Assert.EndsWith($"--wait-interface: after {seconds} seconds {missing}; the program was not started", result.ErrorLines[^1], StringComparison.Ordinal);
        }
    }

    [LabTheory]
    [Everyone("--interface ovpn --wait-interface")]
    [Everyone("--interface ovpn --wait-interface=0")]
    [Everyone("--interface ovpn --wait-interface --route 10.0.0.0/8=lan0")]
    [Everyone("--interface none --wait-interface")]
    public void An_interface_that_is_ready_is_not_waited_for(Who who, string options)
    {
        Result result = Lab.Supervised(who, options, "echo", "started").Says("started\n");
        Assert.DoesNotContain("the program is started once", result.Error, StringComparison.Ordinal);
    }

    [LabTheory]
    [Everyone(SIGTERM)]
    [Everyone(SIGINT)]
    public void A_signal_ends_the_wait_as_it_would_end_the_program(Who who, int signal)
    {
        using var program = Lab.Start(who, Lab.Supervise("--interface later0 --wait-interface", "echo", "started"));
        program.WaitForError("does not exist");

        program.Signal(signal);

        Assert.Equal("", program.Finish().DiesBy(signal).Output);
    }

    [LabTheory]
    [Everyone]
    public void A_service_is_ready_only_once_its_program_runs(Who who)
    {
        using var own = new Lab();
        using var service = own.Start(
            who, ["env", "BTI_NOTIFY_READY=1", Programs.C("proc_notify"), "receive", "@bti-test-wait", .. Lab.Supervise("--interface later0 --wait-interface", "true")]);
        service.WaitForOutput("STATUS=interface later0 does not exist\n");
        Assert.DoesNotContain("READY=1", service.Output, StringComparison.Ordinal);

        own.Run(Who.Root, "sh", "-ec", "ip link add later0 type veth peer name far0; ip link set far0 up; ip link set later0 up; ip address add 10.77.0.2/24 dev later0").Succeeds();

        string[] lines = service.Finish().Succeeds().OutputLines;
        Assert.EndsWith(": READY=1", lines[^2], StringComparison.Ordinal);
        Assert.Equal("STATUS=bound to later0", lines[^1]);
    }

    [LabTheory]
    [Everyone]
    public void The_variable_does_the_same(Who who)
    {
        Lab.Run(who, [Lab.Supervisor, "true"], new Dictionary<string, string> { ["BIND_INTERFACE"] = "later0", ["BTI_WAIT_INTERFACE"] = "0" }).ExitsWith(125);
        Result wrong = Lab.Run(who, [Lab.Supervisor, "-i", "ovpn", "--wait-interface=soon", "true"]).ExitsWith(125);
        Assert.Contains("'soon' is not a time to wait; accepted are a number of seconds", wrong.Error, StringComparison.Ordinal);
    }
}
