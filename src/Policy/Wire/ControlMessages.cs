using BindToInterface.Policy.Addresses;
using static BindToInterface.Policy.Linux;

namespace BindToInterface.Policy.Wire;

/// <summary>
/// Reads the control messages of a sendmsg (cmsg(3)), finds what they say of interface and source address
/// (ip(7) IP_PKTINFO, ipv6(7) and RFC 3542 IPV6_PKTINFO), and builds the buffer that the supervisor sends
/// instead.
/// </summary>
public static class ControlMessages
{
    /// <summary>Room that steering adds to a control buffer, at most: a header and an in6_pktinfo, aligned.</summary>
    public const int SteeringLength = 40;

    private const int InPktinfoLength = 12;
    private const int In6PktinfoLength = 20;

    /// <summary>What a control buffer says that concerns the way a packet takes.</summary>
    /// <param name="IsValid">Whether each header is whole; the kernel answers EINVAL where one is not.</param>
    /// <param name="InterfaceIndex">The ifindex that a PKTINFO names; 0 where none does.</param>
    /// <param name="Source">The source address that a PKTINFO names.</param>
    /// <param name="HasSourceRoute">Whether IP options, a routing header or SCTP's further peers name another address to go to.</param>
    public readonly record struct Summary(bool IsValid, uint InterfaceIndex, IpAddress? Source, bool HasSourceRoute = false);

    /// <summary>
    /// Reads a control buffer as the kernel does for a destination: level IP counts on the way to an IPv4
    /// one, level IPv6 on an IPv6 socket, and a later PKTINFO overrides an earlier one.
    /// </summary>
    /// <param name="control">The program's buffer.</param>
    /// <param name="layout">Its layout.</param>
    /// <param name="socket">The family of the socket.</param>
    /// <param name="destination">The family of the destination, IPv4 for a mapped one.</param>
    public static Summary Read(ReadOnlySpan<byte> control, AbiLayout layout, IpFamily socket, IpFamily destination)
    {
        var summary = new Summary(true, 0, null);
        var reader = new ControlMessageReader(control, layout);
        while (reader.MoveNext())
        {
            (int level, int type) = (reader.Level, reader.Type);
            ReadOnlySpan<byte> data = reader.Data;
            if (IsPktinfo(level, type) && Counts(level, type, socket, destination))
            {
                summary = Apply(summary, level, data);
                if (level == SOL_IPV6 && destination == IpFamily.IPv4 && data.Length >= In6PktinfoLength
                    && IpAddress.FromIn6Addr(data).Family != IpFamily.IPv4)
                {
                    // On the way to an IPv4 address the kernel takes mapped ones only (ip_cmsg_send).
                    return summary with { IsValid = false };
                }
            }
            else if (IsSourceRoute(level, type, data))
            {
                summary = summary with { HasSourceRoute = true };
            }
        }

        return reader.IsInvalid ? summary with { IsValid = false } : summary;
    }

    /// <summary>
    /// Whether any message names an interface, a source address or a first hop, for a send whose socket is not
    /// known yet. A buffer that is not valid is taken to do so.
    /// </summary>
    public static bool MayNameWay(ReadOnlySpan<byte> control, AbiLayout layout)
    {
        var reader = new ControlMessageReader(control, layout);
        while (reader.MoveNext())
        {
            if (IsPktinfo(reader.Level, reader.Type) || IsSourceRoute(reader.Level, reader.Type, reader.Data))
            {
                return true;
            }
        }

        return reader.IsInvalid;
    }

