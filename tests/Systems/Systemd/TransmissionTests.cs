namespace BindToInterface.Systems;

/// <summary>The drop-in that wraps Debian's transmission-daemon, whose unit stays as its package made it.</summary>
public sealed class TransmissionTests(Machine machine) : SystemdTest(machine)
{
    private const string DropIn = "deploy/systemd/transmission-daemon.service.d/bind-to-interface.conf";
    private const string Rpc = "http://127.0.0.1:9091/transmission/rpc";

    [SystemsFact]
    public void What_it_sends_leaves_by_the_interface()
    {
        using var unit = Wrapped().Start();

        AddTorrent();

        Wait.Until(() => Machine.Lab.Packets(Side.Ovpn) > 0, () => $"it never spoke:\n{unit.Journal}");
        unit.Do("stop"); // tells the tracker, and closes what is open
        Machine.Lab.NothingLeftBy(Side.Lan0);
    }

    [SystemsFact]
    public void Its_user_and_its_notification_stay()
    {
        using var unit = Wrapped().Start();

        Assert.Equal("active", unit["ActiveState"]);
        Assert.Equal("notify", unit["Type"]);
        Assert.Equal("debian-transmission transmission-da", Process(unit.Program));
        Assert.Equal("debian-transmission bti-supervise", Process(unit.MainPid));
    }

    [SystemsFact]
    public void Reload_stop_and_restart_mean_what_they_meant()
    {
        // At the unit's own level the daemon says nothing of a reload.
        var dropIn = File.ReadAllText(Repository.At(DropIn)).Replace("--log-error", "--log-info", StringComparison.Ordinal);
        using var unit = new Unit(Machine, "transmission-daemon.service").DropIn(dropIn).Start();
        var program = unit.Program;

        unit.Do("reload");
        unit.WaitForOutput("Reloading settings");
        Assert.Equal(program, unit.Program);

        unit.Do("restart");
        Assert.Equal("active", unit["ActiveState"]);
        Assert.NotEqual(program, unit.Program);

        unit.Do("stop");
        Assert.Equal("inactive", unit["ActiveState"]);
        Assert.Equal("success", unit["Result"]);
    }

    /// <summary>transmission-daemon names itself the main process, which would leave systemd without its exit status.</summary>
    [SystemsFact]
    public void Its_death_is_noticed_with_its_status()
    {
        using var unit = Wrapped().Start();

        Machine.Run("kill", "-KILL", $"{unit.Program}").Succeeds();

        unit.WaitUntil("ActiveState", "failed");
        Assert.Equal("signal", unit["Result"]);
        Assert.Equal("9", unit["ExecMainStatus"]);
    }

    private Unit Wrapped() => new Unit(Machine, "transmission-daemon.service").DropInFrom(DropIn);

    /// <summary>A torrent whose tracker both internets have.</summary>
    private void AddTorrent()
    {
        var session = Machine.Run("curl", "-sS", "--user", "transmission:transmission", Rpc, "--output", "/dev/null", "--dump-header", "-").Succeeds().OutputLines
            .Single(line => line.StartsWith("X-Transmission-Session-Id", StringComparison.Ordinal)).Trim();
        var magnet = $"magnet:?xt=urn:btih:{new string('a', 40)}&tr={Uri.EscapeDataString(Internet.WebUrl(Internet.Web4) + "announce")}";
        Machine.Run(
            "curl", "-sS", "--user", "transmission:transmission", Rpc, "--header", session, "--data",
            $$$"""{"method":"torrent-add","arguments":{"filename":"{{{magnet}}}"}}""").Succeeds();
    }
}
