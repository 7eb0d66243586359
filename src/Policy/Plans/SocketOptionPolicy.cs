using System.Buffers.Binary;
using System.Text;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using static BindToInterface.Policy.Linux;

namespace BindToInterface.Policy.Plans;

/// <summary>
/// Judges the socket options of <see cref="SocketOption.Judged"/>: naming an interface of the policy is fine, since each
/// destination is then held against it; naming another or taking the binding away is not. An option that names a group may name
/// the interface of that group's route only, because it sends at once.
/// </summary>
/// <param name="policy">Judges the groups that are joined: an excluded one is left alone.</param>
/// <param name="indexes">The ifindex now of each of the policy's interfaces, in their order; 0 where it does not exist.</param>
public readonly ref struct SocketOptionPolicy(TrafficPolicy policy, ReadOnlySpan<uint> indexes)
{
    private const int InAddrLength = 4;
    private const int IpMreqLength = 8;
    private const int IpMreqnLength = 12;
    private const int IpMreqSourceLength = 12;
    private const int Ipv6MreqLength = 20;
    private const int In6PktinfoLength = 20;

    private readonly ReadOnlySpan<uint> indexes = indexes;

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
            : InterfaceOf(BitConverter.ToUInt32(value)) is string device ? new(SocketOptionAction.Bind) { Interface = device } : Refuse,
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
        (SOL_IPV6, IPV6_FLOWLABEL_MGR) => SocketOptionValue.LabelHasSourceRoute(value) ? Refuse : Continue,
        (SOL_TCP, TCP_ULP) => UntilZero(value).SequenceEqual("tls"u8) ? Continue : NoSuchUlp,
        (SOL_IPV6, IPV6_PKTINFO) => StickyPktinfo(value),
        (SOL_IPV6, IPV6_2292PKTOPTIONS) => StickyOptions(value),
        (SOL_SCTP, SCTP_SOCKOPT_CONNECTX or SCTP_SOCKOPT_CONNECTX_OLD or SCTP_SOCKOPT_CONNECTX3) => new(SocketOptionAction.BindThenContinue),
        _ => Continue,
    };

    /// <summary>The interface of the policy that has an ifindex now.</summary>
    private string? InterfaceOf(uint index) => index != 0 && indexes.IndexOf(index) is var at and >= 0 ? policy.Routes.Interfaces[at] : null;

    private bool IsExcluded(in IpAddress address) => policy.Routes.Find(address).Kind == VerdictKind.Exclude;

    private bool IsExcludedLoopback(uint index, IpFamily family) => index == LoopbackIndex && IsExcluded(IpAddress.Loopback(family));

    private SocketOptionVerdict AllowIndex(uint index) => index == 0 || InterfaceOf(index) is not null ? Continue : Refuse;

    /// <summary>The interface that multicast leaves by: what is sent to a group that is not excluded names its interface all the same.</summary>
    private SocketOptionVerdict AllowMulticastIndex(uint index, IpFamily family) =>
        index == 0 || InterfaceOf(index) is not null || IsExcludedLoopback(index, family) || policy.Host.LanInterfaces.Any(lan => lan.Index == index)
            ? Continue
            : NoSuchDevice;

    private SocketOptionVerdict Device(ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> name = UntilZero(value[..Math.Min(value.Length, InterfaceName.MaximumBytes)]);
        Span<byte> configured = stackalloc byte[InterfaceName.MaximumBytes];
        foreach (string each in policy.Routes.Interfaces)
        {
            if (Encoding.UTF8.TryGetBytes(each, configured, out int length) && name.SequenceEqual(configured[..length]))
            {
                return new(SocketOptionAction.Bind) { Interface = each };
            }
        }

        // What follows a colon is a label of addresses for some calls, and part of the name for this one.
        return name.IsEmpty || name.Contains((byte)':') ? Refuse : new(SocketOptionAction.CheckDevice) { Device = Encoding.UTF8.GetString(name) };
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
        return index != 0 ? AllowMulticastIndex(index, IpFamily.IPv4) : NamedByAddress(local, null) ?? Continue;
    }

    /// <summary>An interface that is named by an address of it.</summary>
    /// <param name="local">The address; unspecified for none.</param>
    /// <param name="wanted">The interface that has to have it; null for any to which multicast may be sent.</param>
    private SocketOptionVerdict? NamedByAddress(in IpAddress local, string? wanted) => local.IsUnspecified ? null
        : local.IsLoopback && IsExcluded(local) ? Continue
        : new SocketOptionVerdict(SocketOptionAction.CheckAddress)
        {
            Address = local, Error = Errno.EADDRNOTAVAIL, Interface = wanted, MayBeLan = wanted is null,
        };

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
            return InterfaceOf(index) is string device && policy.Routes.Find(IpAddress.FromIn6Addr(value)).Interface == device ? Continue : Refuse;
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
        ref readonly TrafficRoute route = ref policy.Routes.Find(group);
        return OfGroup(route, index)
            ?? (local.Family == IpFamily.IPv4 ? NamedByAddress(local, route.Interface) : null)
            ?? new SocketOptionVerdict(SocketOptionAction.Membership) { Group = group, GroupOption = option, GroupSource = source, Interface = route.Interface };
    }

    /// <summary>What its route says of a group and of the interface that is named; null where none is named and there is a right one.</summary>
    private SocketOptionVerdict? OfGroup(in TrafficRoute route, uint index) => route.Kind == VerdictKind.Exclude ? Continue
        : route.Interface is null ? NoSuchDevice
        : index == 0 ? null
        : InterfaceOf(index) == route.Interface || IsExcludedLoopback(index, route.Network.Family) ? Continue
        : NoSuchDevice;

    private SocketOptionVerdict Filter(bool isIpMsfilter, ReadOnlySpan<byte> value, AbiLayout layout)
    {
        if (!SourceFilter.TryRead(isIpMsfilter, value, layout, out uint index, out IpAddress local, out IpAddress group))
        {
            return Continue;
        }

        ref readonly TrafficRoute route = ref policy.Routes.Find(group);
        return OfGroup(route, index)
            ?? (isIpMsfilter ? NamedByAddress(local, route.Interface) : null)
            ?? new SocketOptionVerdict(SocketOptionAction.SourceFilter) { Group = group, Interface = route.Interface };
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
