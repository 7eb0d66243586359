using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Wire;

/// <summary>Reads routes as they stand in the tables (rtnetlink(7)): struct rtmsg, then attributes.</summary>
public static class RouteEntryReader
{
    private const int MessageLength = 12;
    private const int NextHopLength = 8;

    private const ushort RTA_DST = 1;
    private const ushort RTA_OIF = 4;
    private const ushort RTA_GATEWAY = 5;
    private const ushort RTA_PRIORITY = 6;
    private const ushort RTA_MULTIPATH = 9;
    private const ushort RTA_TABLE = 15;
    private const ushort RTA_VIA = 18;
    private const uint RTM_F_CLONED = 0x200;

    /// <summary>Reads a route, and adds an entry for each of its next hops.</summary>
    /// <param name="message">The message from behind its header.</param>
    /// <param name="found">Where to add them.</param>
    public static void Read(ReadOnlySpan<byte> message, ICollection<RouteEntry> found)
    {
        if (message.Length < MessageLength || (IpFamily)message[0] is not (IpFamily.IPv4 or IpFamily.IPv6)
            || (BitConverter.ToUInt32(message[8..]) & RTM_F_CLONED) != 0)
        {
            return;
        }

        var family = (IpFamily)message[0];
        IpAddress destination = IpAddress.Any(family);
        uint table = message[4], metric = 0;
        ReadOnlySpan<byte> hops = default;
        var attributes = new NetlinkAttributes(message[MessageLength..]);
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case RTA_DST:
                    destination = NetworkDump.Address(family, attributes.Value) ?? destination;
                    break;
                case RTA_PRIORITY:
                    metric = attributes.Number;
                    break;
                case RTA_TABLE:
                    table = attributes.Number;
                    break;
                case RTA_MULTIPATH:
                    hops = attributes.Value;
                    break;
            }
        }

        if (!Network.TryMake(destination, message[1], out Network network))
        {
            return;
        }

        var route = new RouteEntry(network, (RouteType)message[7]) { Table = table, Protocol = message[5], Metric = metric };
        if (hops.IsEmpty)
        {
            found.Add(WithHop(route, family, 0, message[MessageLength..]));
        }

        // struct rtnexthop: its length, flags, weight and ifindex, then attributes.
        while (hops.Length >= NextHopLength && BitConverter.ToUInt16(hops) is var size && size >= NextHopLength && size <= hops.Length)
        {
            found.Add(WithHop(route, family, BitConverter.ToUInt32(hops[4..]), hops[NextHopLength..size]));
            hops = hops[Math.Min((size + 3) & ~3, hops.Length)..];
        }
    }

    private static RouteEntry WithHop(RouteEntry route, IpFamily family, uint index, ReadOnlySpan<byte> bytes)
    {
        IpAddress? gateway = null;
        var attributes = new NetlinkAttributes(bytes);
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case RTA_OIF:
                    index = attributes.Number;
                    break;
                case RTA_GATEWAY:
                    gateway = NetworkDump.Address(family, attributes.Value);
                    break;
                // An IPv4 route by an IPv6 gateway: its family in 16 bits, then the address.
                case RTA_VIA when attributes.Value.Length > 2:
                    gateway = NetworkDump.Address((IpFamily)BitConverter.ToUInt16(attributes.Value), attributes.Value[2..]);
                    break;
            }
        }

        return route with { InterfaceIndex = index, Gateway = gateway };
    }
}
