using System.Text;
using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Wire;

/// <summary>
/// The bytes of questions for all links, addresses, routes and neighbours of a network namespace, and of the answers
/// (rtnetlink(7)). Numbers are in host byte order, addresses in network byte order.
/// </summary>
public static class NetworkDump
{
    /// <summary>The length of a question.</summary>
    public const int RequestLength = HeaderLength + LinkLength + 8;

    private const int HeaderLength = 16;
    private const int LinkLength = 16;
    private const int AddressLength = 8;
    private const int RouteLength = 12;
    private const int NeighbourLength = 12;

    private const ushort NLMSG_ERROR = 2;
    private const ushort NLMSG_DONE = 3;
    private const ushort NLM_F_REQUEST = 1;
    private const ushort NLM_F_DUMP = 0x300;

    private const ushort IFLA_IFNAME = 3;
    private const ushort IFLA_EXT_MASK = 29;
    private const ushort IFLA_PROP_LIST = 52;
    private const ushort IFLA_ALT_IFNAME = 53;
    private const uint RTEXT_FILTER_SKIP_STATS = 8;

    private const ushort IFA_ADDRESS = 1;
    private const ushort IFA_LOCAL = 2;
    private const ushort IFA_FLAGS = 8;

    private const ushort NDA_DST = 1;

    /// <summary>Reads one message, from behind its header, and adds what it tells.</summary>
    public delegate void Reader<T>(ReadOnlySpan<byte> message, ICollection<T> found);

    /// <summary>Writes a question.</summary>
    /// <param name="buffer">At least <see cref="RequestLength"/> bytes.</param>
    /// <param name="list">What is asked for.</param>
    /// <param name="sequence">The number that the answer will carry.</param>
    public static void WriteRequest(Span<byte> buffer, NetworkList list, uint sequence)
    {
        buffer = buffer[..RequestLength];
        buffer.Clear();
        BitConverter.TryWriteBytes(buffer, RequestLength);
        BitConverter.TryWriteBytes(buffer[4..], (ushort)list);
        BitConverter.TryWriteBytes(buffer[6..], (ushort)(NLM_F_REQUEST | NLM_F_DUMP));
        BitConverter.TryWriteBytes(buffer[8..], sequence);
        if (list == NetworkList.Links)
        {
            // The counters of each link are most of the answer.
            BitConverter.TryWriteBytes(buffer[(HeaderLength + LinkLength)..], (ushort)8);
            BitConverter.TryWriteBytes(buffer[(HeaderLength + LinkLength + 2)..], IFLA_EXT_MASK);
            BitConverter.TryWriteBytes(buffer[(HeaderLength + LinkLength + 4)..], RTEXT_FILTER_SKIP_STATS);
        }
        else
        {
            BitConverter.TryWriteBytes(buffer, HeaderLength + RouteLength);
        }
    }

    /// <summary>Reads what one datagram of the kernel's tells.</summary>
    /// <param name="datagram">The datagram.</param>
    /// <param name="sequence">The number of the question; answers to others are passed over.</param>
    /// <param name="read">Reads a message.</param>
    /// <param name="found">Where to add what it tells.</param>
    /// <returns>Whether more datagrams follow.</returns>
    public static bool Read<T>(ReadOnlySpan<byte> datagram, uint sequence, Reader<T> read, ICollection<T> found)
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
                if (BitConverter.ToUInt16(datagram[4..]) is NLMSG_DONE or NLMSG_ERROR)
                {
                    return false;
                }

                read(datagram[HeaderLength..length], found);
            }

            datagram = datagram[Math.Min(datagram.Length, (length + 3) & ~3)..];
        }

        return true;
    }

    /// <summary>Reads a link: struct ifinfomsg, then attributes.</summary>
    public static void ReadLink(ReadOnlySpan<byte> message, ICollection<LinkEntry> found)
    {
        if (message.Length < LinkLength)
        {
            return;
        }

        string name = "";
        List<string> others = [];
        var attributes = new NetlinkAttributes(message[LinkLength..]);
        while (attributes.Next())
        {
            if (attributes.Type == IFLA_IFNAME)
            {
                name = Text(attributes.Value);
            }
            else if (attributes.Type == IFLA_PROP_LIST)
            {
                var properties = new NetlinkAttributes(attributes.Value);
                while (properties.Next())
                {
                    if (properties.Type == IFLA_ALT_IFNAME)
                    {
                        others.Add(Text(properties.Value));
                    }
                }
            }
        }

        found.Add(new LinkEntry(BitConverter.ToUInt32(message[4..]), name, BitConverter.ToUInt32(message[8..])) { OtherNames = others });
    }

    /// <summary>Reads an address: struct ifaddrmsg, then attributes.</summary>
    public static void ReadAddress(ReadOnlySpan<byte> message, ICollection<AddressEntry> found)
    {
        if (message.Length < AddressLength)
        {
            return;
        }

        var family = (IpFamily)message[0];
        uint flags = message[2];
        IpAddress? address = null, local = null;
        var attributes = new NetlinkAttributes(message[AddressLength..]);
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case IFA_ADDRESS:
                    address = Address(family, attributes.Value);
                    break;
                case IFA_LOCAL:
                    local = Address(family, attributes.Value);
                    break;
                case IFA_FLAGS:
                    flags = attributes.Number;
                    break;
            }
        }

        // On a link with a peer IFA_ADDRESS is the peer's; in IPv6 IFA_LOCAL is there only then.
        if ((local ?? address) is IpAddress own)
        {
            found.Add(new AddressEntry(BitConverter.ToUInt32(message[4..]), own, message[1])
            {
                Peer = address is IpAddress peer && peer != own ? peer : null,
                Flags = flags,
            });
        }
    }

    /// <summary>Reads a neighbour: struct ndmsg, then attributes.</summary>
    public static void ReadNeighbour(ReadOnlySpan<byte> message, ICollection<NeighbourEntry> found)
    {
        if (message.Length < NeighbourLength)
        {
            return;
        }

        var attributes = new NetlinkAttributes(message[NeighbourLength..]);
        while (attributes.Next())
        {
            if (attributes.Type == NDA_DST && Address((IpFamily)message[0], attributes.Value) is IpAddress address)
            {
                found.Add(new NeighbourEntry(BitConverter.ToUInt32(message[4..]), address, BitConverter.ToUInt16(message[8..]), message[10]));
            }
        }
    }

    /// <summary>An address of a family from its bytes; null where the length is another's.</summary>
    internal static IpAddress? Address(IpFamily family, ReadOnlySpan<byte> bytes) => (family, bytes.Length) switch
    {
        (IpFamily.IPv4, 4) => IpAddress.FromInAddr(bytes),
        (IpFamily.IPv6, 16) => IpAddress.FromIn6Addr(bytes),
        _ => null,
    };

    private static string Text(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value.TrimEnd((byte)0));
}
