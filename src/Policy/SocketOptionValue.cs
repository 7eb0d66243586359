using static BindToInterface.Policy.SocketOption;

namespace BindToInterface.Policy;

/// <summary>
/// How much of a value each option of <see cref="SocketOption.Judged"/> means. The kernel reads no more of it, however
/// long the program says that it is, save of lists, which it reads whole up to a limit.
/// </summary>
public static class SocketOptionValue
{
    /// <summary>What the kernel takes of control messages as an option (do_ipv6_setsockopt, fl_create).</summary>
    public const int MaximumOptions = 64 * 1024;

    /// <summary>struct in6_flowlabel_req, before the options of a flow label.</summary>
    public const int FlowlabelRequestLength = 32;

    /// <summary>The longest value that is judged at all.</summary>
    public const int MaximumLength = FlowlabelRequestLength + MaximumOptions;

    private const int IfIndexLength = 4;
    private const int IpMreqnLength = 12;
    private const int Ipv6MreqLength = 20;
    private const int In6PktinfoLength = 20;
    private const int MaximumIpOptions = 40;
    private const int MaximumUlpName = 15;

    /// <summary>How many bytes of a value are to be read and judged; null for a list that the kernel finds too long (EINVAL).</summary>
    /// <param name="level">The level.</param>
    /// <param name="name">The option.</param>
    /// <param name="length">The length that the program gave, not negative.</param>
    /// <param name="layout">The program's layout.</param>
    public static int? LengthToJudge(int level, int name, int length, AbiLayout layout) => (level, name) switch
    {
        (SolIpv6, Ipv62292PktOptions) => length <= MaximumOptions ? length : null,
        (SolIpv6, Ipv6FlowlabelMgr) => length <= MaximumLength ? length : null,
        // Lists of sources that the kernel reads to the end that they tell themselves; it takes a few of them only.
        (SolIp, IpMsfilter) or (SolIp or SolIpv6, McastMsfilter) => Math.Min(length, MaximumOptions),
        _ => Math.Min(length, Meaning(level, name, layout)),
    };

    private static int Meaning(int level, int name, AbiLayout layout) => (level, name) switch
    {
        (SolSocket, SoBindToDevice) => InterfaceName.MaximumBytes,
        (SolSocket, SoBindToIfindex) or (SolIp, IpUnicastIf) or (SolIpv6, Ipv6UnicastIf or Ipv6MulticastIf) => IfIndexLength,
        (SolIp, SocketOption.IpOptions) => MaximumIpOptions,
        (SolIp, IpMulticastIf or IpAddMembership or IpDropMembership) => IpMreqnLength,
        (SolIp, IpAddSourceMembership or IpDropSourceMembership or IpBlockSource or IpUnblockSource) => IpMreqnLength,
        (SolIpv6, Ipv6JoinGroup or Ipv6JoinAnycast) => Ipv6MreqLength,
        (SolIpv6, Ipv6Pktinfo) => In6PktinfoLength,
        // Whether there is one is all that counts.
        (SolIpv6, Ipv6Rthdr) => 1,
        (SolIp or SolIpv6, McastJoinGroup or McastLeaveGroup) => layout.WordSize + Sockaddr.MaximumLength,
        (SolIp or SolIpv6, McastJoinSourceGroup or McastLeaveSourceGroup or McastBlockSource or McastUnblockSource) =>
            layout.WordSize + 2 * Sockaddr.MaximumLength,
        (SolTcp, TcpUlp) => MaximumUlpName,
        // The headers of raw sockets, and SCTP's connects: the value decides nothing.
        _ => 0,
    };
}
