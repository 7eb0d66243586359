using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;
using static BindToInterface.Policy.Tests.ControlBuffer;

namespace BindToInterface.Policy.Tests.Wire;

public sealed class ControlMessagesSteerTests
{
    public static TheoryData<int> Layouts => [8, 4];

    [Fact]
    public void A_send_to_IPv4_is_steered_by_an_in_pktinfo()
    {
        byte[] expected = Expected().Add(SolIp, IpPktinfo, InPktinfo(7, "10.8.0.2")).Pad().ToArray();

        Assert.Equal(expected, Steer([], 8, IpFamily.IPv4, 7, "10.8.0.2"));
    }

    [Fact]
    public void A_send_to_IPv6_is_steered_by_an_in6_pktinfo()
    {
        byte[] expected = Expected().Add(SolIpv6, Ipv6Pktinfo, In6Pktinfo(7, "fd00::2")).Pad().ToArray();

        Assert.Equal(expected, Steer([], 8, IpFamily.IPv6, 7, "fd00::2"));
    }

    [Fact]
    public void Without_a_source_the_source_is_unspecified()
    {
        Assert.Equal(Expected().Add(SolIp, IpPktinfo, InPktinfo(7)).Pad().ToArray(), Steer([], 8, IpFamily.IPv4, 7, null));
        Assert.Equal(Expected().Add(SolIpv6, Ipv6Pktinfo, In6Pktinfo(7)).Pad().ToArray(), Steer([], 8, IpFamily.IPv6, 7, null));
    }

