using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Routes;

/// <summary>What the user asked for.</summary>
public sealed record TrafficPolicyOptions
{
    /// <summary>The interface that outgoing IP traffic must use; null for none.</summary>
    public string? Interface { get; init; }

    /// <summary>Whether destinations that nothing else names are refused (<c>--interface none</c>).</summary>
    public bool RefusesOthers { get; init; }

    /// <summary>Networks that go another way than by <see cref="Interface"/>.</summary>
    public RouteList Routes { get; init; } = RouteList.Empty;

    /// <summary>The servers that port-53 traffic is sent to instead.</summary>
    public AddressPair Dns { get; init; }

    /// <summary>Destinations that keep the normal routes.</summary>
    public ExcludeList Exclude { get; init; } = ExcludeList.Empty;

    /// <summary>The local addresses to send from by <see cref="Interface"/>. Routes of their own have none.</summary>
    public AddressPair Source { get; init; }

    /// <summary>
    /// Whether the program is taken for hostile (<c>--strict</c>): the supervisor makes its IP sockets, bound, and no call on one goes
    /// on with memory that can change.
    /// </summary>
    public bool IsStrict { get; init; }

    /// <summary>Whether the program may ask resolver daemons over their Unix sockets.</summary>
    public bool AllowResolverDaemons { get; init; }

    /// <summary>Whether it was said what happens with destinations that nothing else names: an interface, or a refusal.</summary>
    public bool HasDefault => Interface is not null || RefusesOthers;

    /// <summary>Whether anything is bound or refused.</summary>
    public bool Restricts => HasDefault || !Routes.IsDirect;

    /// <summary>The interfaces by which traffic may leave, the default one first, each once.</summary>
    public IReadOnlyList<string> Interfaces =>
    [
        .. Routes.Routes.Select(route => route.Interface).Prepend(Interface).OfType<string>().Distinct(),
    ];

    /// <summary>A network that is excluded and has a route of another kind; null where there is none.</summary>
    public TrafficRoute? Contradiction =>
        Routes.Routes.FirstOrDefault(route => route.Kind != VerdictKind.Exclude && Exclude.Networks.Contains(route.Network)) is { Kind: not VerdictKind.Pass } found ? found : null;
}
