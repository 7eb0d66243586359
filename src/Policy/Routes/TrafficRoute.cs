using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Routes;

/// <summary>Where destinations of a network are to go.</summary>
/// <param name="Network">The network.</param>
/// <param name="Kind">What happens with a call that names such a destination.</param>
public readonly record struct TrafficRoute(Network Network, VerdictKind Kind)
{
    /// <summary>The interface to leave by, by name; set for <see cref="VerdictKind.Bind"/> and for nothing else.</summary>
    public string? Interface { get; init; }

    /// <summary>The local address to send from, of the network's family; null where the kernel chooses it.</summary>
    public IpAddress? Source { get; init; }

    /// <summary>Why it refuses, for a person; empty where it does not.</summary>
    public string Reason { get; init; } = "";

    /// <summary>As a user writes it: <c>10.0.0.0/8=corp0</c>.</summary>
    public string Text => $"{Network.ShortText}={Kind switch
    {
        VerdictKind.Refuse => RouteList.RefuseWord,
        VerdictKind.Bind => Interface,
        _ => RouteList.DirectWord,
    }}";

    /// <summary>Whether both lead the same way, whatever their networks are.</summary>
    public bool LeadsAs(in TrafficRoute other) => LeadsTo(other) && Source == other.Source;

    /// <summary>Whether both lead the same way, from whatever source.</summary>
    public bool LeadsTo(in TrafficRoute other) => Kind == other.Kind && Interface == other.Interface;
}
