using System.Buffers.Binary;
using System.Text;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using static BindToInterface.Policy.Linux;

namespace BindToInterface.Policy.Plans;

/// <summary>
/// Judges the socket options of <see cref="SocketOption.Judged"/>: naming the configured interface is fine,
/// naming another or taking the binding away is not.
/// </summary>
/// <param name="policy">Judges the groups that are joined: an excluded one is left alone.</param>
/// <param name="interfaceName">The configured interface.</param>
/// <param name="interfaceIndex">Its ifindex now; 0 where it does not exist.</param>
public readonly ref struct SocketOptionPolicy(TrafficPolicy policy, string interfaceName, uint interfaceIndex)
{
    private const int InAddrLength = 4;
    private const int IpMreqLength = 8;
    private const int IpMreqnLength = 12;
    private const int IpMreqSourceLength = 12;
    private const int Ipv6MreqLength = 20;
    private const int In6PktinfoLength = 20;

    private static readonly SocketOptionVerdict Continue = new(SocketOptionAction.Continue);
    private static readonly SocketOptionVerdict Refuse = new(SocketOptionAction.Refuse);

    // What programs that try all interfaces one after the other know, and skip.
    private static readonly SocketOptionVerdict NoSuchDevice = new(SocketOptionAction.Refuse) { Error = Errno.ENODEV };

    // What the kernel answers where it lacks the protocol.
    private static readonly SocketOptionVerdict NoSuchUlp = new(SocketOptionAction.Refuse) { Error = Errno.ENOENT };

    /// <summary>LOOPBACK_IFINDEX (linux/netdevice.h): lo's, in every network namespace.</summary>
    private const uint LoopbackIndex = 1;

    /// <summary>
    /// Judges one option. A value too short for its option is left to the kernel, which answers EINVAL.
    /// </summary>
    /// <param name="level">The level.</param>
    /// <param name="name">The option.</param>
    /// <param name="value">As much of the value as <see cref="SocketOptionValue.LengthToJudge"/> says, in the program's layout.</param>
    /// <param name="layout">The program's layout.</param>
    public SocketOptionVerdict Judge(int level, int name, ReadOnlySpan<byte> value, AbiLayout layout) => (level, name) switch
    {
        (SOL_SOCKET, SO_BINDTODEVICE) => Device(value),
        (SOL_SOCKET, SO_BINDTOIFINDEX) => value.Length < sizeof(int) ? Continue
            : IsOurs(BitConverter.ToUInt32(value)) ? new(SocketOptionAction.Bind) : Refuse,
        (SOL_IP, IP_UNICAST_IF) or (SOL_IPV6, IPV6_UNICAST_IF) => value.Length < sizeof(int) ? Continue
            : AllowIndex(BinaryPrimitives.ReadUInt32BigEndian(value)),
        (SOL_IPV6, IPV6_MULTICAST_IF) => value.Length < sizeof(int) ? Continue
            : AllowMulticastIndex(BitConverter.ToUInt32(value), IpFamily.IPv6),
        (SOL_IP, IP_HDRINCL) or (SOL_IPV6 or SOL_RAW, IPV6_HDRINCL) => new(SocketOptionAction.CheckConnection),
        // The first hop would be judged by nobody.
        (SOL_IP, IP_OPTIONS) => Policy.Wire.IpOptions.HaveSourceRoute(value) ? Refuse : Continue,
        (SOL_IPV6, IPV6_RTHDR) => value.IsEmpty ? Continue : Refuse,
        (SOL_IP, IP_MULTICAST_IF) => MulticastInterface(value),
        (SOL_IP, IP_ADD_MEMBERSHIP) => Membership(value, MCAST_JOIN_GROUP),
        (SOL_IP, IP_DROP_MEMBERSHIP) => Membership(value, MCAST_LEAVE_GROUP),
        (SOL_IP, IP_ADD_SOURCE_MEMBERSHIP) => SourceMembership(value, MCAST_JOIN_SOURCE_GROUP),
        (SOL_IP, IP_DROP_SOURCE_MEMBERSHIP) => SourceMembership(value, MCAST_LEAVE_SOURCE_GROUP),
        (SOL_IP, IP_BLOCK_SOURCE) => SourceMembership(value, MCAST_BLOCK_SOURCE),
        (SOL_IP, IP_UNBLOCK_SOURCE) => SourceMembership(value, MCAST_UNBLOCK_SOURCE),
        (SOL_IPV6, IPV6_JOIN_GROUP or IPV6_JOIN_ANYCAST) => JoinGroup6(value, name),
        (SOL_IP or SOL_IPV6, MCAST_JOIN_GROUP or MCAST_LEAVE_GROUP) => GroupRequest(value, layout, name, hasSource: false),
        (SOL_IP or SOL_IPV6, MCAST_JOIN_SOURCE_GROUP or MCAST_LEAVE_SOURCE_GROUP or MCAST_BLOCK_SOURCE or MCAST_UNBLOCK_SOURCE) =>
            GroupRequest(value, layout, name, hasSource: true),
        (SOL_IP, IP_MSFILTER) => Filter(isIpMsfilter: true, value, layout),
        (SOL_IP or SOL_IPV6, MCAST_MSFILTER) => Filter(isIpMsfilter: false, value, layout),
        (SOL_IPV6, IPV6_FLOWLABEL_MGR) => FlowLabel(value),
        (SOL_TCP, TCP_ULP) => UntilZero(value).SequenceEqual("tls"u8) ? Continue : NoSuchUlp,
        (SOL_IPV6, IPV6_PKTINFO) => StickyPktinfo(value),
        (SOL_IPV6, IPV6_2292PKTOPTIONS) => StickyOptions(value),
        (SOL_SCTP, SCTP_SOCKOPT_CONNECTX or SCTP_SOCKOPT_CONNECTX_OLD or SCTP_SOCKOPT_CONNECTX3) => new(SocketOptionAction.BindThenContinue),
        _ => Continue,
    };

    private bool IsOurs(uint index) => index != 0 && index == interfaceIndex;

    private SocketOptionVerdict AllowIndex(uint index) => index == 0 || IsOurs(index) ? Continue : Refuse;

    private SocketOptionVerdict AllowMulticastIndex(uint index, IpFamily family) =>
        index == 0 || IsOurs(index) || (index == LoopbackIndex && policy.Options.Exclude.Contains(IpAddress.Loopback(family)))
            ? Continue
            : NoSuchDevice;

    private SocketOptionVerdict Device(ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> name = UntilZero(value[..Math.Min(value.Length, InterfaceName.MaximumBytes)]);
        Span<byte> configured = stackalloc byte[InterfaceName.MaximumBytes];
        return Encoding.UTF8.TryGetBytes(interfaceName, configured, out int length) && name.SequenceEqual(configured[..length])
            ? new(SocketOptionAction.Bind)
            // What follows a colon is a label of addresses for some calls, and part of the name for this one.
            : name.IsEmpty || name.Contains((byte)':') ? Refuse
            : new(SocketOptionAction.CheckDevice) { Device = Encoding.UTF8.GetString(name) };
    }

    private static ReadOnlySpan<byte> UntilZero(ReadOnlySpan<byte> value)
    {
        int end = value.IndexOf((byte)0);
        return end < 0 ? value : value[..end];
    }

    private static (IpAddress Group, IpAddress Local, uint Index) ReadMembership(ReadOnlySpan<byte> value) => (
        IpAddress.FromInAddr(value),
        IpAddress.FromInAddr(value[4..]),
        value.Length >= IpMreqnLength ? BitConverter.ToUInt32(value[8..]) : 0);

    private SocketOptionVerdict MulticastInterface(ReadOnlySpan<byte> value)
    {
        if (value.Length < InAddrLength)
        {
            return Continue;
        }

        var (_, local, index) = value.Length >= IpMreqLength
            ? ReadMembership(value)
            : (default, IpAddress.FromInAddr(value), 0u);
        // The number counts where there is one (ip_mc_find_dev, do_ip_setsockopt).
        return index != 0 ? AllowMulticastIndex(index, IpFamily.IPv4) : NamedByAddress(local) ?? Continue;
    }

    private SocketOptionVerdict? NamedByAddress(in IpAddress local) => local.IsUnspecified ? null
        : local.IsLoopback && policy.Options.Exclude.Contains(local) ? Continue
        : new SocketOptionVerdict(SocketOptionAction.CheckAddress) { Address = local, Error = Errno.EADDRNOTAVAIL };

    private SocketOptionVerdict Membership(ReadOnlySpan<byte> value, int option)
    {
        if (value.Length < IpMreqLength)
        {
            return Continue;
        }

        var (group, local, index) = ReadMembership(value);
        return OnInterface(option, group, null, index, local);
    }

    private SocketOptionVerdict SourceMembership(ReadOnlySpan<byte> value, int option) => value.Length < IpMreqSourceLength
        ? Continue
        // struct ip_mreq_source: multiaddr, interface, sourceaddr.
        : OnInterface(option, IpAddress.FromInAddr(value), IpAddress.FromInAddr(value[8..]), 0, IpAddress.FromInAddr(value[4..]));

    private SocketOptionVerdict JoinGroup6(ReadOnlySpan<byte> value, int name)
    {
        if (value.Length < Ipv6MreqLength)
        {
            return Continue;
        }

        uint index = BitConverter.ToUInt32(value[16..]);
        if (name == IPV6_JOIN_ANYCAST)
        {
            // Anycast without an interface would take one by the routing table.
            return IsOurs(index) ? Continue : Refuse;
        }

        return OnInterface(MCAST_JOIN_GROUP, IpAddress.FromIn6Addr(value), null, index, default);
    }

    private SocketOptionVerdict GroupRequest(ReadOnlySpan<byte> value, AbiLayout layout, int option, bool hasSource)
    {
        // struct group_req: ifindex, then sockaddr_storage aligned as a word; group_source_req has two.
        int first = layout.WordSize;
        int second = first + Sockaddr.MaximumLength;
        if (value.Length < (hasSource ? second : first) + Sockaddr.MaximumLength)
        {
            return Continue;
        }

        Sockaddr group = Sockaddr.Parse(value.Slice(first, Sockaddr.MaximumLength));
        IpAddress? source = hasSource ? Sockaddr.Parse(value.Slice(second, Sockaddr.MaximumLength)).Endpoint.Address : null;
        return group.IsIp ? OnInterface(option, group.Endpoint.Address, source, BitConverter.ToUInt32(value), default) : Continue;
    }

    private SocketOptionVerdict OnInterface(int option, in IpAddress group, IpAddress? source, uint index, in IpAddress local)
    {
        if (policy.Options.Exclude.Contains(group))
        {
            return Continue;
        }

        if (index != 0)
        {
            return AllowMulticastIndex(index, group.Family);
        }

        return (local.Family == IpFamily.IPv4 ? NamedByAddress(local) : null)
            ?? new SocketOptionVerdict(SocketOptionAction.Membership) { Group = group, GroupOption = option, GroupSource = source };
    }

    private SocketOptionVerdict Filter(bool isIpMsfilter, ReadOnlySpan<byte> value, AbiLayout layout)
    {
        if (!SourceFilter.TryRead(isIpMsfilter, value, layout, out uint index, out IpAddress local, out IpAddress group)
            || policy.Options.Exclude.Contains(group))
        {
            return Continue;
        }

        return index != 0 ? AllowMulticastIndex(index, group.Family)
            : (isIpMsfilter ? NamedByAddress(local) : null) ?? new SocketOptionVerdict(SocketOptionAction.SourceFilter) { Group = group };
    }

    /// <summary>A label stands for its options in every packet that carries it: a routing header would lead them elsewhere.</summary>
    private static SocketOptionVerdict FlowLabel(ReadOnlySpan<byte> value)
    {
        // The kernel translates these for nobody either (fl_create).
        return value.Length > SocketOptionValue.FlowlabelRequestLength
            && ControlMessages.Read(value[SocketOptionValue.FlowlabelRequestLength..], AbiLayout.Bits64, IpFamily.IPv6, IpFamily.IPv6).HasSourceRoute
                ? Refuse
                : Continue;
    }

    private SocketOptionVerdict StickyPktinfo(ReadOnlySpan<byte> value)
    {
        if (value.Length < In6PktinfoLength)
        {
            return Continue;
        }

        uint index = BitConverter.ToUInt32(value[16..]);
        IpAddress local = IpAddress.FromIn6Addr(value);
        return AllowIndex(index) is { Action: SocketOptionAction.Refuse } refuse ? refuse
            : local.IsUnspecified ? Continue
            : new(SocketOptionAction.CheckAddress) { Address = local };
    }

    private SocketOptionVerdict StickyOptions(ReadOnlySpan<byte> value)
    {
        // The kernel translates this one for nobody: a 32-bit program's is read in 64-bit layout too (do_ipv6_setsockopt).
        ControlMessages.Summary summary = ControlMessages.Read(value, AbiLayout.Bits64, IpFamily.IPv6, IpFamily.IPv6);
        return !summary.IsValid ? Continue
            : summary.HasSourceRoute ? Refuse
            : AllowIndex(summary.InterfaceIndex) is { Action: SocketOptionAction.Refuse } refuse ? refuse
            : summary.Source is not IpAddress local ? Continue
            : new(SocketOptionAction.CheckAddress) { Address = local };
    }
}
