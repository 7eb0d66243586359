using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Plans;

/// <summary>
/// What a plan may ask of a socket and of the interfaces. Each is read when it is asked for, and most of them cost a
/// system call: a plan asks for no more than it needs.
/// </summary>
public interface ISocketFacts
{
    /// <summary>The IP family of the socket.</summary>
    IpFamily Family { get; }

    /// <summary>Its local address and port (getsockname), unspecified and 0 where it has none.</summary>
    Endpoint Local { get; }

    /// <summary>SO_TYPE, one of <see cref="SocketTypes"/>.</summary>
    int Type { get; }

    /// <summary>SO_PROTOCOL.</summary>
    int Protocol { get; }

    /// <summary>Whether it is a TCP socket that cannot be connected (again): connected, connecting, listening.</summary>
    bool IsTcpInUse { get; }

    /// <summary>Whether it is a TCP socket that is connected, or about to be.</summary>
    bool IsTcpUnderWay { get; }

    /// <summary>Whether it has a peer, also one that the kernel does not tell.</summary>
    bool IsConnected { get; }

    /// <summary>
    /// Strict mode: whether it is known that it never had a peer. Then no send of another thread can be on its way to one, which has
    /// looked up the way there and counts on the device (udp_sendmsg).
    /// </summary>
    bool WasNeverConnected { get; }

    /// <summary>The ifindex that it is bound to; 0 for none.</summary>
    uint BoundIndex { get; }

    /// <summary>
    /// Whether the kernel chose its port: a UDP socket without peer and device that was bound to port 0, or to none before it sent. In strict
    /// mode it may have a device, which it loses if this is so, but must not ever have had a peer.
    /// </summary>
    bool HasKernelsPort { get; }

    /// <summary>Whether <see cref="HasKernelsPort"/> was false in an earlier call, and so it is a server's. It may have been bound since.</summary>
    bool WasServer { get; }

    /// <summary>Whether the program writes the IP headers of what it sends (IP_HDRINCL, IPV6_HDRINCL).</summary>
    bool WritesHeaders { get; }

    /// <summary>IPV6_V6ONLY.</summary>
    bool IsIpv6Only { get; }

    /// <summary>SO_ZEROCOPY.</summary>
    bool IsZeroCopy { get; }

    /// <summary>Whether it is of the supervisor's network namespace.</summary>
    bool IsOfOurNamespace { get; }

    /// <summary>Whether <see cref="Steps.Dissolve"/> was carried out in this call, or could not be.</summary>
    bool WasDissolved { get; }

    /// <summary>Whether <see cref="Steps.ReadHeader"/> was carried out.</summary>
    bool HasReadHeader { get; }

    /// <summary>The destination in the header that the program wrote; null where there is none.</summary>
    IpAddress? HeaderDestination { get; }

    /// <summary>The peer (getpeername); false where the kernel tells none.</summary>
    bool TryGetPeer(out Endpoint peer);

    /// <summary>Whether the socket is bound to the interface that has this name now.</summary>
    bool IsBoundTo(string interfaceName);

    /// <summary>The ifindex of an interface now; 0 where it is not there.</summary>
    uint IndexOf(string interfaceName);

    /// <summary>Whether an address is an interface's, or one that the user chose to send from.</summary>
    bool IsAddressOf(string interfaceName, IpAddress address);

    /// <summary>Whether an address is this host's, but not this interface's.</summary>
    bool IsAddressOfAnother(string interfaceName, IpAddress address);

    /// <summary>Whether an address is the broadcast address of a network that this host is on.</summary>
    bool IsBroadcast(IpAddress address);

    /// <summary>The first address of a family that an interface has.</summary>
    IpAddress? FirstAddressOf(string interfaceName, IpFamily family);

    /// <summary>The normal route to a destination: its interface and its source.</summary>
    /// <returns>None; ENETUNREACH and the like where no route leads there.</returns>
    Errno FindRoute(in Endpoint destination, out Route route);
}
