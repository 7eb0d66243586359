// CA1707: the names are C's.
#pragma warning disable CA1707
namespace BindToInterface.Policy;

/// <summary>
/// Numbers of the kernel under their C names, once: those that the policy judges by, and those that stand in a pattern or
/// a case, for which C# wants constants. Tmds.LibC, which the supervisor has all others from, has properties. Names that
/// begin with AF_, SOCK_, IPPROTO_, SOL_ or CLD_, and the signals, all stand here. A test compares each with the C headers.
/// </summary>
public static class Linux
{
    // Address families (sys/socket.h).
    /// <summary>Local sockets.</summary>
    public const int AF_UNIX = 1;
    /// <summary>IPv4.</summary>
    public const int AF_INET = 2;
    /// <summary>IPv6.</summary>
    public const int AF_INET6 = 10;
    /// <summary>The kernel itself, which getaddrinfo asks.</summary>
    public const int AF_NETLINK = 16;
    /// <summary>The kernel's cryptography.</summary>
    public const int AF_ALG = 38;

    // Types of sockets (sys/socket.h).
    /// <summary>TCP, SCTP, or a local stream.</summary>
    public const int SOCK_STREAM = 1;
    /// <summary>Datagrams.</summary>
    public const int SOCK_DGRAM = 2;
    /// <summary>The program writes the header of the protocol, or all headers.</summary>
    public const int SOCK_RAW = 3;
    /// <summary>Of IP protocols there is SCTP alone.</summary>
    public const int SOCK_SEQPACKET = 5;
    /// <summary>On AF_INET the kernel silently makes an AF_PACKET socket of it.</summary>
    public const int SOCK_PACKET = 10;
    /// <summary>A flag: closed by exec.</summary>
    public const int SOCK_CLOEXEC = 0x8_0000;
    /// <summary>A flag: calls do not wait.</summary>
    public const int SOCK_NONBLOCK = 0x800;

    // Protocols (netinet/in.h).
    /// <summary>Ping sockets.</summary>
    public const int IPPROTO_ICMP = 1;
    /// <summary>TCP.</summary>
    public const int IPPROTO_TCP = 6;
    /// <summary>UDP.</summary>
    public const int IPPROTO_UDP = 17;
    /// <summary>Ping sockets of IPv6.</summary>
    public const int IPPROTO_ICMPV6 = 58;
    /// <summary>SCTP.</summary>
    public const int IPPROTO_SCTP = 132;
    /// <summary>UDP-Lite.</summary>
    public const int IPPROTO_UDPLITE = 136;
    /// <summary>Multipath TCP.</summary>
    public const int IPPROTO_MPTCP = 262;

    // Levels of options and control messages (ip(7), ipv6(7), socket(7), tcp(7), sctp(7)).
    /// <summary>Of every socket.</summary>
    public const int SOL_SOCKET = 1;
    /// <summary>Of IPv4.</summary>
    public const int SOL_IP = 0;
    /// <summary>Of IPv6.</summary>
    public const int SOL_IPV6 = 41;
    /// <summary>Another level by which raw IPv6 sockets take IPV6_HDRINCL (rawv6_setsockopt).</summary>
    public const int SOL_RAW = 255;
    /// <summary>Of TCP.</summary>
    public const int SOL_TCP = 6;
    /// <summary>Of SCTP.</summary>
    public const int SOL_SCTP = 132;

    /// <summary>The error of a connection that was started; reading it takes it away.</summary>
    public const int SO_ERROR = 4;

