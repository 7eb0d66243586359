using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Configuration;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Check;

/// <summary>All findings, in the order in which a user reads them. A new kind of finding is one line here.</summary>
internal static class Checkup
{
    /// <summary>The findings of the host, and those of <see cref="OfTraffic"/>.</summary>
    public static IEnumerable<Finding> All(Settings settings, TrafficPolicy policy, HostFacts host, INetworkFacts network) =>
    [
        .. HostRules.Judge(host, settings.Traffic),
        .. StrictRules.Judge(settings.Traffic, host.Has(StrictRules.CapNetRaw)),
        .. OfTraffic(settings, policy, network),
        .. !settings.Traffic.Restricts ? [] : ExcludeRules.Describe(settings.Traffic, policy.Host, network),
    ];

    /// <summary>The findings of what the options ask for: a run warns of those that break something.</summary>
    public static IEnumerable<Finding> OfTraffic(Settings settings, TrafficPolicy policy, INetworkFacts network)
    {
        IReadOnlyList<string> names = settings.Traffic.Interfaces;
        var nameRules = new NameRules(policy, network);
        return
        [
            .. names.SelectMany(name => InterfaceRules.Judge(name, network)),
            .. names.SelectMany(name => name == settings.Traffic.Interface ? RouteRules.Judge(name, network) : RouteRules.Judge(name, NetworksOf(settings.Traffic, name), network)),
            .. settings.Traffic.Interface is string usual ? SourceRules.Judge(settings, usual, network) : [],
            .. nameRules.Judge(NameserverFiles.Asked(), NameserverFiles.ResolvConfPath, NameserverFiles.Others()),
            .. settings.Traffic.Interface is null ? [] : ExcludeRules.Judge(settings.Traffic),
        ];
    }

    /// <summary>The networks that have a route of their own through an interface.</summary>
    private static IEnumerable<Network> NetworksOf(TrafficPolicyOptions options, string name) =>
        options.Routes.Routes.Where(route => route.Interface == name).Select(route => route.Network).Distinct();
}
