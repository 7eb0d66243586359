using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Wire;

/// <summary>
/// The list of a multicast group's sources that a program wants to hear, or not to (ip(7) IP_MSFILTER, RFC 3678
/// MCAST_MSFILTER).
/// </summary>
public static class SourceFilter
{
    // struct ip_msfilter: multiaddr, interface, fmode, numsrc, then an in_addr for each source.
    private const int IpMsfilterHeader = 16;
    private const int InAddrLength = 4;

    // struct group_filter: ifindex, a sockaddr_storage aligned as a word, fmode, numsrc, then a sockaddr_storage each.
    private const int ModeAndCount = 8;

    private static int HeaderOf(AbiLayout layout) => layout.WordSize + Sockaddr.MaximumLength + ModeAndCount;

    /// <summary>Reads what a list is about.</summary>
    /// <param name="isIpMsfilter">Whether the value is an ip_msfilter, else a group_filter.</param>
    /// <param name="value">The value.</param>
    /// <param name="layout">The program's layout.</param>
    /// <param name="index">The ifindex that a group_filter names; 0 for none.</param>
    /// <param name="local">The local address that an ip_msfilter names.</param>
    /// <param name="group">The group.</param>
    /// <returns>false where the value is not whole: the kernel answers EINVAL or ENOBUFS.</returns>
    public static bool TryRead(
        bool isIpMsfilter, ReadOnlySpan<byte> value, AbiLayout layout, out uint index, out IpAddress local, out IpAddress group)
    {
        index = 0;
        local = default;
        group = default;
        int header = isIpMsfilter ? IpMsfilterHeader : HeaderOf(layout);
        if (value.Length < header || CountOf(value[..header]) * (isIpMsfilter ? InAddrLength : Sockaddr.MaximumLength) > value.Length - header)
        {
            return false;
        }

        if (isIpMsfilter)
        {
            group = IpAddress.FromInAddr(value);
            local = IpAddress.FromInAddr(value[InAddrLength..]);
            return true;
        }

        Sockaddr named = Sockaddr.Parse(value.Slice(layout.WordSize, Sockaddr.MaximumLength));
        index = BitConverter.ToUInt32(value);
        group = named.Endpoint.Address;
        return named.IsIp;
    }

    /// <summary>How long the value that <see cref="Write"/> makes of one is.</summary>
    public static int LengthOf(bool isIpMsfilter, ReadOnlySpan<byte> value, AbiLayout layout) => HeaderOf(AbiLayout.Bits64)
        + (int)CountOf(value[..(isIpMsfilter ? IpMsfilterHeader : HeaderOf(layout))]) * Sockaddr.MaximumLength;

    /// <summary>Writes the same list as a group_filter in 64-bit layout that names an interface.</summary>
    /// <param name="isIpMsfilter">Whether the value is an ip_msfilter, else a group_filter.</param>
    /// <param name="value">The value, already read.</param>
    /// <param name="layout">The program's layout.</param>
    /// <param name="index">The ifindex to name.</param>
    /// <param name="result">Room of <see cref="LengthOf"/>.</param>
    public static void Write(bool isIpMsfilter, ReadOnlySpan<byte> value, AbiLayout layout, uint index, Span<byte> result)
    {
        int group = AbiLayout.Bits64.WordSize;
        int modeAndCount = group + Sockaddr.MaximumLength;
        int sources = modeAndCount + ModeAndCount;
        result.Clear();
        BitConverter.TryWriteBytes(result, index);
        if (!isIpMsfilter)
        {
            value[layout.WordSize..].Slice(0, result.Length - group).CopyTo(result[group..]);
            return;
        }

        Sockaddr.Write(result[group..], IpFamily.IPv4, new Endpoint(IpAddress.FromInAddr(value), 0));
        value.Slice(2 * InAddrLength, ModeAndCount).CopyTo(result[modeAndCount..]);
        for (int number = 0; number < CountOf(value[..IpMsfilterHeader]); number++)
        {
            IpAddress source = IpAddress.FromInAddr(value[(IpMsfilterHeader + number * InAddrLength)..]);
            Sockaddr.Write(result[(sources + number * Sockaddr.MaximumLength)..], IpFamily.IPv4, new Endpoint(source, 0));
        }
    }

    /// <summary>The count is the header's last word.</summary>
    private static long CountOf(ReadOnlySpan<byte> header) => BitConverter.ToUInt32(header[^sizeof(uint)..]);
}