    // Options that name an interface or make the kernel send.
    /// <summary>An interface by name.</summary>
    public const int SO_BINDTODEVICE = 25;
    /// <summary>An interface by number, since Linux 5.1.</summary>
    public const int SO_BINDTOIFINDEX = 62;
    /// <summary>An ifindex in network byte order.</summary>
    public const int IP_UNICAST_IF = 50;
    /// <summary>An address, an ip_mreq or an ip_mreqn.</summary>
    public const int IP_MULTICAST_IF = 32;
    /// <summary>An ip_mreq or an ip_mreqn.</summary>
    public const int IP_ADD_MEMBERSHIP = 35;
    /// <summary>Likewise.</summary>
    public const int IP_DROP_MEMBERSHIP = 36;
    /// <summary>An ip_mreq_source.</summary>
    public const int IP_UNBLOCK_SOURCE = 37;
    /// <summary>Likewise.</summary>
    public const int IP_BLOCK_SOURCE = 38;
    /// <summary>Likewise.</summary>
    public const int IP_ADD_SOURCE_MEMBERSHIP = 39;
    /// <summary>Likewise.</summary>
    public const int IP_DROP_SOURCE_MEMBERSHIP = 40;
    /// <summary>An ip_msfilter, the sources of a group.</summary>
    public const int IP_MSFILTER = 41;
    /// <summary>Both levels: a group_filter.</summary>
    public const int MCAST_MSFILTER = 48;
    /// <summary>Both levels: a group_req.</summary>
    public const int MCAST_JOIN_GROUP = 42;
    /// <summary>Both levels: a group_source_req.</summary>
    public const int MCAST_BLOCK_SOURCE = 43;
    /// <summary>Both levels: a group_source_req.</summary>
    public const int MCAST_UNBLOCK_SOURCE = 44;
    /// <summary>Both levels: a group_req.</summary>
    public const int MCAST_LEAVE_GROUP = 45;
    /// <summary>Both levels: a group_source_req.</summary>
    public const int MCAST_JOIN_SOURCE_GROUP = 46;
    /// <summary>Both levels: a group_source_req.</summary>
    public const int MCAST_LEAVE_SOURCE_GROUP = 47;
    /// <summary>An ifindex in network byte order.</summary>
    public const int IPV6_UNICAST_IF = 76;
    /// <summary>An ifindex.</summary>
    public const int IPV6_MULTICAST_IF = 17;
    /// <summary>An ipv6_mreq.</summary>
    public const int IPV6_JOIN_GROUP = 20;
    /// <summary>An ipv6_mreq.</summary>
    public const int IPV6_JOIN_ANYCAST = 27;
    /// <summary>The options of the header, a source route among them.</summary>
    public const int IP_OPTIONS = 4;
    /// <summary>The program writes the header, and in it the destination.</summary>
    public const int IP_HDRINCL = 3;
    /// <summary>Likewise.</summary>
    public const int IPV6_HDRINCL = 36;
    /// <summary>A routing header.</summary>
    public const int IPV6_RTHDR = 57;
    /// <summary>A sticky in6_pktinfo.</summary>
    public const int IPV6_PKTINFO = 50;
    /// <summary>Sticky control messages.</summary>
    public const int IPV6_2292PKTOPTIONS = 6;
    /// <summary>An in6_flowlabel_req, and the options of every packet with the label.</summary>
    public const int IPV6_FLOWLABEL_MGR = 32;
    /// <summary>A protocol by name that takes the socket over (tls; smc, which sends by ways of its own).</summary>
    public const int TCP_ULP = 31;
    /// <summary>Connects to several addresses.</summary>
    public const int SCTP_SOCKOPT_CONNECTX_OLD = 107;
    /// <summary>Likewise.</summary>
    public const int SCTP_SOCKOPT_CONNECTX = 110;
    /// <summary>A getsockopt that connects.</summary>
    public const int SCTP_SOCKOPT_CONNECTX3 = 111;

    // Control messages (cmsg(3)).
    /// <summary>Descriptors that are passed on.</summary>
    public const int SCM_RIGHTS = 1;
    /// <summary>Who the sender is.</summary>
    public const int SCM_CREDENTIALS = 2;
    /// <summary>The priority of one packet.</summary>
    public const int SO_PRIORITY = 12;
    /// <summary>The mark of one packet, by which routes may be chosen.</summary>
    public const int SO_MARK = 36;
    /// <summary>Hop-by-hop options.</summary>
    public const int IPV6_HOPOPTS = 54;
    /// <summary>Options for the hops of a routing header.</summary>
    public const int IPV6_RTHDRDSTOPTS = 55;
    /// <summary>Options for the destination.</summary>
    public const int IPV6_DSTOPTS = 59;
    /// <summary>Hop-by-hop options, as RFC 2292 has them.</summary>
    public const int IPV6_2292HOPOPTS = 3;
    /// <summary>Options for the destination, likewise.</summary>
    public const int IPV6_2292DSTOPTS = 4;
    /// <summary>An in_pktinfo: interface and source address.</summary>
    public const int IP_PKTINFO = 8;
    /// <summary>An in6_pktinfo, as RFC 2292 has it.</summary>
    public const int IPV6_2292PKTINFO = 2;
    /// <summary>A further peer, an in_addr.</summary>
    public const int SCTP_DSTADDRV4 = 7;
    /// <summary>A further peer, an in6_addr.</summary>
    public const int SCTP_DSTADDRV6 = 8;
    /// <summary>IP options.</summary>
    public const int IP_RETOPTS = 7;
    /// <summary>A routing header, as RFC 2292 has it.</summary>
    public const int IPV6_2292RTHDR = 5;

