using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests.Wire;

/// <summary>Lists of links, addresses, routes and neighbours, as the kernel writes them.</summary>
public sealed class NetworkDumpTests
{
    private const uint Sequence = 0x0102_0304;

    [Theory]
    [InlineData(NetworkList.Links, 18, 40)]
    [InlineData(NetworkList.Addresses, 22, 28)]
    [InlineData(NetworkList.Routes, 26, 28)]
    [InlineData(NetworkList.Neighbours, 30, 28)]
    public void A_question_asks_for_a_whole_list(NetworkList list, byte type, uint length)
    {
        byte[] request = new byte[NetworkDump.RequestLength];
        request.AsSpan().Fill(0xff);

        NetworkDump.WriteRequest(request, list, Sequence);

        Assert.Equal([.. Bytes.Int(length), type, 0, 1, 3, .. Bytes.Int(Sequence)], request[..12]);
        Assert.All(request[12..32], value => Assert.Equal(0, value));
        // Links are told without their counters.
        Assert.Equal(list == NetworkList.Links ? [8, 0, 29, 0, 8, 0, 0, 0] : new byte[8], request[32..]);
    }

    [Fact]
    public void Links_are_read_with_all_of_their_names()
    {
        List<LinkEntry> links = [];
        byte[] message =
        [
            0, 0, .. new byte[2], .. Bytes.Int(7), .. Bytes.Int(0x1_0043), .. new byte[4],
            .. Attribute(3, "ovpn\0"u8), .. Attribute(52 | 0x8000, [.. Attribute(53, "vpnalt\0"u8), .. Attribute(53, "b\0"u8)]),
        ];

        bool more = NetworkDump.Read([.. Message(16, message), .. Message(16, message, Sequence + 1)], Sequence, NetworkDump.ReadLink, links);

        Assert.True(more);
        LinkEntry link = Assert.Single(links);
        Assert.Equal((7u, "ovpn", true, true, false), (link.Index, link.Name, link.IsUp, link.HasCarrier, link.NeedsNoGateway));
        Assert.Equal(["vpnalt", "b"], link.OtherNames);
        Assert.True(link.IsNamed("vpnalt") && link.IsNamed("ovpn") && !link.IsNamed("OVPN"));
    }

    [Fact]
    public void Addresses_are_read_with_their_peer_and_flags()
    {
        List<AddressEntry> addresses = [];

        NetworkDump.Read(
            [
                .. Message(20, [2, 24, 0x80, 0, .. Bytes.Int(7), .. Attribute(1, [10, 8, 0, 2]), .. Attribute(2, [10, 8, 0, 2]), .. Attribute(8, Bytes.Int(0x80))]),
                .. Message(20, [2, 32, 0x80, 0, .. Bytes.Int(8), .. Attribute(1, [10, 9, 0, 1]), .. Attribute(2, [10, 9, 0, 2])]),
                .. Message(20, [10, 64, 0x40, 0, .. Bytes.Int(7), .. Attribute(1, Bytes.In16("fd00:8::2")), .. Attribute(8, Bytes.Int(0x41))]),
                .. Message(20, [10, 64, 0, 253, .. Bytes.Int(7), .. Attribute(1, Bytes.In16("fe80::2"))]),
            ],
            Sequence, NetworkDump.ReadAddress, addresses);

        Assert.Equal(
            [("10.8.0.2", 24, null, true, false), ("10.9.0.2", 32, "10.9.0.1", true, false), ("fd00:8::2", 64, null, false, true), ("fe80::2", 64, null, false, false)],
            addresses.Select(each => (each.Address.ToString(), (int)each.PrefixLength, each.Peer?.ToString(), each.IsUsable, each.IsTemporary)));
        Assert.Equal(["10.8.0.0/24", "10.9.0.1/32", "fd00:8::/64", "fe80::/64"], addresses.Select(each => each.Network.ToString()));
    }

