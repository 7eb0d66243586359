namespace BindToInterface.Policy;

/// <summary>
/// The address families that a program may open sockets of while an interface is set, by number as in
/// linux/socket.h. A list of what is allowed: a family that is not here may carry IP by a way of its own
/// (AF_PACKET, AF_XDP, AF_SMC, AF_RDS, AF_TIPC over UDP, …) and ends at socket() with EAFNOSUPPORT, as on
/// a kernel without it.
/// </summary>
public static class AddressFamilies
{
    /// <summary>
    /// AF_UNIX, AF_INET, AF_INET6; AF_NETLINK, which getaddrinfo needs and which speaks to the kernel only;
    /// AF_ALG, which is the kernel's cryptography.
    /// </summary>
    public static readonly IReadOnlyList<int> Allowed = [1, 2, 10, 16, 38];

    /// <summary>SOCK_PACKET: on AF_INET the kernel silently makes an AF_PACKET socket of it.</summary>
    public const int SockPacket = 10;

    /// <summary>SOCK_TYPE_MASK: the bits of socket()'s type that are not flags.</summary>
    public const int SockTypeMask = 0xf;

    /// <summary>IPPROTO_MPTCP: its path manager opens subflows from other addresses on its own. Programs fall back to TCP.</summary>
    public const int IpprotoMptcp = 262;

    /// <summary>IPPROTO_SMC: it opens TCP on its own.</summary>
    public const int IpprotoSmc = 256;

    /// <summary>Protocols of IP sockets that are refused with EPROTONOSUPPORT, as on a kernel without them.</summary>
    public static readonly IReadOnlyList<int> RefusedProtocols = [IpprotoMptcp, IpprotoSmc];

    /// <summary>
    /// IPPROTO_L2TP: its datagram sockets ignore the PKTINFO that would steer them (l2tp_ip_sendmsg). Refused
    /// likewise; a raw socket of the protocol heeds it.
    /// </summary>
    public const int IpprotoL2tp = 115;

    /// <summary>Whether socket() of an allowed IP family may be carried out; says what to answer where not.</summary>
    /// <param name="type">The type, with its flags.</param>
    /// <param name="protocol">The protocol.</param>
    public static Errno JudgeIpSocket(int type, int protocol)
    {
        const int SockDgram = 2;
        int plainType = type & SockTypeMask;
        return plainType == SockPacket ? Errno.EAFNOSUPPORT
            : RefusedProtocols.Contains(protocol) || (plainType == SockDgram && protocol == IpprotoL2tp) ? Errno.EPROTONOSUPPORT
            : Errno.None;
    }
}
