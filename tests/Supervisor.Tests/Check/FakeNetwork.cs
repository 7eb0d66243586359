using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Sockets;
using Net = BindToInterface.Policy.Addresses.Network;

namespace BindToInterface.Supervisor.Tests.Check;

/// <summary>
/// A host with lan0, which has the default route, and ovpn, as in the lab. A test takes away what it is about. The kernel's choice of
/// a route is the longest prefix, then the least metric.
/// </summary>
internal sealed class FakeNetwork : INetworkFacts
{
    public const uint Lo = 1, Lan = 2, Ovpn = 3;
    public const uint Ethernet = 0x1_0003, Tunnel = 0x1_0091, Down = 0x2, NoCarrier = 0x3;

    public List<LinkEntry> Links { get; } = [new(Lo, "lo", 0x1_0009), new(Lan, "lan0", Ethernet), new(Ovpn, "ovpn", Ethernet)];

    public List<AddressEntry> Addresses { get; } =
    [
        new(Lo, Ip("127.0.0.1"), 8), new(Lan, Ip("192.168.77.2"), 24), new(Lan, Ip("fd00:77::2"), 64),
        new(Ovpn, Ip("10.8.0.2"), 24), new(Ovpn, Ip("fd00:8::2"), 64), new(Ovpn, Ip("fe80::2"), 64),
    ];

    public List<RouteEntry> Routes { get; } =
    [
        Route("127.0.0.0/8", Lo, null, 0), Route("192.168.77.0/24", Lan, null, 0), Route("10.8.0.0/24", Ovpn, null, 0),
        Route("fd00:77::/64", Lan, null, 256), Route("fd00:8::/64", Ovpn, null, 256), Route("fe80::/64", Ovpn, null, 256),
        Route("0.0.0.0/0", Lan, "192.168.77.1", 0), Route("::/0", Lan, "fd00:77::1", 1024),
        Route("0.0.0.0/0", Ovpn, "10.8.0.1", 500), Route("::/0", Ovpn, "fd00:8::1", 2048),
    ];

    public List<NeighbourEntry> Neighbours { get; } = [];

    public int Filter { get; set; }

    IReadOnlyList<LinkEntry> INetworkFacts.Links => Links;

    IReadOnlyList<AddressEntry> INetworkFacts.Addresses => Addresses;

    IReadOnlyList<RouteEntry> INetworkFacts.Routes => Routes;

    IReadOnlyList<NeighbourEntry> INetworkFacts.Neighbours => Neighbours;

    public static IpAddress Ip(string text) => IpAddress.TryParse(text, out IpAddress address) ? address : throw new ArgumentException(text);

    public static RouteEntry Route(string network, uint index, string? gateway, uint metric) =>
        new(Net.TryParse(network, out Net parsed) ? parsed : throw new ArgumentException(network), RouteType.Unicast)
        {
            Table = 254, InterfaceIndex = index, Gateway = gateway is null ? null : Ip(gateway), Metric = metric,
        };

    public RouteEntry? RouteTo(IpAddress destination, uint interfaceIndex) => Routes
        .Where(route => route.Destination.Contains(destination) && (interfaceIndex == 0 || route.InterfaceIndex == interfaceIndex))
        .OrderByDescending(route => route.Destination.PrefixLength).ThenBy(route => route.Metric).FirstOrDefault();

    public int ReversePathFilter(string interfaceName) => Filter;

    /// <summary>Without the default routes of a family, or of both, through an interface.</summary>
    public FakeNetwork WithoutDefault(uint index, IpFamily? family = null)
    {
        Routes.RemoveAll(route => route.InterfaceIndex == index && route.Destination.PrefixLength == 0 && (family is null || route.Destination.Family == family));
        return this;
    }

    /// <summary>With an interface of other flags.</summary>
    public FakeNetwork With(uint index, uint flags)
    {
        Links[(int)index - 1] = Links[(int)index - 1] with { Flags = flags };
        return this;
    }
}