    /// <summary>
    /// Whether any message asks for what takes a capability: a mark or a priority (socket(7)), or options of an IPv4
    /// (ip(7)) or IPv6 header (RFC 3542, 8 and 9).
    /// </summary>
    /// <param name="control">A buffer in 64-bit layout; one that is not valid asks for nothing.</param>
    public static bool MayNeedPrivilege(ReadOnlySpan<byte> control)
    {
        var reader = new ControlMessageReader(control, AbiLayout.Bits64);
        while (reader.MoveNext())
        {
            (int level, int type) = (reader.Level, reader.Type);
            if ((level == SOL_SOCKET && type is SO_MARK or SO_PRIORITY) || (level == SOL_IP && type == IP_RETOPTS)
                || (level == SOL_IPV6 && type is IPV6_HOPOPTS or IPV6_RTHDRDSTOPTS or IPV6_DSTOPTS or IPV6_2292HOPOPTS or IPV6_2292DSTOPTS))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Copies a valid control buffer into 64-bit layout.</summary>
    /// <returns>The length of the result, or -1 where it does not fit.</returns>
    public static int Copy(ReadOnlySpan<byte> control, AbiLayout layout, Span<byte> destination)
    {
        int written = 0;
        var reader = new ControlMessageReader(control, layout);
        while (reader.MoveNext())
        {
            if (!TryAppend(destination, ref written, reader.Level, reader.Type, reader.Data))
            {
                return -1;
            }
        }

        // Translating a 32-bit buffer, the kernel takes no rest of it for nothing (cmsghdr_from_user_compat_to_kern).
        return reader.IsInvalid || (layout.WordSize == 4 && reader.Offset < control.Length) ? -1 : written;
    }

    /// <summary>
    /// Copies a control buffer into 64-bit layout, and adds a PKTINFO that names the interface and the source
    /// address. The kernel judges those of the program as it would without the supervisor, and uses the last one.
    /// </summary>
    /// <param name="control">The program's buffer, already read as valid.</param>
    /// <param name="layout">Its layout.</param>
    /// <param name="destination">Room for the result.</param>
    /// <param name="family">The family of the destination, IPv4 for a mapped one.</param>
    /// <param name="interfaceIndex">The ifindex to leave by.</param>
    /// <param name="source">The address to send from, or null for the socket's or the interface's own.</param>
    /// <returns>The length of the result, or -1 where it does not fit.</returns>
    public static int Steer(
        ReadOnlySpan<byte> control, AbiLayout layout, Span<byte> destination, IpFamily family, uint interfaceIndex, IpAddress? source)
    {
        int written = Copy(control, layout, destination);
        return written >= 0 && TryAppendPktinfo(destination, ref written, family, interfaceIndex, source) ? written : -1;
    }

    private static bool TryAppendPktinfo(
        Span<byte> destination, ref int written, IpFamily family, uint interfaceIndex, IpAddress? source)
    {
        Span<byte> info = stackalloc byte[In6PktinfoLength];
        info.Clear();
        if (family == IpFamily.IPv4)
        {
            // ifindex, spec_dst (the source of a sent packet), addr.
            BitConverter.TryWriteBytes(info, interfaceIndex);
            source?.WriteInAddr(info[4..]);
            return TryAppend(destination, ref written, SOL_IP, IP_PKTINFO, info[..InPktinfoLength]);
        }

        // struct in6_pktinfo: addr, ifindex.
        source?.WriteIn6Addr(info);
        BitConverter.TryWriteBytes(info[16..], interfaceIndex);
        return TryAppend(destination, ref written, SOL_IPV6, IPV6_PKTINFO, info);
    }

    /// <summary>Appends a message in 64-bit layout; false where there is no room.</summary>
    internal static bool TryAppend(Span<byte> destination, ref int written, int level, int type, ReadOnlySpan<byte> data)
    {
        AbiLayout layout = AbiLayout.Bits64;
        int length = layout.CmsghdrLength + data.Length;
        int aligned = layout.Align(length);
        if (destination.Length - written < aligned)
        {
            return false;
        }

        Span<byte> message = destination.Slice(written, aligned);
        message.Clear();
        BitConverter.TryWriteBytes(message, (ulong)length);
        BitConverter.TryWriteBytes(message[8..], level);
        BitConverter.TryWriteBytes(message[12..], type);
        data.CopyTo(message[layout.CmsghdrLength..]);
        written += aligned;
        return true;
    }

    private static bool Counts(int level, int type, IpFamily socket, IpFamily destination) => level == SOL_IP
        ? destination == IpFamily.IPv4
        : socket == IpFamily.IPv6 && (destination == IpFamily.IPv6 || type == IPV6_PKTINFO);

    private static bool IsPktinfo(int level, int type) =>
        (level == SOL_IP && type == IP_PKTINFO) || (level == SOL_IPV6 && type is IPV6_PKTINFO or IPV6_2292PKTINFO);

    private static bool IsSourceRoute(int level, int type, ReadOnlySpan<byte> data) => level == SOL_IP
        ? type == IP_RETOPTS && IpOptions.HaveSourceRoute(data)
        : (level == SOL_IPV6 && type is IPV6_RTHDR or IPV6_2292RTHDR)
            || (level == SOL_SCTP && type is SCTP_DSTADDRV4 or SCTP_DSTADDRV6);

    private static Summary Apply(Summary summary, int level, ReadOnlySpan<byte> data)
    {
        // The kernel wants the exact length of an in_pktinfo and at least that of an in6_pktinfo
        // (ip_cmsg_send, ip6_datagram_send_ctl).
        if (level == SOL_IP ? data.Length != InPktinfoLength : data.Length < In6PktinfoLength)
        {
            return summary with { IsValid = false };
        }

        // in_pktinfo: ifindex, spec_dst, addr; in6_pktinfo: addr, ifindex.
        uint index = BitConverter.ToUInt32(level == SOL_IP ? data : data[16..]);
        IpAddress source = level == SOL_IP ? IpAddress.FromInAddr(data[4..]) : IpAddress.FromIn6Addr(data);
        return summary with
        {
            InterfaceIndex = index != 0 ? index : summary.InterfaceIndex,
            Source = source.IsUnspecified ? summary.Source : source,
        };
    }
}
