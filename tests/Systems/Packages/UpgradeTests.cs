namespace BindToInterface.Systems;

/// <summary>The Debian package on a Debian that is running, with services of its units.</summary>
public sealed class UpgradeTests : IDisposable
{
    private readonly Scratch folder = new();
    private readonly Machine machine;

    public UpgradeTests() => machine = Machine.WithPackage(Packages.Earlier(folder.Folder));

    public void Dispose()
    {
        machine.Dispose();
        folder.Dispose();
    }

    [SystemsFact]
    public void An_upgrade_restarts_nothing_and_the_next_start_takes_the_new_version()
    {
        using var unit = Unit.Bound(
            machine, "asking", $"/bin/bash -c 'ask() {{ head -n 1 </dev/tcp/{Internet.Web4}/{Internet.Echo}; }}; trap ask HUP; sleep 1000 & while :; do wait; done'");
        unit.Start();
        var (supervisor, program) = (unit.MainPid, unit.Program);
        Assert.Equal("of the earlier version", unit["Description"]);
        Ask(unit, 1);

        Install();

        Assert.Equal("no", unit["NeedDaemonReload"]);
        Assert.Equal("asking, bound to its network interface", unit["Description"]);
        Assert.Equal((supervisor, program), (unit.MainPid, unit.Program));
        Assert.EndsWith("/usr/bin/bti-supervise (deleted)\n", machine.Run("readlink", $"/proc/{supervisor}/exe").Succeeds().Output, StringComparison.Ordinal);
        machine.Lab.Reset();
        Ask(unit, 2);
        machine.Lab.NothingLeftBy(Side.Lan0);

        unit.Do("restart");

        Assert.NotEqual(supervisor, unit.MainPid);
        Assert.Equal("/usr/bin/bti-supervise\n", machine.Run("readlink", $"/proc/{unit.MainPid}/exe").Succeeds().Output);
        Ask(unit, 3);
        machine.Lab.NothingLeftBy(Side.Lan0);
    }

    [SystemsFact]
    public void A_removal_stops_its_services_and_no_other()
    {
        using var own = Unit.Bound(machine, "own", "/bin/sleep 1000").Start();
        using var other = new Unit(machine, "other.service").File("/run/systemd/system/other.service", "[Service]\nExecStart=/usr/bin/bti-supervise -i ovpn sleep 1000\n").Start();
        var supervisor = other.MainPid;

        machine.Run("dpkg", "--remove", "bti-supervise").Succeeds();

        Assert.Equal("inactive", own["ActiveState"]);
        Assert.Equal("not-found", own["LoadState"]);
        Assert.Equal(("active", supervisor), (other["ActiveState"], other.MainPid));
    }

    private void Install()
    {
        machine.Copy(Packages.Debian, "/tmp/package.deb");
        machine.Run("sh", "-c", "PATH=/usr/sbin:/usr/bin:/sbin:/bin dpkg --install /tmp/package.deb").Succeeds();
    }

    /// <summary>The program, which does so at each SIGHUP, asks who it is. This is its answer number NUMBER.</summary>
    private static void Ask(Unit unit, int number)
    {
        unit.Do("reload");
        Wait.Until(() => Answers(unit).Length == number, () => $"{number} answers expected: {unit.Journal}");
        Assert.StartsWith($"{Side.Ovpn} {Side.Ovpn.Address4} ", Answers(unit)[^1], StringComparison.Ordinal);
    }

    private static string[] Answers(Unit unit) => unit.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
