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

    /// <summary>Whether both lead the same way, whatever their networks are.</summary>
    public bool LeadsAs(in TrafficRoute other) => this with { Network = other.Network } == other;
}
