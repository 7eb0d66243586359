using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Check;

/// <summary>
/// Does a route use the interface? A bound socket takes only routes that lead through its interface. Where there is none, IPv4
/// takes the destination for a host on the link (ip_route_output_key_hash_rcu), which asks in vain for its link-layer address,
/// except in a tunnel, where none is needed. IPv6 has no such rule.
/// </summary>
internal static class RouteRules
{
    private const string Area = "route";
    private const int MaximumNamed = 3;
    private const int LocalTable = 255;

    /// <summary>Addresses far away, in both halves of IPv4 and among those that IPv6 has given out. Nothing is sent to them.</summary>
    private static readonly IpAddress[] Far4 = [IpAddress.FromIPv4(0x2d00_0001), IpAddress.FromIPv4(0xac80_0001)];
    private static readonly IpAddress[] Far6 = [IpAddress.FromBits(IpFamily.IPv6, (UInt128)0x2600 << 112 | 1)];

    private static readonly Network LinkLocal6 = new(IpFamily.IPv6, (UInt128)0xfe80 << 112, UInt128.MaxValue << 118);

    /// <param name="name">The interface that traffic is bound to.</param>
    /// <param name="facts">The network.</param>
    public static IEnumerable<Finding> Judge(string name, INetworkFacts facts)
    {
        if (InterfaceRules.Find(name, facts) is not { IsUp: true, IsLoopback: false } link)
        {
            yield break;
        }

        foreach (IpFamily family in (IpFamily[])[IpFamily.IPv4, IpFamily.IPv6])
        {
            if (InterfaceRules.Addresses(link, facts, family).Length > 0)
            {
                yield return JudgeFamily(name, link, family, facts);
                if (family == IpFamily.IPv4 && ReversePath(name, link, facts) is Finding filter)
                {
                    yield return filter;
                }
            }
        }
    }

    /// <param name="name">An interface that only some networks are reached through.</param>
    /// <param name="networks">These networks.</param>
    /// <param name="facts">The network.</param>
    public static IEnumerable<Finding> Judge(string name, IEnumerable<Network> networks, INetworkFacts facts)
    {
        if (InterfaceRules.Find(name, facts) is not { IsUp: true, IsLoopback: false } link)
        {
            yield break;
        }

        foreach (Network network in networks.Where(network => InterfaceRules.Addresses(link, facts, network.Family).Length > 0))
        {
            // Not the first address, which means "this host" in 0.0.0.0/0.
            var inside = IpAddress.FromBits(network.Family, network.Prefix | (network.Halves is null ? UInt128.Zero : UInt128.One));
            bool leads = (network.Family == IpFamily.IPv4 && link.NeedsNoGateway) || facts.RouteTo(inside, link.Index) is not null;
            RouteRemedy remedy = RouteRemedy.For(link, network.Family, facts);
            yield return leads
                ? Finding.Ok(Area, $"{network} has a route through {name}")
                : Finding.Problem(Area, $"{network} has no route through {name}: connections to it fail{remedy.Hint}") with { Command = remedy.Command };
        }
    }

    /// <summary>Whether bound sockets get a route to all destinations of a family. For those who watch it change.</summary>
    public static bool LeadsEverywhere(LinkEntry link, IpFamily family, INetworkFacts facts, out IpAddress? gateway)
    {
        RouteEntry?[] routes = [.. Far(family).Select(far => facts.RouteTo(far, link.Index))];
        gateway = routes[0]?.Gateway;
        return (family == IpFamily.IPv4 && link.NeedsNoGateway) || !routes.Contains(null);
    }

    private static Finding JudgeFamily(string name, LinkEntry link, IpFamily family, INetworkFacts facts)
    {
        RouteEntry[] found = [.. Far(family).Select(far => facts.RouteTo(far, link.Index)).OfType<RouteEntry>()];
        if (found.Length == Far(family).Length)
        {
            return Finding.Ok(Area, $"{family} has a route through {name} to everywhere{(found[0].Gateway is IpAddress gateway ? $", via {gateway}" : "")}");
        }

        if (family == IpFamily.IPv4 && link.NeedsNoGateway)
        {
            return Finding.Ok(Area, $"IPv4 needs no route through {name}: it is a tunnel, and the kernel sends everything into it that is bound to it");
        }

        RouteEntry[] routes = [.. facts.Routes.Where(route => route.InterfaceIndex == link.Index && IsOfUse(route, family) && facts.RouteTo(Inside(route), link.Index) is not null)];
        Network[] beyond = [.. routes.Where(route => route.Gateway is not null || !IsOnLink(route, link, facts)).Select(route => route.Destination).Distinct()];
        RouteRemedy remedy = RouteRemedy.For(link, family, facts);
        string failure = family == IpFamily.IPv4 ? "EHOSTUNREACH (No route to host)" : "ENETUNREACH (Network is unreachable)";
        return beyond.Length > 0
            ? Finding.Warning(Area, $"{family} has routes through {name} to {List(beyond)} only: connections to others fail with {failure}{remedy.Hint}") with { Command = remedy.Command }
            : Finding.Problem(Area, $"{family} has no route through {name}: connections fail with {failure}{remedy.Hint}") with { Command = remedy.Command };
    }

    /// <summary>
    /// Strict filtering drops what arrives by an interface if the normal route to its sender leads elsewhere (fib_validate_source);
    /// so does loose filtering where there is no normal route at all. IPv6 has no such setting.
    /// </summary>
    private static Finding? ReversePath(string name, LinkEntry link, INetworkFacts facts)
    {
        const int Strict = 1, Loose = 2;
        int filter = facts.ReversePathFilter(link.Name);
        RouteEntry? normal = facts.RouteTo(Far4[0], 0);
        if (filter is not (Strict or Loose) || normal?.InterfaceIndex == link.Index)
        {
            return null;
        }

        if (normal is null)
        {
            RouteRemedy remedy = RouteRemedy.For(link, IpFamily.IPv4, facts);
            return Finding.Problem(Area, $"rp_filter is {filter} and no IPv4 route leads back: the answers that arrive at {name} are dropped{remedy.Hint}") with { Command = remedy.Command };
        }

        return filter == Loose ? null
            : Finding.Problem(Area, $"rp_filter is 1 (strict) and the normal route is not through {name}: the answers that arrive there are dropped") with
            {
                // The kernel takes the greater one of this and of conf/all. sysctl writes a dot in a name as a slash.
                Command = $"sysctl -w net.ipv4.conf.{link.Name.Replace('.', '/')}.rp_filter=2",
            };
    }

    private static IpAddress[] Far(IpFamily family) => family == IpFamily.IPv4 ? Far4 : Far6;

    private static IpAddress Inside(RouteEntry route) => IpAddress.FromBits(route.Destination.Family, route.Destination.Prefix | UInt128.One);

    private static bool IsOfUse(RouteEntry route, IpFamily family) =>
        route.Destination.Family == family && route.Type == RouteType.Unicast && route.Table != LocalTable
        && !IpAddress.FromBits(family, route.Destination.Prefix).IsMulticast && route.Destination != LinkLocal6;

    private static bool IsOnLink(RouteEntry route, LinkEntry link, INetworkFacts facts) =>
        facts.Addresses.Any(address => address.InterfaceIndex == link.Index && address.Network == route.Destination);

    private static string List(Network[] networks) => string.Join(", ", networks.Take(MaximumNamed)) + (networks.Length > MaximumNamed ? ", …" : "");
}
