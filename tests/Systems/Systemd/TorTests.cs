namespace BindToInterface.Systems;

/// <summary>
/// Debian's tor@default with the drop-in that docs/systemd.md tells to copy. It starts as root, changes its user by itself,
/// and has a CapabilityBoundingSet= without CAP_SYS_PTRACE and CAP_KILL.
/// </summary>
public sealed class TorTests(Machine machine) : SystemdTest(machine)
{
    private const string Copied = "deploy/systemd/transmission-daemon.service.d/bind-to-interface.conf";
    private const string Command = "/usr/bin/tor --defaults-torrc /usr/share/tor/tor-service-defaults-torrc -f /etc/tor/torrc --RunAsDaemon 0";
    private const string Capabilities = "#CapabilityBoundingSet=CAP_SYS_PTRACE CAP_KILL";

    [SystemsFact]
    public void With_the_two_capabilities_of_the_drop_in_it_starts_and_stops()
    {
        using var unit = Tor(DropIn.Replace(Capabilities, Capabilities[1..], StringComparison.Ordinal)).Start();

        Assert.Equal("active", unit["ActiveState"]);
        Assert.Equal("debian-tor tor", Process(unit.Program));
        Assert.Equal("root bti-supervise", Process(unit.MainPid));
        // It asks its directory servers, which nobody is here.
        Wait.Until(() => Machine.Lab.Packets(Side.Ovpn) > 0, () => $"it never spoke:\n{unit.Journal}");

        unit.Do("stop");

        Assert.Equal("inactive", unit["ActiveState"]);
        Assert.Equal("success", unit["Result"]);
        Assert.DoesNotContain("CAP_", Warnings(unit), StringComparison.Ordinal);
        Machine.Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>Nothing of the unit's own, which would wait 300 s for the start and 60 s for the stop.</summary>
    [SystemsFact]
    public void Without_them_it_does_not_start_and_warnings_name_them()
    {
        using var unit = Tor(DropIn + "TimeoutStartSec=5s\nTimeoutStopSec=2s\nRestart=no\n");

        Assert.NotEqual(0, unit.TryStart().ExitCode);

        unit.WaitUntil("ActiveState", "failed");
        Assert.Equal("timeout", unit["Result"]);
        Assert.Contains("CAP_SYS_PTRACE", Warnings(unit), StringComparison.Ordinal);
        Assert.Matches("signal .*tor.*CAP_KILL", Warnings(unit));
        Machine.Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>Copied, with another command and another name in the journal: no more is to be changed.</summary>
    private static string DropIn
    {
        get
        {
            var copied = File.ReadAllText(Repository.At(Copied));
            Assert.Contains(Capabilities, copied, StringComparison.Ordinal);
            Assert.Contains("/usr/bin/transmission-daemon -f --log-error", copied, StringComparison.Ordinal);
            return copied
                .Replace("/usr/bin/transmission-daemon -f --log-error", Command, StringComparison.Ordinal)
                .Replace("SyslogIdentifier=transmission-daemon", "SyslogIdentifier=tor", StringComparison.Ordinal);
        }
    }

    private string Warnings(Unit unit) => Machine.Run(
        "journalctl", "--quiet", "--no-pager", "--boot", "--output=cat", "--priority=warning..warning", $"_SYSTEMD_UNIT={unit.Name}").Succeeds().Output;

    private Unit Tor(string dropIn) => new Unit(Machine, "tor@default.service").DropIn(dropIn);
}
