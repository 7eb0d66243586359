using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Wire;

/// <summary>A route, or one next hop of it, as it stands in a table.</summary>
/// <param name="Destination">The destinations that it is for.</param>
/// <param name="Type">What it does.</param>
public sealed record RouteEntry(Network Destination, RouteType Type)
{
    private const uint MainTable = 254;
    private const byte RTPROT_DHCP = 16;

    // Shorter ones are no LAN.
    private const int ShortestPrefix4 = 8;
    private const int ShortestPrefix6 = 16;

    /// <summary>The number of the table: 254 is main, 255 local.</summary>
    public uint Table { get; init; }

    /// <summary>Who made it: RTPROT_ (rtnetlink(7)).</summary>
    public byte Protocol { get; init; }

    /// <summary>The least metric wins.</summary>
    public uint Metric { get; init; }

    /// <summary>The ifindex that it leads through; 0 for none.</summary>
    public uint InterfaceIndex { get; init; }

    /// <summary>The next host on the way; null where destinations are on the link.</summary>
    public IpAddress? Gateway { get; init; }

    /// <summary>Whether it is for all destinations, or for one half of them, as VPN clients set two of.</summary>
    public bool IsDefault => Destination.PrefixLength <= 1;

    /// <summary>
    /// Whether it is the network of a link: of the main table and without a gateway, no larger than a LAN can be, and no link-local
    /// or multicast one, which each link has. A route that a DHCP server asked for beside the address (option 121) is none.
    /// </summary>
    public bool IsNetworkOfLink => Type == RouteType.Unicast && Table == MainTable && InterfaceIndex != 0 && Gateway is null && Protocol != RTPROT_DHCP
        && !Destination.Address.NeedsScopeId && !Destination.Address.IsMulticast
        && Destination.PrefixLength >= (Destination.Family == IpFamily.IPv4 ? ShortestPrefix4 : ShortestPrefix6);
}