    [Fact]
    public void Routes_are_read_with_each_of_their_next_hops()
    {
        List<RouteEntry> routes = [];
        byte[] hops = [.. Hop(7, Attribute(5, [10, 8, 0, 1])), .. Hop(8, [])];

        NetworkDump.Read(
            [
                .. Message(24, [2, 0, 0, 0, 254, 0, 0, 1, .. Bytes.Int(0), .. Attribute(4, Bytes.Int(7)), .. Attribute(5, [10, 8, 0, 1]), .. Attribute(6, Bytes.Int(500)), .. Attribute(15, Bytes.Int(1000))]),
                .. Message(24, [2, 12, 0, 0, 254, 0, 0, 1, .. Bytes.Int(0), .. Attribute(1, [172, 16, 0, 0]), .. Attribute(9, hops)]),
                .. Message(24, [2, 0, 0, 0, 254, 0, 0, 1, .. Bytes.Int(0), .. Attribute(4, Bytes.Int(7)), .. Attribute(18, [10, 0, .. Bytes.In16("fe80::1")])]),
                // A route of the cache, and one of another family.
                .. Message(24, [10, 0, 0, 0, 254, 0, 0, 1, .. Bytes.Int(0x200)]),
                .. Message(24, [28, 0, 0, 0, 254, 0, 0, 1, .. Bytes.Int(0)]),
            ],
            Sequence, RouteEntryReader.Read, routes);

        Assert.Equal(
            [
                ("0.0.0.0/0", 7u, "10.8.0.1", 500u, 1000u), ("172.16.0.0/12", 7u, "10.8.0.1", 0u, 254u), ("172.16.0.0/12", 8u, null, 0u, 254u),
                ("0.0.0.0/0", 7u, "fe80::1", 0u, 254u),
            ],
            routes.Select(each => (each.Destination.ToString(), each.InterfaceIndex, each.Gateway?.ToString(), each.Metric, each.Table)));
    }

    [Fact]
    public void Neighbours_are_read_with_what_is_known_of_them()
    {
        List<NeighbourEntry> neighbours = [];

        NetworkDump.Read(
            [
                .. Message(28, [10, 0, 0, 0, .. Bytes.Int(7), 4, 0, 0x80, 1, .. Attribute(1, Bytes.In16("fe80::1"))]),
                .. Message(28, [2, 0, 0, 0, .. Bytes.Int(7), 0x20, 0, 0, 1, .. Attribute(1, [10, 8, 0, 9])]),
            ],
            Sequence, NetworkDump.ReadNeighbour, neighbours);

        Assert.Equal([("fe80::1", true, true), ("10.8.0.9", false, false)], neighbours.Select(each => (each.Address.ToString(), each.IsKnown, each.IsRouter)));
    }

    [Theory]
    [InlineData((ushort)3)]
    [InlineData((ushort)2)]
    public void It_ends_with_the_kernel_s_last_message_and_with_an_error(ushort type) =>
        Assert.False(NetworkDump.Read(Message(type, Bytes.Int(0)), Sequence, NetworkDump.ReadLink, new List<LinkEntry>()));

    /// <summary>Whatever the bytes are, reading ends and reads nothing beyond them.</summary>
    [Fact]
    public void Any_bytes_are_read_without_an_error()
    {
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = new byte[random.Next(96)];
            random.NextBytes(bytes);
            byte[] message = Message((ushort)random.Next(16, 32), bytes);
            message[random.Next(4)] ^= (byte)random.Next(4);
            NetworkDump.Read(message, Sequence, NetworkDump.ReadLink, new List<LinkEntry>());
            NetworkDump.Read(message, Sequence, NetworkDump.ReadAddress, new List<AddressEntry>());
            NetworkDump.Read(message, Sequence, RouteEntryReader.Read, new List<RouteEntry>());
            NetworkDump.Read(message, Sequence, NetworkDump.ReadNeighbour, new List<NeighbourEntry>());
        }
    }

    private static byte[] Message(ushort type, byte[] body, uint sequence = Sequence) =>
        [.. Bytes.Int((uint)(16 + body.Length)), (byte)type, (byte)(type >> 8), 2, 0, .. Bytes.Int(sequence), .. Bytes.Int(0), .. body];

    private static byte[] Attribute(int type, ReadOnlySpan<byte> value) =>
        [(byte)(value.Length + 4), 0, (byte)type, (byte)(type >> 8), .. value, .. new byte[-value.Length & 3]];

    private static byte[] Hop(uint index, byte[] attributes) => [(byte)(8 + attributes.Length), 0, 0, 0, .. Bytes.Int(index), .. attributes];
}
