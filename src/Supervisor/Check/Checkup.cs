using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Configuration;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Check;

/// <summary>All findings, in the order in which a user reads them. A new kind of finding is one line here.</summary>
internal static class Checkup
{
    /// <summary>The findings of the host, and those of <see cref="OfTraffic"/>.</summary>
    public static IEnumerable<Finding> All(Settings settings, HostFacts host, INetworkFacts network) =>
    [
        .. HostRules.Judge(host, settings.Traffic),
        .. OfTraffic(settings, network),
        .. settings.Traffic.Interface is null ? [] : ExcludeRules.Describe(settings.Traffic, network),
    ];

    /// <summary>The findings of what the options ask for: a run warns of those that break something.</summary>
    public static IEnumerable<Finding> OfTraffic(Settings settings, INetworkFacts network)
    {
        IReadOnlyList<string> names = BoundInterfaces.Of(settings.Traffic);
        var nameRules = new NameRules(new TrafficPolicy(settings.Traffic), network);
        return
        [
            .. names.SelectMany(name => InterfaceRules.Judge(name, network)),
            .. names.SelectMany(name => RouteRules.Judge(name, network)),
            .. names.SelectMany(name => SourceRules.Judge(settings, name, network)),
            .. nameRules.Judge(NameserverFiles.Asked(), NameserverFiles.ResolvConfPath, NameserverFiles.Others()),
            .. names.Count == 0 ? [] : ExcludeRules.Judge(settings.Traffic),
        ];
    }
}
