namespace BindToInterface.Policy;

/// <summary>
/// The socket options that name an interface or make the kernel send (ip(7), ipv6(7), socket(7), sctp(7)),
/// by level and number as in the kernel's headers.
/// </summary>
public static class SocketOption
{
    /// <summary>SOL_SOCKET.</summary>
    public const int SolSocket = 1;
    /// <summary>SOL_IP.</summary>
    public const int SolIp = 0;
    /// <summary>SOL_IPV6.</summary>
    public const int SolIpv6 = 41;
    /// <summary>SOL_RAW: another level by which raw IPv6 sockets take IPV6_HDRINCL (rawv6_setsockopt).</summary>
    public const int SolRaw = 255;
    /// <summary>SOL_TCP.</summary>
    public const int SolTcp = 6;
    /// <summary>SOL_SCTP.</summary>
    public const int SolSctp = 132;

    /// <summary>SO_BINDTODEVICE: an interface by name.</summary>
    public const int SoBindToDevice = 25;
    /// <summary>SO_BINDTOIFINDEX: an interface by number, since Linux 5.1.</summary>
    public const int SoBindToIfindex = 62;
    /// <summary>IP_UNICAST_IF: an ifindex in network byte order.</summary>
    public const int IpUnicastIf = 50;
    /// <summary>IP_MULTICAST_IF: an address, an ip_mreq or an ip_mreqn.</summary>
    public const int IpMulticastIf = 32;
    /// <summary>IP_ADD_MEMBERSHIP: an ip_mreq or an ip_mreqn.</summary>
    public const int IpAddMembership = 35;
    /// <summary>IP_DROP_MEMBERSHIP: likewise.</summary>
    public const int IpDropMembership = 36;
    /// <summary>IP_UNBLOCK_SOURCE: an ip_mreq_source.</summary>
    public const int IpUnblockSource = 37;
    /// <summary>IP_BLOCK_SOURCE: likewise.</summary>
    public const int IpBlockSource = 38;
    /// <summary>IP_ADD_SOURCE_MEMBERSHIP: likewise.</summary>
    public const int IpAddSourceMembership = 39;
    /// <summary>IP_DROP_SOURCE_MEMBERSHIP: likewise.</summary>
    public const int IpDropSourceMembership = 40;
    /// <summary>IP_MSFILTER: an ip_msfilter, the sources of a group.</summary>
    public const int IpMsfilter = 41;
    /// <summary>MCAST_MSFILTER, both levels: a group_filter.</summary>
    public const int McastMsfilter = 48;
    /// <summary>MCAST_JOIN_GROUP, both levels: a group_req.</summary>
    public const int McastJoinGroup = 42;
    /// <summary>MCAST_BLOCK_SOURCE, both levels: a group_source_req.</summary>
    public const int McastBlockSource = 43;
    /// <summary>MCAST_UNBLOCK_SOURCE, both levels: a group_source_req.</summary>
    public const int McastUnblockSource = 44;
    /// <summary>MCAST_LEAVE_GROUP, both levels: a group_req.</summary>
    public const int McastLeaveGroup = 45;
    /// <summary>MCAST_JOIN_SOURCE_GROUP, both levels: a group_source_req.</summary>
    public const int McastJoinSourceGroup = 46;
    /// <summary>MCAST_LEAVE_SOURCE_GROUP, both levels: a group_source_req.</summary>
    public const int McastLeaveSourceGroup = 47;
    /// <summary>IPV6_UNICAST_IF: an ifindex in network byte order.</summary>
    public const int Ipv6UnicastIf = 76;
    /// <summary>IPV6_MULTICAST_IF: an ifindex.</summary>
    public const int Ipv6MulticastIf = 17;
    /// <summary>IPV6_JOIN_GROUP: an ipv6_mreq.</summary>
    public const int Ipv6JoinGroup = 20;
    /// <summary>IPV6_JOIN_ANYCAST: an ipv6_mreq.</summary>
    public const int Ipv6JoinAnycast = 27;
    /// <summary>IP_OPTIONS: the options of the header, a source route among them.</summary>
    public const int IpOptions = 4;
    /// <summary>IP_HDRINCL: the program writes the header, and in it the destination.</summary>
    public const int IpHdrincl = 3;
    /// <summary>IPV6_HDRINCL: likewise.</summary>
    public const int Ipv6Hdrincl = 36;
    /// <summary>IPV6_RTHDR: a routing header.</summary>
    public const int Ipv6Rthdr = 57;
    /// <summary>IPV6_PKTINFO: a sticky in6_pktinfo.</summary>
    public const int Ipv6Pktinfo = 50;
    /// <summary>IPV6_2292PKTOPTIONS: sticky control messages.</summary>
    public const int Ipv62292PktOptions = 6;
    /// <summary>IPV6_FLOWLABEL_MGR: an in6_flowlabel_req, and the options of every packet with the label.</summary>
    public const int Ipv6FlowlabelMgr = 32;
    /// <summary>TCP_ULP: a protocol by name that takes the socket over (tls; smc, which sends by ways of its own).</summary>
    public const int TcpUlp = 31;
    /// <summary>SCTP_SOCKOPT_CONNECTX_OLD.</summary>
    public const int SctpConnectxOld = 107;
    /// <summary>SCTP_SOCKOPT_CONNECTX.</summary>
    public const int SctpConnectx = 110;
    /// <summary>SCTP_SOCKOPT_CONNECTX3, a getsockopt that connects.</summary>
    public const int SctpConnectx3 = 111;

    private static readonly int[] Groups =
        [McastJoinGroup, McastLeaveGroup, McastJoinSourceGroup, McastLeaveSourceGroup, McastBlockSource, McastUnblockSource, McastMsfilter];

    /// <summary>The options of setsockopt that must be judged.</summary>
    public static readonly IReadOnlyList<(int Level, int[] Names)> Judged =
    [
        (SolSocket, [SoBindToDevice, SoBindToIfindex]),
        (SolIp, [IpHdrincl, IpOptions, IpUnicastIf, IpMulticastIf, IpAddMembership, IpDropMembership, IpAddSourceMembership, IpDropSourceMembership, IpBlockSource, IpUnblockSource, IpMsfilter, .. Groups]),
        (SolIpv6, [Ipv6Hdrincl, Ipv6Rthdr, Ipv6UnicastIf, Ipv6MulticastIf, Ipv6JoinGroup, Ipv6JoinAnycast, Ipv6Pktinfo, Ipv62292PktOptions, Ipv6FlowlabelMgr, .. Groups]),
        (SolRaw, [Ipv6Hdrincl]),
        (SolTcp, [TcpUlp]),
        (SolSctp, [SctpConnectxOld, SctpConnectx]),
    ];
}
