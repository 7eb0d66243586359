using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Wire;

/// <summary>
/// The bytes of a question for a route and of its answer (rtnetlink(7), RTM_GETROUTE): a struct nlmsghdr, a
/// struct rtmsg, then attributes, each padded to four bytes. Numbers are in host byte order, addresses in network
/// byte order.
/// </summary>
public static class RouteMessages
{
    /// <summary>The longest question.</summary>
    public const int MaximumRequest = HeaderLength + MessageLength + AttributeHeader + 16 + 2 * (AttributeHeader + 4);

    private const int HeaderLength = 16;
    private const int MessageLength = 12;
    private const int AttributeHeader = 4;
    private const int TypeOffset = 4;
    private const int SequenceOffset = 8;
    private const int TosOffset = HeaderLength + 3;
    private const int RouteTypeOffset = HeaderLength + 7;
    private const int RouteFlagsOffset = HeaderLength + 8;

    private const ushort NLMSG_ERROR = 2;
    private const ushort RTM_NEWROUTE = 24;
    private const ushort RTM_GETROUTE = 26;
    private const ushort NLM_F_REQUEST = 1;
    private const uint RTM_F_FIB_MATCH = 0x2000;
    private const ushort RTA_DST = 1;
    private const ushort RTA_OIF = 4;
    private const ushort RTA_PREFSRC = 7;
    private const ushort RTA_MARK = 16;

    /// <summary>Writes a question.</summary>
    /// <param name="buffer">At least <see cref="MaximumRequest"/> bytes.</param>
    /// <param name="sequence">The number that the answer will carry.</param>
    /// <param name="destination">Where to; its scope id, if it has one, is the interface to ask for.</param>
    /// <param name="mark">SO_MARK, which rules may look at; 0 for none.</param>
    /// <param name="tos">IP_TOS or IPV6_TCLASS, which rules and routes may look at. Its ECN bits are left out.</param>
    /// <param name="asStored">
    /// Whether to ask for the route as it stands in the table (RTM_F_FIB_MATCH, Linux 4.13), where the interface
    /// of a local address is the one that has it. Otherwise that is the loopback interface.
    /// </param>
    /// <param name="interfaceIndex">The ifindex that a socket is bound to, so that only routes through it count; 0 for any.</param>
    /// <returns>The length of the question.</returns>
    public static int WriteRequest(
        Span<byte> buffer, uint sequence, in Endpoint destination, uint mark, byte tos, bool asStored, uint interfaceIndex = 0)
    {
        IpFamily family = destination.Address.Family;
        int width = family == IpFamily.IPv4 ? 4 : 16;
        int length = HeaderLength + MessageLength;
        buffer[..length].Clear();
        BitConverter.TryWriteBytes(buffer[TypeOffset..], RTM_GETROUTE);
        BitConverter.TryWriteBytes(buffer[(TypeOffset + 2)..], NLM_F_REQUEST);
        BitConverter.TryWriteBytes(buffer[SequenceOffset..], sequence);
        buffer[HeaderLength] = (byte)family;
        buffer[HeaderLength + 1] = (byte)(8 * width);
        buffer[TosOffset] = (byte)(tos & ~3);
        BitConverter.TryWriteBytes(buffer[RouteFlagsOffset..], asStored ? RTM_F_FIB_MATCH : 0);

        Span<byte> address = WriteAttribute(buffer, ref length, RTA_DST, width);
        if (family == IpFamily.IPv4)
        {
            destination.Address.WriteInAddr(address);
        }
        else
        {
            destination.Address.WriteIn6Addr(address);
        }

        uint index = interfaceIndex == 0 && destination.Address.NeedsScopeId ? destination.ScopeId : interfaceIndex;
        if (index != 0)
        {
            BitConverter.TryWriteBytes(WriteAttribute(buffer, ref length, RTA_OIF, sizeof(uint)), index);
        }

        if (mark != 0)
        {
            BitConverter.TryWriteBytes(WriteAttribute(buffer, ref length, RTA_MARK, sizeof(uint)), mark);
        }

        BitConverter.TryWriteBytes(buffer, length);
        return length;
    }

    /// <summary>Reads an answer.</summary>
    /// <param name="datagram">What was received.</param>
    /// <param name="sequence">The number of the question.</param>
    /// <param name="route">The route.</param>
    /// <param name="error">The kernel's error, such as ENETUNREACH; EINVAL where the answer makes no sense.</param>
    /// <returns>false where this is no answer to that question.</returns>
    public static bool TryRead(ReadOnlySpan<byte> datagram, uint sequence, out Route route, out Errno error)
    {
        route = default;
        error = Errno.EINVAL;
        if (datagram.Length < HeaderLength || BitConverter.ToUInt32(datagram[SequenceOffset..]) != sequence)
        {
            return false;
        }

        uint length = BitConverter.ToUInt32(datagram);
        if (length < HeaderLength || length > (uint)datagram.Length)
        {
            return true;
        }

        ReadOnlySpan<byte> message = datagram[..(int)length];
        switch (BitConverter.ToUInt16(message[TypeOffset..]))
        {
            case NLMSG_ERROR when message.Length >= HeaderLength + sizeof(int):
                // struct nlmsgerr: the negated error, then the question. 0 would be an acknowledgement, which is not asked for.
                int code = BitConverter.ToInt32(message[HeaderLength..]);
                error = code < 0 ? (Errno)(-(long)code) : Errno.EINVAL;
                break;
            case RTM_NEWROUTE when message.Length >= HeaderLength + MessageLength:
                route = ReadRoute(message);
                error = Errno.None;
                break;
        }

        return true;
    }

    private static Route ReadRoute(ReadOnlySpan<byte> message)
    {
        var family = (IpFamily)message[HeaderLength];
        uint index = 0;
        IpAddress? source = null;
        var attributes = new NetlinkAttributes(message[(HeaderLength + MessageLength)..]);
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case RTA_OIF:
                    index = attributes.Number;
                    break;
                case RTA_PREFSRC:
                    source = NetworkDump.Address(family, attributes.Value);
                    break;
            }
        }

        return new((RouteType)message[RouteTypeOffset], index, source);
    }

    private static Span<byte> WriteAttribute(Span<byte> buffer, ref int length, ushort type, int size)
    {
        Span<byte> attribute = buffer.Slice(length, AttributeHeader + size);
        BitConverter.TryWriteBytes(attribute, (ushort)attribute.Length);
        BitConverter.TryWriteBytes(attribute[2..], type);
        length += attribute.Length;
        return attribute[AttributeHeader..];
    }
}
