using BindToInterface.Policy.Addresses;
using static BindToInterface.Policy.Linux;

namespace BindToInterface.Policy.Wire;

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

    /// <summary>Whether the value is a group_req, a group_source_req or a group_filter, whose layout depends on the program's.</summary>
    public static bool IsGroup(int level, int name) => level is SOL_IP or SOL_IPV6 && name is MCAST_MSFILTER or MCAST_JOIN_GROUP or MCAST_LEAVE_GROUP
        or MCAST_JOIN_SOURCE_GROUP or MCAST_LEAVE_SOURCE_GROUP or MCAST_BLOCK_SOURCE or MCAST_UNBLOCK_SOURCE;

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
        (SOL_IPV6, IPV6_2292PKTOPTIONS) => length <= MaximumOptions ? length : null,
        (SOL_IPV6, IPV6_FLOWLABEL_MGR) => length <= MaximumLength ? length : null,
        // Lists of sources that the kernel reads to the end that they tell themselves; it takes a few of them only.
        (SOL_IP, IP_MSFILTER) or (SOL_IP or SOL_IPV6, MCAST_MSFILTER) => Math.Min(length, MaximumOptions),
        _ => Math.Min(length, Meaning(level, name, layout)),
    };

    private static int Meaning(int level, int name, AbiLayout layout) => (level, name) switch
    {
        (SOL_SOCKET, SO_BINDTODEVICE) => InterfaceName.MaximumBytes,
        (SOL_SOCKET, SO_BINDTOIFINDEX) or (SOL_IP, IP_UNICAST_IF) or (SOL_IPV6, IPV6_UNICAST_IF or IPV6_MULTICAST_IF) => IfIndexLength,
        (SOL_IP, IP_OPTIONS) => MaximumIpOptions,
        (SOL_IP, IP_MULTICAST_IF or IP_ADD_MEMBERSHIP or IP_DROP_MEMBERSHIP) => IpMreqnLength,
        (SOL_IP, IP_ADD_SOURCE_MEMBERSHIP or IP_DROP_SOURCE_MEMBERSHIP or IP_BLOCK_SOURCE or IP_UNBLOCK_SOURCE) => IpMreqnLength,
        (SOL_IPV6, IPV6_JOIN_GROUP or IPV6_JOIN_ANYCAST) => Ipv6MreqLength,
        (SOL_IPV6, IPV6_PKTINFO) => In6PktinfoLength,
        // Whether there is one is all that counts.
        (SOL_IPV6, IPV6_RTHDR) => 1,
        (SOL_IP or SOL_IPV6, MCAST_JOIN_GROUP or MCAST_LEAVE_GROUP) => layout.WordSize + Sockaddr.MaximumLength,
        (SOL_IP or SOL_IPV6, MCAST_JOIN_SOURCE_GROUP or MCAST_LEAVE_SOURCE_GROUP or MCAST_BLOCK_SOURCE or MCAST_UNBLOCK_SOURCE) =>
            layout.WordSize + 2 * Sockaddr.MaximumLength,
        (SOL_TCP, TCP_ULP) => MaximumUlpName,
        // The headers of raw sockets, and SCTP's connects: the value decides nothing.
        _ => 0,
    };

    /// <summary>
    /// Whether a flow label has a routing header among its options (IPV6_FLOWLABEL_MGR). It stands for them in every packet that
    /// carries it, and the header would lead these elsewhere. The kernel translates them for nobody (fl_create).
    /// </summary>
    public static bool LabelHasSourceRoute(ReadOnlySpan<byte> value) => value.Length > FlowlabelRequestLength
        && ControlMessages.Read(value[FlowlabelRequestLength..], AbiLayout.Bits64, IpFamily.IPv6, IpFamily.IPv6).HasSourceRoute;
}
