using static BindToInterface.Policy.Linux;

namespace BindToInterface.Policy.Addresses;

/// <summary>
/// The address families that a program may open sockets of while an interface is set, by number as in
/// linux/socket.h. A list of what is allowed: a family that is not here may carry IP by a way of its own
/// (AF_PACKET, AF_XDP, AF_SMC, AF_RDS, AF_TIPC over UDP, …) and ends at socket() with EAFNOSUPPORT, as on
/// a kernel without it.
/// </summary>
public static class AddressFamilies
{
    /// <summary>
    /// IP's own two, and those that carry no IP: local sockets, AF_NETLINK, which getaddrinfo needs and which speaks to the
    /// kernel only, and AF_ALG, which is the kernel's cryptography.
    /// </summary>
    public static readonly IReadOnlyList<int> Allowed = [AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_ALG];

    /// <summary>SOCK_TYPE_MASK: the bits of socket()'s type that are not flags.</summary>
    public const int SockTypeMask = 0xf;

    /// <summary>
    /// The protocols that IP sockets of a type may be of, by number as in linux/in.h; 0 stands for the type's own. Again a
    /// list of what is allowed: the numbers that kernels made up for themselves open connections of their own (IPPROTO_MPTCP
    /// from other addresses, so that such a socket becomes a TCP socket; IPPROTO_SMC), and IPPROTO_L2TP's datagram sockets ignore the PKTINFO that would steer them.
    /// Raw sockets are not in it: what they carry is written by the program, whatever the number, so that each number that
    /// fits into an IP header is allowed.
    /// </summary>
    public static readonly IReadOnlyDictionary<int, int[]> Protocols = new Dictionary<int, int[]>
    {
        [SOCK_STREAM] = [0, IPPROTO_TCP, IPPROTO_SCTP],
        [SOCK_DGRAM] = [0, IPPROTO_ICMP, IPPROTO_UDP, IPPROTO_ICMPV6, IPPROTO_UDPLITE],
        [SOCK_SEQPACKET] = [0, IPPROTO_SCTP],
    };

    /// <summary>The bits of a protocol number that do not fit into an IP header.</summary>
    public const uint BeyondHeader = 0xffff_ff00;

    /// <summary>IPPROTO_MAX: numbers from here on are EINVAL, whatever the type; a later kernel may make more of them up.</summary>
    public const uint ProtocolMax = 263;

    /// <summary>SOCK_MAX: types from here on are EINVAL (net/socket.c).</summary>
    public const int SockMax = 11;

    /// <summary>The bits of socket()'s type that are neither a type nor SOCK_CLOEXEC nor SOCK_NONBLOCK: EINVAL.</summary>
    public const uint UnknownTypeBits = ~(uint)(SockTypeMask | SOCK_CLOEXEC | SOCK_NONBLOCK);
}