    [Fact]
    public void Steering_adds_no_more_than_it_says()
    {
        Assert.Equal(ControlMessages.SteeringLength, Steer([], 8, IpFamily.IPv6, 7, null).Length);
        Assert.Equal(32, Steer([], 8, IpFamily.IPv4, 7, null).Length);
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void The_programs_own_messages_are_kept_in_order_and_ours_comes_last(int wordSize)
    {
        byte[] control = Buffer(wordSize)
            .Add(SolIp, IpPktinfo, InPktinfo(3, "192.0.2.2"))
            .Add(SolIp, IpTtl, [64])
            .Add(SolIpv6, Ipv6Pktinfo, In6Pktinfo(3, "2001:db8::2"))
            .Add(SolUdp, UdpSegment, 0xb0, 4)
            .Add(SolIpv6, Ipv62292Pktinfo, In6Pktinfo(3, "2001:db8::2"))
            .ToArray();
        byte[] expected = Expected()
            .Add(SolIp, IpPktinfo, InPktinfo(3, "192.0.2.2"))
            .Add(SolIp, IpTtl, [64])
            .Add(SolIpv6, Ipv6Pktinfo, In6Pktinfo(3, "2001:db8::2"))
            .Add(SolUdp, UdpSegment, 0xb0, 4)
            .Add(SolIpv6, Ipv62292Pktinfo, In6Pktinfo(3, "2001:db8::2"))
            .Add(SolIp, IpPktinfo, InPktinfo(7, "10.8.0.2"))
            .Pad()
            .ToArray();

        Assert.Equal(expected, Steer(control, wordSize, IpFamily.IPv4, 7, "10.8.0.2"));
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void A_copy_keeps_every_message_in_64_bit_layout(int wordSize)
    {
        ControlBuffer Build(ControlBuffer buffer) => buffer
            .Add(SolIp, IpPktinfo, InPktinfo(3, "192.0.2.2"))
            .Add(SolIp, IpTtl, [64])
            .Add(SolIpv6, Ipv6Pktinfo, In6Pktinfo(3, "2001:db8::2"))
            .Add(SolSocket, 1);
        byte[] copy = new byte[512];
        copy.AsSpan().Fill(0xa5);

        int length = ControlMessages.Copy(Build(Buffer(wordSize)).ToArray(), new(wordSize), copy);

        Assert.Equal(Build(Expected()).Pad().ToArray(), copy[..length]);
        Assert.All(copy[length..], value => Assert.Equal(0xa5, value));
    }

    [Fact]
    public void A_result_that_does_not_fit_is_refused()
    {
        byte[] control = Buffer(8).Add(SolIp, IpTtl, [64]).ToArray();
        foreach (int room in Enumerable.Range(0, 24 + 32))
        {
            Assert.Equal(-1, ControlMessages.Steer(control, AbiLayout.Bits64, new byte[room], IpFamily.IPv4, 7, null));
            Assert.Equal(room < 24 ? -1 : 24, ControlMessages.Copy(control, AbiLayout.Bits64, new byte[room]));
        }

        Assert.Equal(56, ControlMessages.Steer(control, AbiLayout.Bits64, new byte[56], IpFamily.IPv4, 7, null));
    }

    [Fact]
    public void A_steered_random_buffer_names_our_interface_last_and_keeps_the_rest()
    {
        var random = new Random(3_542);
        for (int round = 0; round < 20_000; round++)
        {
            int wordSize = random.Next(2) == 0 ? 8 : 4;
            byte[] control = RandomMessages(random, wordSize);
            IpFamily family = random.Next(2) == 0 ? IpFamily.IPv4 : IpFamily.IPv6;
            uint index = (uint)random.Next(1, 1_000);

            byte[] steered = new byte[1_024];
            int length = ControlMessages.Steer(control, new(wordSize), steered, family, index, null);

            Assert.True(length >= 0);
            steered = steered[..length];
            int ours = family == IpFamily.IPv4 ? 32 : 40;
            Assert.Equal(new(true, index, null), ControlMessages.Read(steered.AsSpan(^ours..), AbiLayout.Bits64, IpFamily.IPv6, family));
            Assert.Equal(Flattened(control, wordSize), Flattened(steered, 8).SkipLast(1));
        }
    }

    [Fact]
    public void Random_bytes_never_throw_and_what_is_not_read_is_not_copied()
    {
        var random = new Random(2_292);
        byte[] destination = new byte[4_096];
        for (int round = 0; round < 100_000; round++)
        {
            var layout = new AbiLayout(random.Next(2) == 0 ? 8 : 4);
            byte[] control = RandomInput.Bytes(random, 160);
            if (control.Length > 8 && random.Next(2) == 0)
            {
                // A length that may be right, so that more than the first header is looked at.
                control.AsSpan(..layout.WordSize).Clear();
                control[0] = (byte)random.Next(control.Length + 8);
            }

            bool valid = ControlMessages.Read(control, layout, IpFamily.IPv6, IpFamily.IPv4).IsValid;
            bool mayName = ControlMessages.MayNameWay(control, layout);
            int copied = ControlMessages.Copy(control, layout, destination);
            int steered = ControlMessages.Steer(control, layout, destination, IpFamily.IPv4, 7, null);

            Assert.Equal(copied < 0, steered < 0);
            // In a 32-bit buffer a rest that is no header is refused as well.
            Assert.True(!valid || copied >= 0 || layout.WordSize == 4);
            Assert.True(valid || mayName);
        }
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(4, false)]
    public void A_rest_that_is_no_header_is_refused_in_32_bit_layout(int wordSize, bool copied)
    {
        byte[] control = [.. Buffer(wordSize).Add(SolUdp, UdpSegment, 0xb0, 4).Pad().ToArray(), 0];

        Assert.Equal(copied, ControlMessages.Copy(control, new(wordSize), new byte[512]) >= 0);
    }

    private static ControlBuffer Buffer(int wordSize) => new(new AbiLayout(wordSize));

    /// <summary>What the supervisor makes: none of its own memory reaches the kernel as padding.</summary>
    private static ControlBuffer Expected() => new(AbiLayout.Bits64, padding: 0);

    private static byte[] Steer(byte[] control, int wordSize, IpFamily family, uint index, string? source)
    {
        byte[] destination = new byte[512];
        destination.AsSpan().Fill(0xa5);
        int length = ControlMessages.Steer(
            control, new AbiLayout(wordSize), destination, family, index, source is null ? null : Bytes.Address(source));
        Assert.All(destination[length..], value => Assert.Equal(0xa5, value));
        return destination[..length];
    }

    private static byte[] RandomMessages(Random random, int wordSize)
    {
        ControlBuffer buffer = Buffer(wordSize);
        for (int count = random.Next(5); count > 0; count--)
        {
            switch (random.Next(4))
            {
                case 0:
                    buffer.Add(SolIp, IpPktinfo, InPktinfo((uint)random.Next(), "192.0.2.2"));
                    break;
                case 1:
                    buffer.Add(SolIpv6, random.Next(2) == 0 ? Ipv6Pktinfo : Ipv62292Pktinfo, In6Pktinfo((uint)random.Next(), "2001:db8::2"));
                    break;
                default:
                    buffer.Add(random.Next(3) * 41, random.Next(60, 70), RandomInput.Bytes(random, 40));
                    break;
            }
        }

        return buffer.ToArray();
    }

    private static bool IsPktinfo(string message) =>
        message.StartsWith("0/8:", StringComparison.Ordinal) || message.StartsWith("41/50:", StringComparison.Ordinal)
        || message.StartsWith("41/2:", StringComparison.Ordinal);

    /// <summary>Each message as level, type and data, without the padding.</summary>
    private static List<string> Flattened(byte[] control, int wordSize)
    {
        var messages = new List<string>();
        for (int offset = 0; offset + wordSize + 8 <= control.Length;)
        {
            int length = BitConverter.ToInt32(control, offset);
            int level = BitConverter.ToInt32(control, offset + wordSize);
            int type = BitConverter.ToInt32(control, offset + wordSize + 4);
            messages.Add($"{level}/{type}:{Convert.ToHexString(control, offset + wordSize + 8, length - wordSize - 8)}");
            offset += (length + wordSize - 1) / wordSize * wordSize;
        }

        return messages;
    }
}