    // Signals (signal.h), the same on x86 and arm.
    /// <summary>The terminal went.</summary>
    public const int SIGHUP = 1;
    /// <summary>The terminal's Ctrl-C.</summary>
    public const int SIGINT = 2;
    /// <summary>The terminal's Ctrl-\.</summary>
    public const int SIGQUIT = 3;
    /// <summary>A division by zero.</summary>
    public const int SIGFPE = 8;
    /// <summary>Ends, and cannot be caught.</summary>
    public const int SIGKILL = 9;
    /// <summary>Memory that is not there.</summary>
    public const int SIGSEGV = 11;
    /// <summary>Nobody reads any more.</summary>
    public const int SIGPIPE = 13;
    /// <summary>Please end.</summary>
    public const int SIGTERM = 15;
    /// <summary>A child changed.</summary>
    public const int SIGCHLD = 17;
    /// <summary>Go on.</summary>
    public const int SIGCONT = 18;
    /// <summary>Stops, and cannot be caught.</summary>
    public const int SIGSTOP = 19;
    /// <summary>The terminal's Ctrl-Z.</summary>
    public const int SIGTSTP = 20;
    /// <summary>Reads from the terminal in the background.</summary>
    public const int SIGTTIN = 21;
    /// <summary>Writes to the terminal in the background.</summary>
    public const int SIGTTOU = 22;
    /// <summary>The terminal has another size.</summary>
    public const int SIGWINCH = 28;

    // What became of a child (waitid(2)).
    /// <summary>It ended by itself.</summary>
    public const int CLD_EXITED = 1;
    /// <summary>A signal ended it.</summary>
    public const int CLD_KILLED = 2;
    /// <summary>A signal ended it, with a core.</summary>
    public const int CLD_DUMPED = 3;
    /// <summary>A signal stopped it.</summary>
    public const int CLD_STOPPED = 5;
    /// <summary>It goes on.</summary>
    public const int CLD_CONTINUED = 6;

    // States of a TCP socket (netinet/tcp.h).
    /// <summary>A connection was asked for, and nothing has answered.</summary>
    public const int TCP_SYN_SENT = 2;
    /// <summary>Both sides have asked, and one has answered.</summary>
    public const int TCP_SYN_RECV = 3;
    /// <summary>Not connected.</summary>
    public const int TCP_CLOSE = 7;
    /// <summary>Listening.</summary>
    public const int TCP_LISTEN = 10;

    /// <summary>MSG_FASTOPEN: TCP connects with the data (sendmsg(2), tcp(7)).</summary>
    public const int MSG_FASTOPEN = 0x2000_0000;
    /// <summary>MSG_ZEROCOPY: the kernel uses the pages of the payload without a copy (Documentation/networking/msg_zerocopy.rst).</summary>
    public const int MSG_ZEROCOPY = 0x400_0000;

    // Flags of interfaces (net/if.h, netdevice(7)).
    /// <summary>It is switched on.</summary>
    public const int IFF_UP = 0x1;
    /// <summary>It has a broadcast address.</summary>
    public const int IFF_BROADCAST = 0x2;
    /// <summary>Loopback.</summary>
    public const int IFF_LOOPBACK = 0x8;
    /// <summary>It has one neighbour, as tunnels have.</summary>
    public const int IFF_POINTOPOINT = 0x10;
    /// <summary>It has no addresses of a link.</summary>
    public const int IFF_NOARP = 0x80;
}
