using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Routes;

/// <summary>Makes the routes that the user's options mean, with what the host tells at the moment.</summary>
internal static class RoutesOfOptions
{
    private const string NoneRefuses = "--interface none refuses it: no --route and no --exclude names it";

    /// <summary>
    /// What the links of a LAN have in common, and no network of theirs contains: groups and broadcasts that no router passes on
    /// (mDNS, LLMNR, SSDP, ff02::/16), and link-local addresses.
    /// </summary>
    private static readonly Network[] OfEachLink = [.. ((string[])["224.0.0.0/24", "239.255.255.250", "255.255.255.255", "fe80::/10", "ff02::/16"])
        .Select(text => Network.TryParse(text, out Network network) ? network : throw new FormatException(text))];

    /// <summary>
    /// The table. Of the same network the user's own route counts. What was found on the host never opens what the user has closed:
    /// a name's address that a <c>=deny</c> contains stays refused; a LAN that lies in a network with a route of its own, or in a
    /// network that an interface of the policy is on, keeps the way of that.
    /// </summary>
    public static TrafficRoutes Make(TrafficPolicyOptions options, HostNetworks host)
    {
        List<TrafficRoute> routes =
        [
            .. options.Exclude.Networks.Select(network => new TrafficRoute(network, VerdictKind.Exclude)),
            .. options.Routes.Routes,
            Others(options, Network.All4),
            Others(options, Network.All6),
        ];
        if (host.Named.Count == 0 && host.LanInterfaces.Count == 0)
        {
            return new(routes);
        }

        Network[] denied = [.. options.Routes.Routes.Where(route => route.Kind == VerdictKind.Refuse).Select(route => route.Network)];
        Network[] closed =
        [
            .. denied,
            .. options.Routes.Routes.Where(route => route.Kind == VerdictKind.Bind && route.Network.Mask != UInt128.Zero).Select(route => route.Network),
            .. host.Own,
        ];
        Network[] lan = [.. host.Lan.Concat(host.LanInterfaces.Count == 0 ? [] : OfEachLink).Where(network => !IsWithin(closed, network))];
        var usual = new TrafficRoutes(routes);
        return new(
        [
            .. routes,
            .. host.Named.Select(each => Network.Of(each.Address)).Where(network => !IsWithin(denied, network)).Concat(lan).Select(network => new TrafficRoute(network, VerdictKind.Exclude)),
            // A network of the interface within a LAN: it goes where it would go without the LAN.
            .. host.Own.Where(own => IsWithin(lan, own)).Select(own => usual.Find(own.Address) with { Network = own }),
        ]);
    }

    private static bool IsWithin(Network[] networks, Network network) => Array.Exists(networks, each => each.Contains(network));

    /// <summary>
    /// Destinations that nothing names. Without any interface nothing is done; with routes alone they have the normal routes, and
    /// a socket that a route has bound is set free for them.
    /// </summary>
    private static TrafficRoute Others(TrafficPolicyOptions options, Network network)
    {
        VerdictKind kind = options.Interface is not null ? VerdictKind.Bind
            : options.RefusesOthers ? VerdictKind.Refuse
            : options.Routes.IsDirect ? VerdictKind.Pass
            : VerdictKind.Exclude;
        return new(network, kind)
        {
            Interface = options.Interface,
            Source = kind is VerdictKind.Bind or VerdictKind.Pass ? options.Source[network.Family]?.Address : null,
            Reason = kind == VerdictKind.Refuse ? NoneRefuses : "",
        };
    }
}
