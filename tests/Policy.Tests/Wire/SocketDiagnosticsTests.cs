using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests.Wire;

public sealed class SocketDiagnosticsTests
{
    private const uint Sequence = 0x0102_0304;

    [Fact]
    public void A_question_asks_for_all_sockets_of_a_family_and_a_protocol()
    {
        byte[] request = new byte[SocketDiagnostics.RequestLength];
        request.AsSpan().Fill(0xff);

        SocketDiagnostics.WriteRequest(request, IpFamily.IPv6, 6, Sequence);

        byte[] expected =
        [
            .. Bytes.Int(72), 20, 0, 1, 3, .. Bytes.Int(Sequence), .. Bytes.Int(0),
            10, 6, 0, 0, .. Bytes.Int(0xffff_ffff), .. new byte[48],
        ];
        Assert.Equal(expected, request);
    }

    [Fact]
    public void Sockets_that_are_bound_to_an_interface_are_read_and_no_others()
    {
        List<DiagnosedSocket> found = [];

        bool more = SocketDiagnostics.Read(
            [
                .. Response(2, 1, [10, 8, 0, 2, .. new byte[12]], device: 7, inode: 99),
                .. Response(2, 1, [10, 8, 0, 3, .. new byte[12]], device: 0, inode: 100),
                .. Response(10, 7, Bytes.In16("fd00:8::2"), device: 8, inode: 101),
                .. Response(10, 1, Bytes.In16("::ffff:10.8.0.2"), device: 8, inode: 102),
                .. Response(2, 1, [10, 8, 0, 4, .. new byte[12]], device: 7, inode: 103, sequence: Sequence + 1),
            ],
            Sequence, found);

        Assert.True(more);
        Assert.Equal(
            [
                new(1, Bytes.Endpoint("10.8.0.2", 0x1234), 7, 0x0000_0006_0000_0005, 99),
                new(7, Bytes.Endpoint("fd00:8::2", 0x1234), 8, 0x0000_0006_0000_0005, 101),
                new(1, Bytes.Endpoint("10.8.0.2", 0x1234), 8, 0x0000_0006_0000_0005, 102),
            ],
            found);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(2)]
    public void It_ends_with_the_kernel_s_last_message_and_with_an_error(ushort type)
    {
        List<DiagnosedSocket> found = [];
        byte[] last = [.. Bytes.Int(20), (byte)type, 0, 2, 0, .. Bytes.Int(Sequence), .. Bytes.Int(0), .. Bytes.Int(0)];

        Assert.False(SocketDiagnostics.Read([.. Response(2, 1, new byte[16], device: 7, inode: 99), .. last], Sequence, found));
        Assert.Single(found);
    }

    [Fact]
    public void Nothing_is_read_beyond_what_is_there()
    {
        byte[] answer = Response(2, 1, new byte[16], device: 7, inode: 99);
        for (int length = 0; length < answer.Length; length++)
        {
            List<DiagnosedSocket> found = [];
            _ = SocketDiagnostics.Read(answer.AsSpan(0, length), Sequence, found);
            Assert.Empty(found);
        }
    }

    private static byte[] Response(byte family, byte state, byte[] source, uint device, uint inode, uint sequence = Sequence) =>
    [
        .. Bytes.Int(88), 20, 0, 2, 0, .. Bytes.Int(sequence), .. Bytes.Int(0),
        family, state, 0, 0, 0x12, 0x34, 0, 7, .. source, .. new byte[16], .. Bytes.Int(device), .. Bytes.Int(5), .. Bytes.Int(6),
        .. new byte[16], .. Bytes.Int(inode),
    ];
}
