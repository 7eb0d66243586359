using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Wire;

/// <summary>
/// The bytes of a question for all sockets of a kind and of its answer (sock_diag(7), linux/inet_diag.h): a struct nlmsghdr
/// and a struct inet_diag_req_v2 or inet_diag_msg. Ports and addresses are in network byte order, the rest in the host's.
/// </summary>
public static class SocketDiagnostics
{
    /// <summary>The length of a question.</summary>
    public const int RequestLength = HeaderLength + 56;

    private const int HeaderLength = 16;
    private const int MessageLength = 72;

    // Within struct inet_diag_msg.
    private const int StateOffset = 1;
    private const int SourcePortOffset = 4;
    private const int SourceOffset = 8;
    private const int InterfaceOffset = 40;
    private const int CookieOffset = 44;
    private const int InodeOffset = 68;

    private const ushort NLMSG_ERROR = 2;
    private const ushort NLMSG_DONE = 3;
    private const ushort SOCK_DIAG_BY_FAMILY = 20;
    private const ushort NLM_F_REQUEST = 1;
    private const ushort NLM_F_DUMP = 0x300;

    /// <summary>Writes a question for all sockets of a family and a protocol, whatever their state.</summary>
    /// <param name="buffer">At least <see cref="RequestLength"/> bytes.</param>
    /// <param name="family">The family of the sockets.</param>
    /// <param name="protocol">IPPROTO_TCP or IPPROTO_UDP.</param>
    /// <param name="sequence">The number that the answer will carry.</param>
    public static void WriteRequest(Span<byte> buffer, IpFamily family, byte protocol, uint sequence)
    {
        buffer = buffer[..RequestLength];
        buffer.Clear();
        BitConverter.TryWriteBytes(buffer, RequestLength);
        BitConverter.TryWriteBytes(buffer[4..], SOCK_DIAG_BY_FAMILY);
        BitConverter.TryWriteBytes(buffer[6..], (ushort)(NLM_F_REQUEST | NLM_F_DUMP));
        BitConverter.TryWriteBytes(buffer[8..], sequence);
        buffer[HeaderLength] = (byte)family;
        buffer[HeaderLength + 1] = protocol;
        BitConverter.TryWriteBytes(buffer[(HeaderLength + 4)..], uint.MaxValue);
    }

    /// <summary>Reads what one datagram of the kernel's tells, and adds the sockets that are bound to an interface.</summary>
    /// <param name="datagram">The datagram.</param>
    /// <param name="sequence">The number of the question; answers to others are passed over.</param>
    /// <param name="found">Where to add them.</param>
    /// <returns>Whether more datagrams follow; false also where the kernel has no such sockets to tell of.</returns>
    public static bool Read(ReadOnlySpan<byte> datagram, uint sequence, ICollection<DiagnosedSocket> found)
    {
        while (datagram.Length >= HeaderLength)
        {
            int length = BitConverter.ToInt32(datagram);
            if (length < HeaderLength || length > datagram.Length)
            {
                return false;
            }

            if (BitConverter.ToUInt32(datagram[8..]) == sequence)
            {
                ushort type = BitConverter.ToUInt16(datagram[4..]);
                if (type is NLMSG_DONE or NLMSG_ERROR)
                {
                    return false;
                }

                if (type == SOCK_DIAG_BY_FAMILY && length >= HeaderLength + MessageLength
                    && Read(datagram[HeaderLength..length]) is DiagnosedSocket { Interface: not 0 } socket)
                {
                    found.Add(socket);
                }
            }

            datagram = datagram[Math.Min(datagram.Length, (length + 3) & ~3)..];
        }

        return true;
    }

    private static DiagnosedSocket? Read(ReadOnlySpan<byte> message) => (IpFamily)message[0] switch
    {
        IpFamily.IPv4 => Of(message, IpAddress.FromInAddr(message[SourceOffset..])),
        IpFamily.IPv6 => Of(message, IpAddress.FromIn6Addr(message[SourceOffset..])),
        _ => null,
    };

    private static DiagnosedSocket Of(ReadOnlySpan<byte> message, IpAddress source) => new(
        message[StateOffset],
        new Endpoint(source, (ushort)(message[SourcePortOffset] << 8 | message[SourcePortOffset + 1])),
        BitConverter.ToUInt32(message[InterfaceOffset..]),
        BitConverter.ToUInt64(message[CookieOffset..]),
        BitConverter.ToUInt32(message[InodeOffset..]));
}
