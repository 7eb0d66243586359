using System.Buffers.Binary;
using static BindToInterface.Policy.SocketOption;

namespace BindToInterface.Policy;

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

    /// <summary>
    /// Judges one option. A value too short for its option is left to the kernel, which answers EINVAL.
    /// </summary>
    /// <param name="level">The level.</param>
    /// <param name="name">The option.</param>
    /// <param name="value">The value's bytes, in the program's layout.</param>
    /// <param name="layout">The program's layout.</param>
    public SocketOptionVerdict Judge(int level, int name, ReadOnlySpan<byte> value, AbiLayout layout) => (level, name) switch
    {
        (SolSocket, SoBindToDevice) => NamesInterface(value) ? new(SocketOptionAction.Bind) : Refuse,
        (SolSocket, SoBindToIfindex) => value.Length < sizeof(int) ? Continue
            : IsOurs(BitConverter.ToUInt32(value)) ? new(SocketOptionAction.Bind) : Refuse,
        (SolIp, IpUnicastIf) or (SolIpv6, Ipv6UnicastIf) => value.Length < sizeof(int) ? Continue
            : AllowIndex(BinaryPrimitives.ReadUInt32BigEndian(value)),
        (SolIpv6, Ipv6MulticastIf) => value.Length < sizeof(int) ? Continue : AllowIndex(BitConverter.ToUInt32(value)),
        (SolIp, IpHdrincl) or (SolIpv6 or SolRaw, Ipv6Hdrincl) => new(SocketOptionAction.CheckConnection),
        // The first hop would be judged by nobody.
        (SolIp, SocketOption.IpOptions) => Policy.IpOptions.HaveSourceRoute(value) ? Refuse : Continue,
        (SolIpv6, Ipv6Rthdr) => value.IsEmpty ? Continue : Refuse,
        (SolIp, IpMulticastIf) => MulticastInterface(value),
        (SolIp, IpAddMembership) => Membership(value, McastJoinGroup),
        (SolIp, IpDropMembership) => Membership(value, McastLeaveGroup),
        (SolIp, IpAddSourceMembership) => SourceMembership(value, McastJoinSourceGroup),
        (SolIp, IpDropSourceMembership) => SourceMembership(value, McastLeaveSourceGroup),
        (SolIp, IpBlockSource) => SourceMembership(value, McastBlockSource),
        (SolIp, IpUnblockSource) => SourceMembership(value, McastUnblockSource),
        (SolIpv6, Ipv6JoinGroup or Ipv6JoinAnycast) => JoinGroup6(value, name),
        (SolIp or SolIpv6, McastJoinGroup or McastLeaveGroup) => GroupRequest(value, layout, name, hasSource: false),
        (SolIp or SolIpv6, McastJoinSourceGroup or McastLeaveSourceGroup or McastBlockSource or McastUnblockSource) =>
            GroupRequest(value, layout, name, hasSource: true),
        (SolIpv6, Ipv6Pktinfo) => StickyPktinfo(value),
        (SolIpv6, Ipv62292PktOptions) => StickyOptions(value),
        (SolSctp, SctpConnectx or SctpConnectxOld or SctpConnectx3) => new(SocketOptionAction.BindThenContinue),
        _ => Continue,
    };

    private bool IsOurs(uint index) => index != 0 && index == interfaceIndex;

    private SocketOptionVerdict AllowIndex(uint index) => index == 0 || IsOurs(index) ? Continue : Refuse;

    private bool NamesInterface(ReadOnlySpan<byte> value)
    {
        // The kernel reads at most IFNAMSIZ - 1 bytes, up to the first zero (sock_setbindtodevice).
        value = value[..Math.Min(value.Length, InterfaceName.MaximumBytes)];
        int end = value.IndexOf((byte)0);
        value = end < 0 ? value : value[..end];
        Span<byte> configured = stackalloc byte[InterfaceName.MaximumBytes];
        return System.Text.Encoding.UTF8.TryGetBytes(interfaceName, configured, out int length)
            && value.SequenceEqual(configured[..length]);
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
        return AllowIndex(index) is { Action: SocketOptionAction.Refuse } refuse ? refuse : NamedByAddress(local) ?? Continue;
    }

    private static SocketOptionVerdict? NamedByAddress(in IpAddress local) =>
        local.IsUnspecified ? null : new SocketOptionVerdict(SocketOptionAction.CheckAddress) { Address = local };

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
        if (name == Ipv6JoinAnycast)
        {
            // Anycast without an interface would take one by the routing table.
            return IsOurs(index) ? Continue : Refuse;
        }

        return OnInterface(McastJoinGroup, IpAddress.FromIn6Addr(value), null, index, default);
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
            return AllowIndex(index);
        }

        return (local.Family == IpFamily.IPv4 ? NamedByAddress(local) : null)
            ?? new SocketOptionVerdict(SocketOptionAction.Membership) { Group = group, GroupOption = option, GroupSource = source };
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
