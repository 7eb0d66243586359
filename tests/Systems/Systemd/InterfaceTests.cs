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

    /// <summary>What is enabled must not hold up the boot: nothing that multi-user.target starts waits for the device.</summary>
    [SystemsTheory]
    [InlineData("deploy/systemd/interface.d/wait-for-interface.conf")]
    [InlineData("deploy/systemd/interface.d/follow-interface.conf")]
    public void A_boot_without_the_interface_does_not_wait_for_it(string dropIn)
    {
        using var unit = Unit.Bound(Machine, "boots", "/bin/sleep 1000").DropInFrom(dropIn);
        using var proxy = new Unit(Machine, "microsocks@ovpn.service");
        Away();
        Machine.Run("systemctl", "daemon-reload").Succeeds();
        unit.Do("enable");
        proxy.Do("enable");
        try
        {
            Assert.Equal(Device, unit["WantedBy"]);
            Machine.Run("systemctl", "start", "--no-block", "multi-user.target").Succeeds();
            Assert.DoesNotContain(Device, Machine.Run("systemctl", "list-jobs").Output, StringComparison.Ordinal);
            proxy.WaitUntil("ActiveState", "active");
            Assert.Equal("inactive", unit["ActiveState"]);

            Back();
            unit.WaitUntil("ActiveState", "active");
        }
        finally
        {
            unit.Do("disable");
            proxy.Do("disable");
        }
    }

    /// <summary>Another unit may wait for the device: one of ours that is ordered after it would wait with it.</summary>
    [SystemsTheory]
    [InlineData("bti@ovpn.service")]
    [InlineData("microsocks@ovpn.service")]
    public void The_units_are_not_ordered_after_the_device(string name)
    {
        using var unit = new Unit(Machine, name);

        Assert.DoesNotContain(Device, unit["After"], StringComparison.Ordinal);
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
