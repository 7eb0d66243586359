using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Wire;

/// <summary>A route, or one next hop of it, as it stands in a table.</summary>
/// <param name="Destination">The destinations that it is for.</param>
/// <param name="Type">What it does.</param>
public sealed record RouteEntry(Network Destination, RouteType Type)
{
    /// <summary>The number of the table: 254 is main, 255 local.</summary>
    public uint Table { get; init; }

    /// <summary>The least metric wins.</summary>
    public uint Metric { get; init; }

    /// <summary>The ifindex that it leads through; 0 for none.</summary>
    public uint InterfaceIndex { get; init; }

    /// <summary>The next host on the way; null where destinations are on the link.</summary>
    public IpAddress? Gateway { get; init; }

    /// <summary>Whether it is for all destinations, or for one half of them, as VPN clients set two of.</summary>
    public bool IsDefault => Destination.PrefixLength <= 1;
}
