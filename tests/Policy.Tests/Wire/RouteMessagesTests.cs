using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests.Wire;

public sealed class RouteMessagesTests
{
    private const uint Sequence = 0x0102_0304;

    [Fact]
    public void A_question_for_an_IPv4_destination_names_it_and_no_more()
    {
        byte[] expected =
        [
            .. Bytes.Int(36), 26, 0, 1, 0, .. Bytes.Int(Sequence), .. Bytes.Int(0),
            2, 32, 0, 0, 0, 0, 0, 0, .. Bytes.Int(0),
            8, 0, 1, 0, 192, 0, 2, 1,
        ];

        Assert.Equal(expected, Request(Bytes.Endpoint("192.0.2.1", 53), 0, 0, asStored: false));
    }

    [Fact]
    public void Mark_and_type_of_service_are_asked_with_without_the_bits_for_congestion()
    {
        byte[] expected =
        [
            .. Bytes.Int(44), 26, 0, 1, 0, .. Bytes.Int(Sequence), .. Bytes.Int(0),
            2, 32, 0, 0x10, 0, 0, 0, 0, .. Bytes.Int(0x2000),
            8, 0, 1, 0, 192, 0, 2, 1,
            8, 0, 16, 0, .. Bytes.Int(0x8000_0007),
        ];

        Assert.Equal(expected, Request(Bytes.Endpoint("192.0.2.1"), 0x8000_0007, 0x13, asStored: true));
    }

    [Fact]
    public void The_scope_of_a_link_local_address_is_the_interface_to_ask_for()
    {
        byte[] expected =
        [
            .. Bytes.Int(56), 26, 0, 1, 0, .. Bytes.Int(Sequence), .. Bytes.Int(0),
            10, 128, 0, 0, 0, 0, 0, 0, .. Bytes.Int(0),
            20, 0, 1, 0, .. Bytes.In16("fe80::1"),
            8, 0, 4, 0, .. Bytes.Int(3),
        ];

        Assert.Equal(expected, Request(new Endpoint(Bytes.Address("fe80::1"), 0, 3), 0, 0, asStored: false));
        Assert.Equal(48, Request(new Endpoint(Bytes.Address("2001:db8::1"), 0, 3), 0, 0, asStored: false).Length);
    }

    [Fact]
    public void An_answer_gives_type_interface_and_source_among_other_attributes()
    {
        byte[] answer = Response(2, 1, [
            8, 0, 15, 0, .. Bytes.Int(254),
            8, 0, 4, 0, .. Bytes.Int(7),
            // Of five bytes, and so padded.
            9, 0, 99, 0, 1, 2, 3, 4, 5, 0, 0, 0,
            8, 0, 7, 0, 10, 99, 0, 1]);

        Assert.True(RouteMessages.TryRead(answer, Sequence, out Route route, out Errno error));
        Assert.Equal(Errno.None, error);
        Assert.Equal(new Route(RouteType.Unicast, 7, Bytes.Address("10.99.0.1")), route);
        Assert.True(route.Leads);
    }

    [Fact]
    public void An_answer_for_IPv6_gives_an_IPv6_source()
    {
        byte[] answer = Response(10, 2, [8, 0, 4, 0, .. Bytes.Int(1), 20, 0, 7, 0, .. Bytes.In16("2001:db8::1")]);

        Assert.True(RouteMessages.TryRead(answer, Sequence, out Route route, out _));
        Assert.Equal(new Route(RouteType.Local, 1, Bytes.Address("2001:db8::1")), route);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(0)]
    public void A_route_that_drops_leads_nowhere(byte type)
    {
        Assert.True(RouteMessages.TryRead(Response(2, type, [8, 0, 4, 0, .. Bytes.Int(1)]), Sequence, out Route route, out Errno error));

        Assert.Equal(Errno.None, error);
        Assert.False(route.Leads);
    }

    [Fact]
    public void A_route_without_an_interface_leads_nowhere()
    {
        Assert.True(RouteMessages.TryRead(Response(2, 1, []), Sequence, out Route route, out _));

        Assert.False(route.Leads);
    }

    [Fact]
    public void An_error_is_the_kernel_s()
    {
        byte[] answer = [.. Bytes.Int(36), 2, 0, 0, 0, .. Bytes.Int(Sequence), .. Bytes.Int(0), .. Bytes.Int(unchecked((uint)-101)), .. new byte[16]];

        Assert.True(RouteMessages.TryRead(answer, Sequence, out _, out Errno error));
        Assert.Equal(Errno.ENETUNREACH, error);
    }

    [Fact]
    public void The_answer_to_another_question_is_none() =>
        Assert.False(RouteMessages.TryRead(Response(2, 1, [8, 0, 4, 0, .. Bytes.Int(7)]), Sequence + 1, out _, out _));

    [Fact]
    public void Bytes_that_make_no_sense_are_an_error_and_never_a_route()
    {
        byte[] whole = Response(2, 1, [8, 0, 4, 0, .. Bytes.Int(7), 8, 0, 7, 0, 10, 99, 0, 1]);
        for (int length = 0; length < whole.Length; length++)
        {
            if (RouteMessages.TryRead(whole.AsSpan(0, length), Sequence, out Route route, out Errno error))
            {
                Assert.Equal(Errno.EINVAL, error);
                Assert.False(route.Leads);
            }
        }

        // Attributes whose lengths lie, of every kind.
        for (int size = 0; size < 256; size++)
        {
            byte[] lying = Response(2, 1, [(byte)size, 0, 4, 0, .. Bytes.Int(7)]);
            Assert.True(RouteMessages.TryRead(lying, Sequence, out Route route, out _));
            Assert.Equal(size == 8, route.Leads);
        }

        var random = new Random(1);
        byte[] noise = new byte[64];
        for (int i = 0; i < 10_000; i++)
        {
            random.NextBytes(noise);
            BitConverter.TryWriteBytes(noise.AsSpan(8), Sequence);
            noise[4] = (byte)(i % 2 == 0 ? 24 : 2);
            noise[5] = 0;
            BitConverter.TryWriteBytes(noise, i % 80);
            _ = RouteMessages.TryRead(noise, Sequence, out _, out _);
        }
    }

    private static byte[] Request(in Endpoint destination, uint mark, byte tos, bool asStored)
    {
        byte[] buffer = new byte[RouteMessages.MaximumRequest];
        Array.Fill(buffer, (byte)0xee);
        return buffer[..RouteMessages.WriteRequest(buffer, Sequence, destination, mark, tos, asStored)];
    }

    private static byte[] Response(byte family, byte type, byte[] attributes) =>
    [
        .. Bytes.Int((uint)(28 + attributes.Length)), 24, 0, 0, 0, .. Bytes.Int(Sequence), .. Bytes.Int(4711),
        family, 32, 0, 0, 254, 2, 0, type, .. Bytes.Int(0),
        .. attributes,
    ];
}
