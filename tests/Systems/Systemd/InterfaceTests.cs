namespace BindToInterface.Systems;

/// <summary>Services and the device unit of their interface, which udev makes and takes away.</summary>
public sealed class InterfaceTests : SystemdTest, IDisposable
{
    private const string Device = "sys-subsystem-net-devices-ovpn.device";
    private bool away;

    public InterfaceTests(Machine machine)
        : base(machine) => WaitForDevice("active");

    public void Dispose() => Back();

    [SystemsFact]
    public void A_service_that_waits_starts_once_the_interface_is_there()
    {
        using var unit = Unit.Bound(Machine, "waits", $"/usr/bin/curl -sS {Internet.WebUrl(Internet.Web4)}")
            .DropInFrom("deploy/systemd/interface.d/wait-for-interface.conf");
        Away();
        unit.Do("start", "--no-block");
        Wait.Until(() => Machine.Run("systemctl", "list-jobs").Output.Contains(Device, StringComparison.Ordinal), () => "nothing waits for the device");
        Assert.Equal("inactive", unit["ActiveState"]);

        Back();

        unit.WaitForOutput($"{Side.Ovpn} {Side.Ovpn.Address4}");
        Machine.Lab.NothingLeftBy(Side.Lan0);
    }

    [SystemsFact]
    public void A_service_that_follows_stops_and_starts_with_the_interface()
    {
        using var unit = Unit.Bound(Machine, "follows", "/bin/sleep 1000")
            .DropInFrom("deploy/systemd/interface.d/follow-interface.conf");
        unit.Start().Do("enable");
        var before = unit.MainPid;
        try
        {
            Away();
            unit.WaitUntil("ActiveState", "inactive");

            Back();
            unit.WaitUntil("ActiveState", "active");
            Assert.NotEqual(before, unit.MainPid);
        }
        finally
        {
            unit.Do("disable");
        }
    }

    [SystemsFact]
    public void A_service_without_either_starts_at_once_and_is_refused_until_the_interface_is_there()
    {
        using var unit = Unit.Bound(Machine, "eager", $"/bin/sh -c 'until curl -sS {Internet.WebUrl(Internet.Web4)}; do sleep 0.1; done'");
        Away();

        unit.Start().WaitForOutput("curl: (7)");
        Assert.Equal("active", unit["ActiveState"]);
        Back();

        unit.WaitForOutput($"{Side.Ovpn} {Side.Ovpn.Address4}").WaitUntil("ActiveState", "inactive");
        Machine.Lab.NothingLeftBy(Side.Lan0);
    }

    private void Away()
    {
        Machine.Lab.Unplug();
        away = true;
        WaitForDevice("inactive");
    }

    private void Back()
    {
        if (away)
        {
            away = false;
            Machine.Lab.Plug();
        }
    }

    private void WaitForDevice(string state) => Wait.Until(
        () => Machine.Run("systemctl", "is-active", Device).Output.Trim() == state,
        () => $"{Device} did not become {state}");
}
