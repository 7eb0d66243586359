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
        ref readonly TrafficRoute usual = ref routes4[^1];
        List<string> interfaces = [];
        bool hasSeveralWays = false, leavesFree = false;
        foreach (TrafficRoute[] family in (TrafficRoute[][])[routes4, routes6])
        {
            hasSeveralWays |= !family[^1].LeadsTo(usual);
            for (int i = family.Length - 1; i >= 0; i--)
            {
                ref readonly TrafficRoute route = ref family[i];
                hasSeveralWays |= route.Kind != VerdictKind.Exclude && !route.LeadsTo(usual);
                bool restricts = route.Kind is VerdictKind.Bind or VerdictKind.Refuse;
                Restricts |= restricts;
                leavesFree |= !restricts;
            }
        }

        AddInterface(routes4[^1]);
        AddInterface(routes6[^1]);
        foreach (TrafficRoute route in routes)
        {
            AddInterface(route);
        }

        HasSeveralWays = hasSeveralWays;
        TakesSocketsElsewhere = interfaces.Count > 1 || (interfaces.Count == 1 && leavesFree);
        Interfaces = interfaces;
        InterfaceText = interfaces.Count == 0 ? "any interface" : string.Join(" or ", interfaces);

        void AddInterface(in TrafficRoute route)
        {
            if (route.Interface is string name && !interfaces.Contains(name))
            {
                interfaces.Add(name);
            }
        }
    }

    /// <summary>The interfaces that routes name, those for all destinations first, each once.</summary>
    public IReadOnlyList<string> Interfaces { get; }

    /// <summary>The same for a message: <c>ovpn or corp0</c>.</summary>
    public string InterfaceText { get; }

    /// <summary>Whether anything is bound or refused.</summary>
    public bool Restricts { get; }

    /// <summary>
    /// Whether it depends on the destination by which interface it is reached, or whether at all. Excluded destinations do not
    /// count where all others leave by one interface: what is bound and goes to an excluded one leaves by that interface.
    /// </summary>
    public bool HasSeveralWays { get; }

    /// <summary>
    /// Whether a socket that is bound may have to be set free, or bound to another interface, for one of its destinations: something
    /// is excluded, or leaves by a second interface.
    /// </summary>
    public bool TakesSocketsElsewhere { get; }

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

    // Counted, not sorted by LINQ: the start of every program waits for this, and LINQ over structures of this size takes 0.1 ms when
    // it is first used.
    private static TrafficRoute[] Sorted(IReadOnlyList<TrafficRoute> routes, Network all)
    {
        const int Longest = 128;
        // Where the routes of each length begin: the longest first, and the routes for all destinations are not among them.
        var place = new int[Longest + 1];
        int count = 0;
        foreach (TrafficRoute route in routes)
        {
            if (route.Network.Family == all.Family && route.Network != all)
            {
                place[Longest - route.Network.PrefixLength + 1]++;
                count++;
            }
        }

        for (int i = 1; i <= Longest; i++)
        {
            place[i] += place[i - 1];
        }

        var sorted = new TrafficRoute[count + 1];
        sorted[count] = new(all, VerdictKind.Refuse);
        for (int i = routes.Count - 1; i >= 0; i--)
        {
            if (routes[i].Network == all)
            {
                sorted[count] = routes[i];
            }
        }

        foreach (TrafficRoute route in routes)
        {
            if (route.Network.Family == all.Family && route.Network != all)
            {
                sorted[place[Longest - route.Network.PrefixLength]++] = route;
            }
        }

        return sorted;
    }

    private static bool IsOneWay(TrafficRoute[] routes) =>
        routes[^1].Kind == VerdictKind.Bind && Array.TrueForAll(routes, route => route.LeadsAs(routes[^1]));

    private TrafficRoute[] Of(IpFamily family) => family == IpFamily.IPv4 ? routes4 : routes6;
}
