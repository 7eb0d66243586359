using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests.Routes;

/// <summary>What <c>--exclude lan</c> means on a host with ovpn, which is the policy's, and lan0.</summary>
public sealed class LanNetworksTests
{
    private const uint Lo = 1, Ovpn = 2, Lan0 = 3;
    private const byte Kernel = 2, Dhcp = 16;

    private static readonly LinkEntry[] Links = [new(Lo, "lo", 0x1_0049), new(Ovpn, "ovpn", 0x1_1043), new(Lan0, "lan0", 0x1_1043)];

    private static readonly RouteEntry[] Routes =
    [
        Route("0.0.0.0/0", Lan0) with { Gateway = Bytes.Address("192.168.77.1") }, Route("127.0.0.0/8", Lo),
        Route("10.8.0.0/24", Ovpn), Route("192.168.77.0/24", Lan0), Route("192.168.90.0/24", Lan0) with { Gateway = Bytes.Address("192.168.77.1") },
        Route("192.168.77.2", Lan0) with { Table = 255, Type = RouteType.Local }, Route("192.168.91.0/24", Lan0) with { Table = 100 },
        Route("fd00:77::/64", Lan0), Route("fe80::/64", Lan0), Route("ff00::/8", Lan0), Route("192.168.77.0/24", Lan0),
    ];

    [Fact]
    public void It_is_what_the_other_interfaces_have_on_their_link()
    {
        HostNetworks found = LanNetworks.Of(Links, Routes, [Ovpn]);

        Assert.Equal(["192.168.77.0/24", "fd00:77::/64"], found.Lan.Select(network => network.ToString()));
        Assert.Equal([new LanInterface("lan0", Lan0)], found.LanInterfaces);
        Assert.Equal(["10.8.0.0/24"], found.Own.Select(network => network.ToString()));
    }

    /// <summary>Whoever runs the LAN could lead all traffic there by such a route.</summary>
    [Theory]
    [InlineData("0.0.0.0/1", Kernel, false)]
    [InlineData("8.0.0.0/7", Kernel, false)]
    [InlineData("10.0.0.0/8", Kernel, true)]
    [InlineData("2000::/3", Kernel, false)]
    [InlineData("8.8.8.0/24", Dhcp, false)]
    [InlineData("8.8.8.0/24", Kernel, true)]
    public void A_route_that_is_too_large_or_that_DHCP_asked_for_is_none(string network, byte protocol, bool isOne) => Assert.Equal(
        isOne ? 3 : 2, LanNetworks.Of(Links, [.. Routes, Route(network, Lan0) with { Protocol = protocol }], [Ovpn]).Lan.Count);

    [Theory]
    [InlineData(0x1_1043u, true)]
    [InlineData(0x1_1042u, false)]
    [InlineData(0x1_0051u, false)]
    [InlineData(0x1_0049u, false)]
    public void A_tunnel_or_an_interface_that_is_down_has_none(uint flags, bool isOne) =>
        Assert.Equal(isOne ? 1 : 0, LanNetworks.Of([new(Lan0, "lan0", flags)], [Route("192.168.77.0/24", Lan0)], [Ovpn]).Lan.Count);

    private static RouteEntry Route(string network, uint index) =>
        new(Network.TryParse(network, out Network parsed) ? parsed : throw new FormatException(network), RouteType.Unicast)
        {
            Table = 254, Protocol = Kernel, InterfaceIndex = index,
        };
}
