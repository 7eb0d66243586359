using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Routes;

/// <summary>
/// A routing table of the policy. Of the routes whose network has a destination, the one with the longest prefix counts, and of
/// those with the same prefix the first. It never changes: a call that has taken it sees the same routes until it is answered.
/// </summary>
public sealed class TrafficRoutes
{
    // Per family, longest prefixes first. The last route of each has the prefix length 0.
    private readonly TrafficRoute[] routes4;
    private readonly TrafficRoute[] routes6;
    private readonly bool leadsOneWay4;
    private readonly bool leadsOneWay6;

    /// <summary>A table of these routes. A family without a route for all of its destinations gets one that refuses them.</summary>
    public TrafficRoutes(IReadOnlyList<TrafficRoute> routes)
    {
        routes4 = Sorted(routes, Network.All4);
        routes6 = Sorted(routes, Network.All6);
        leadsOneWay4 = IsOneWay(routes4);
        leadsOneWay6 = IsOneWay(routes6);
    }

    /// <summary>
    /// The routes that the options mean: the excluded destinations keep the normal routes, and all others leave by the
    /// interface, where one is set.
    /// </summary>
    public static TrafficRoutes Of(TrafficPolicyOptions options)
    {
        VerdictKind others = options.Interface is null ? VerdictKind.Pass : VerdictKind.Bind;
        TrafficRoute Others(Network network) =>
            new(network, others) { Interface = options.Interface, Source = options.Source[network.Family]?.Address };

        return new(
        [
            .. options.Exclude.Networks.Select(network => new TrafficRoute(network, VerdictKind.Exclude)),
            Others(Network.All4),
            Others(Network.All6),
        ]);
    }

    /// <summary>The route of a destination. Allocates nothing.</summary>
    public ref readonly TrafficRoute Find(in IpAddress destination)
    {
        TrafficRoute[] routes = Of(destination.Family);
        for (int i = 0; i < routes.Length - 1; i++)
        {
            if (routes[i].Network.Contains(destination))
            {
                return ref routes[i];
            }
        }

        return ref routes[^1];
    }

    /// <summary>The route of the destinations of a family that no other route names.</summary>
    public ref readonly TrafficRoute Default(IpFamily family) => ref Of(family)[^1];

    /// <summary>
    /// Whether all destinations of a family leave by one interface and from one source: a socket that is bound for one of them is
    /// bound for all.
    /// </summary>
    public bool LeadsOneWay(IpFamily family) => family == IpFamily.IPv4 ? leadsOneWay4 : leadsOneWay6;

    private static TrafficRoute[] Sorted(IReadOnlyList<TrafficRoute> routes, Network all) =>
    [
        // A longer prefix is a greater mask; a sort by LINQ keeps the order of equals.
        .. routes.Where(route => route.Network.Family == all.Family && route.Network != all).OrderByDescending(route => route.Network.Mask),
        routes.Where(route => route.Network == all).Append(new(all, VerdictKind.Refuse)).First(),
    ];

    private static bool IsOneWay(TrafficRoute[] routes) =>
        routes[^1].Kind == VerdictKind.Bind && Array.TrueForAll(routes, route => route.LeadsAs(routes[^1]));

    private TrafficRoute[] Of(IpFamily family) => family == IpFamily.IPv4 ? routes4 : routes6;
}
