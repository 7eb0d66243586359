using static BindToInterface.Policy.Linux;

namespace BindToInterface.Policy.Wire;

/// <summary>
/// The socket options that name an interface or make the kernel send (ip(7), ipv6(7), socket(7), sctp(7)),
/// by level and number as in the kernel's headers.
/// </summary>
public static class SocketOption
{
    private static readonly int[] Groups =
        [MCAST_JOIN_GROUP, MCAST_LEAVE_GROUP, MCAST_JOIN_SOURCE_GROUP, MCAST_LEAVE_SOURCE_GROUP, MCAST_BLOCK_SOURCE, MCAST_UNBLOCK_SOURCE, MCAST_MSFILTER];

    /// <summary>The options of setsockopt that must be judged.</summary>
    public static readonly IReadOnlyList<(int Level, int[] Names)> Judged =
    [
        (SOL_SOCKET, [SO_BINDTODEVICE, SO_BINDTOIFINDEX]),
        (SOL_IP, [IP_HDRINCL, IP_OPTIONS, IP_UNICAST_IF, IP_MULTICAST_IF, IP_ADD_MEMBERSHIP, IP_DROP_MEMBERSHIP, IP_ADD_SOURCE_MEMBERSHIP, IP_DROP_SOURCE_MEMBERSHIP, IP_BLOCK_SOURCE, IP_UNBLOCK_SOURCE, IP_MSFILTER, .. Groups]),
        (SOL_IPV6, [IPV6_HDRINCL, IPV6_RTHDR, IPV6_UNICAST_IF, IPV6_MULTICAST_IF, IPV6_JOIN_GROUP, IPV6_JOIN_ANYCAST, IPV6_PKTINFO, IPV6_2292PKTOPTIONS, IPV6_FLOWLABEL_MGR, .. Groups]),
        (SOL_RAW, [IPV6_HDRINCL]),
        (SOL_TCP, [TCP_ULP]),
        (SOL_SCTP, [SCTP_SOCKOPT_CONNECTX_OLD, SCTP_SOCKOPT_CONNECTX]),
    ];
}
