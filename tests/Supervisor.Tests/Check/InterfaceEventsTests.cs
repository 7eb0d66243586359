using BindToInterface.Policy.Addresses;
using BindToInterface.Supervisor.Check;
using static BindToInterface.Supervisor.Tests.Check.FakeNetwork;

namespace BindToInterface.Supervisor.Tests.Check;

public sealed class InterfaceEventsTests
{
    [Fact]
    public void Where_nothing_has_changed_nothing_is_told() => Assert.Empty(Between(new FakeNetwork(), new FakeNetwork()));

    /// <summary>The kernel takes routes and IPv6 addresses away with it.</summary>
    [Fact]
    public void Down_and_up_is_a_line_each_and_what_is_lost_is_told_once_it_is_up()
    {
        FakeNetwork down = new FakeNetwork().WithoutDefault(Ovpn).With(Ovpn, Down);
        down.Addresses.RemoveAll(address => address.InterfaceIndex == Ovpn && address.Address.Family == IpFamily.IPv6);
        InterfaceState before = InterfaceState.Of("ovpn", new FakeNetwork()), isDown = InterfaceState.Of("ovpn", down);

        Assert.Equal(["down: connections fail until it is up"], Between(before, isDown));

        InterfaceState up = InterfaceState.Of("ovpn", down.With(Ovpn, Ethernet));
        Assert.Equal(
            [
                "up again",
                "fd00:8::2 is no address of it any more: connections from there break",
                "IPv4 has no route through it any more: connections fail; type: IPv4 10.8.0.1",
            ],
            Between(isDown.After(before), up));
        Assert.Equal(["up again"], Between(isDown.After(before), before));
    }

    [Fact]
    public void A_carrier_goes_and_comes()
    {
        FakeNetwork without = new FakeNetwork().With(Ovpn, NoCarrier);

        Assert.Equal(["no carrier any more: nothing goes out until it is back"], Between(new FakeNetwork(), without));
        Assert.Equal(["the carrier is back"], Between(without, new FakeNetwork()));
    }

    [Fact]
    public void The_last_address_of_a_family_takes_its_route_along_in_one_line()
    {
        FakeNetwork without = new FakeNetwork().WithoutDefault(Ovpn, IpFamily.IPv4);
        without.Addresses.RemoveAll(address => address.Address == Ip("10.8.0.2"));

        Assert.Equal(["10.8.0.2 is no address of it any more: connections from there break"], Between(new FakeNetwork(), without));
        Assert.Equal(["10.8.0.2 is an address of it now"], Between(without, new FakeNetwork()));
    }

    [Fact]
    public void A_route_is_lost_with_the_gateway_that_it_had_and_comes_back()
    {
        FakeNetwork without = new FakeNetwork().WithoutDefault(Ovpn, IpFamily.IPv6);

        Assert.Equal(["IPv6 has no route through it any more: connections fail; type: IPv6 fd00:8::1"], Between(new FakeNetwork(), without));
        Assert.Equal(["IPv6 has a route through it again"], Between(without, new FakeNetwork()));
    }

    [Fact]
    public void Addresses_that_change_from_time_to_time_are_not_told()
    {
        var with = new FakeNetwork();
        with.Addresses.Add(new(Ovpn, Ip("fd00:8::abcd"), 64) { Flags = 1 });

        Assert.Empty(Between(new FakeNetwork(), with));
    }

    private static IEnumerable<string> Between(FakeNetwork before, FakeNetwork now) =>
        Between(InterfaceState.Of("ovpn", before), InterfaceState.Of("ovpn", now));

    private static IEnumerable<string> Between(InterfaceState before, InterfaceState now) =>
        InterfaceEvents.Between(before, now, (family, gateway) => $"{family} {gateway}");
}
