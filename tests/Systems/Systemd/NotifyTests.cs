namespace BindToInterface.Systems;

/// <summary>The descriptors and variables by which systemd and a service talk.</summary>
public sealed class NotifyTests(Machine machine) : SystemdTest(machine)
{
    /// <summary>The program keeps its own word.</summary>
    private const string Notify = "[Service]\nEnvironment=BTI_NOTIFY_READY=0\n";

    [SystemsFact]
    public void A_service_is_started_once_its_program_says_so()
    {
        using var unit = Unit.Bound(Machine, "ready", Program("watched", "-lsystemd")).DropIn(Notify).Start();

        Assert.Equal("active", unit["ActiveState"]);
        Assert.Equal($"fed by process {unit.Program}", unit["StatusText"]);
    }

    [SystemsFact]
    public void The_status_follows_the_interface()
    {
        using var unit = Unit.Bound(Machine, "status", "/bin/sleep 1000").Start();
        Assert.Equal("bound to ovpn", unit["StatusText"]);

        Machine.Lab.Unplug();
        try
        {
            unit.WaitUntil("StatusText", "ovpn is absent: connections are refused");
        }
        finally
        {
            Machine.Lab.Plug();
        }

        unit.WaitUntil("StatusText", "bound to ovpn");
    }

    [SystemsFact]
    public void A_program_that_never_says_so_is_not_started()
    {
        using var unit = Unit.Bound(Machine, "mute", "/bin/sleep 1000").DropIn(Notify + "TimeoutStartSec=1\nRestart=no");

        Assert.NotEqual(0, unit.TryStart().ExitCode);
        Assert.Equal("timeout", unit["Result"]);
    }

    [SystemsFact]
    public void The_watchdog_is_the_programs_and_restarts_the_service_when_it_starves()
    {
        using var unit = Unit.Bound(Machine, "watched", Program("watched", "-lsystemd")).DropIn(Notify + "WatchdogSec=3\nRestartSec=100ms\nLimitCORE=0").Start();
        unit.WaitForOutput("watchdog enabled");
        var program = unit.Program;

        unit.Do("kill", "--signal=USR1", "--kill-whom=main");

        unit.WaitForOutput("starving").WaitUntil("NRestarts", "1").WaitUntil("SubState", "running");
        Assert.Contains("Failed with result 'watchdog'", unit.Journal, StringComparison.Ordinal);
        Assert.DoesNotContain($"{program}", unit.Processes);
    }

    /// <summary>
    /// systemd's own socket proxy takes its listening socket from systemd, if LISTEN_PID names it, and connects on.
    /// </summary>
    [SystemsFact]
    public void A_socket_activated_service_gets_its_sockets_and_its_connections_are_bound()
    {
        using var service = Unit.Bound(Machine, "activated", $"/lib/systemd/systemd-socket-proxyd {Internet.Web4}:80");
        using var socket = new Unit(Machine, "bti@activated.socket").File(
            "/run/systemd/system/bti@activated.socket",
            "[Socket]\nListenStream=127.0.0.1:8080\n").Start();
        Assert.Equal("inactive", service["ActiveState"]);

        Machine.Run("curl", "-sS", "http://127.0.0.1:8080/").AnsweredBy(Side.Ovpn, Internet.Web4);

        Assert.Equal("active", service["ActiveState"]);
        Machine.Lab.NothingLeftBy(Side.Lan0);
    }
}
