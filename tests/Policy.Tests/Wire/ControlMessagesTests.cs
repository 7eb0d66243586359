using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;
using static BindToInterface.Policy.Tests.ControlBuffer;

namespace BindToInterface.Policy.Tests.Wire;

public sealed class ControlMessagesTests
{
    private static readonly ControlMessages.Summary Nothing = new(true, 0, null);

    public static TheoryData<int> Layouts => [8, 4];

    [Theory]
    [MemberData(nameof(Layouts))]
    public void An_empty_buffer_says_nothing(int wordSize)
    {
        foreach (int length in Enumerable.Range(0, wordSize + 8))
        {
            byte[] tooShortForAHeader = new byte[length];
            Assert.Equal(Nothing, Read(tooShortForAHeader, wordSize, IpFamily.IPv4, IpFamily.IPv4));
            Assert.False(ControlMessages.MayNameWay(tooShortForAHeader, new(wordSize)));
        }
    }

    [Fact]
    public void Marks_priorities_and_header_options_may_take_a_capability_and_nothing_else_does()
    {
        (int, int)[] privileged = [(1, 12), (1, 36), (0, 7), (41, 3), (41, 4), (41, 54), (41, 55), (41, 59)];
        foreach (int level in new[] { 0, 1, 17, 41 })
        {
            foreach (int type in Enumerable.Range(0, 80))
            {
                byte[] alone = Buffer(8).Add(level, type, 0, 0, 0, 0).ToArray();
                byte[] second = Buffer(8).Add(SolIp, IpPktinfo, InPktinfo(7)).Add(level, type, 0, 0, 0, 0).ToArray();

                Assert.Equal(privileged.Contains((level, type)), ControlMessages.MayNeedPrivilege(alone));
                Assert.Equal(privileged.Contains((level, type)), ControlMessages.MayNeedPrivilege(second));
            }
        }

        Assert.False(ControlMessages.MayNeedPrivilege([]));
        Assert.False(ControlMessages.MayNeedPrivilege(new byte[20]));
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void IP_PKTINFO_names_the_interface_and_the_source_but_not_the_destination(int wordSize)
    {
        byte[] control = Buffer(wordSize).Add(SolIp, IpPktinfo, InPktinfo(7, "10.8.0.2", "192.0.2.1")).ToArray();

        Assert.Equal(new(true, 7, Bytes.Address("10.8.0.2")), Read(control, wordSize, IpFamily.IPv4, IpFamily.IPv4));
        Assert.True(ControlMessages.MayNameWay(control, new(wordSize)));
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Either_IPV6_PKTINFO_names_the_interface_and_the_source(int wordSize)
    {
        foreach (int type in new[] { Ipv6Pktinfo, Ipv62292Pktinfo })
        {
            byte[] control = Buffer(wordSize).Add(SolIpv6, type, In6Pktinfo(9, "fd00::2")).ToArray();

            Assert.Equal(new(true, 9, Bytes.Address("fd00::2")), Read(control, wordSize, IpFamily.IPv6, IpFamily.IPv6));
            Assert.True(ControlMessages.MayNameWay(control, new(wordSize)));
        }
    }

    /// <summary>Which level counts, by the socket and the way to the destination (a mapped one is IPv4).</summary>
    [Theory]
    [InlineData(IpFamily.IPv4, IpFamily.IPv4, true, false)]
    [InlineData(IpFamily.IPv6, IpFamily.IPv4, true, true)]
    [InlineData(IpFamily.IPv6, IpFamily.IPv6, false, true)]
    public void A_level_counts_where_the_kernel_reads_it(IpFamily socket, IpFamily destination, bool ip, bool ipv6)
    {
        byte[] withIp = Buffer(8).Add(SolIp, IpPktinfo, InPktinfo(7, "10.8.0.2")).ToArray();
        byte[] withIpv6 = Buffer(8).Add(SolIpv6, Ipv6Pktinfo, In6Pktinfo(9, "::ffff:10.8.0.3")).ToArray();

        Assert.Equal(ip ? new(true, 7, Bytes.Address("10.8.0.2")) : Nothing, Read(withIp, 8, socket, destination));
        Assert.Equal(ipv6 ? new(true, 9, Bytes.Address("10.8.0.3")) : Nothing, Read(withIpv6, 8, socket, destination));
    }

    [Fact]
    public void Other_messages_say_nothing_of_the_way()
    {
        byte[] control = Buffer(8)
            .Add(SolSocket, IpPktinfo, InPktinfo(7)) // SCM_… 8
            .Add(SolUdp, IpPktinfo, InPktinfo(7))
            .Add(SolIp, IpTtl, Bytes.Int(3))
            .Add(SolIp, Ipv6Pktinfo, In6Pktinfo(9))
            .Add(SolIpv6, IpPktinfo, InPktinfo(7))
            .Add(SolIpv6, Ipv6Hoplimit, Bytes.Int(3))
            .ToArray();

        Assert.Equal(Nothing, Read(control, 8, IpFamily.IPv6, IpFamily.IPv4));
        Assert.Equal(Nothing, Read(control, 8, IpFamily.IPv6, IpFamily.IPv6));
        Assert.False(ControlMessages.MayNameWay(control, AbiLayout.Bits64));
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void A_later_message_overrides_an_earlier_one(int wordSize)
    {
        byte[] control = Buffer(wordSize)
            .Add(SolIp, IpPktinfo, InPktinfo(7, "10.8.0.2"))
            .Add(SolIp, IpTtl, [64])
            .Add(SolIp, IpPktinfo, InPktinfo(8, "10.8.0.3"))
            .ToArray();

        Assert.Equal(new(true, 8, Bytes.Address("10.8.0.3")), Read(control, wordSize, IpFamily.IPv4, IpFamily.IPv4));
    }

    [Fact]
    public void A_later_message_that_names_no_interface_leaves_the_earlier_one_standing()
    {
        byte[] control = Buffer(8).Add(SolIp, IpPktinfo, InPktinfo(7)).Add(SolIp, IpPktinfo, InPktinfo(0, "10.8.0.3")).ToArray();

        Assert.Equal(new(true, 7, Bytes.Address("10.8.0.3")), Read(control, 8, IpFamily.IPv4, IpFamily.IPv4));
    }

    [Fact]
    public void A_message_behind_others_of_odd_lengths_is_found()
    {
        foreach (int wordSize in new[] { 8, 4 })
        {
            for (int odd = 0; odd < 17; odd++)
            {
                byte[] control = Buffer(wordSize).Add(SolSocket, 1, new byte[odd]).Add(SolIp, IpPktinfo, InPktinfo(7)).ToArray();

                Assert.Equal(7u, Read(control, wordSize, IpFamily.IPv4, IpFamily.IPv4).InterfaceIndex);
                Assert.True(ControlMessages.MayNameWay(control, new(wordSize)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void A_header_that_lies_about_its_length_makes_the_buffer_invalid(int wordSize)
    {
        int header = wordSize + 8;
        ulong huge = wordSize == 8 ? ulong.MaxValue : uint.MaxValue;
        foreach (ulong length in new ulong[] { 0, 1, (ulong)header - 1, (ulong)header + 5, huge, huge - 7, (huge >> 1) + 1, int.MaxValue })
        {
            byte[] control = Buffer(wordSize).Add(SolIp, IpTtl, [64]).AddClaiming(length, SolIp, IpTtl, Bytes.Int(1)).ToArray();

            Assert.False(Read(control, wordSize, IpFamily.IPv4, IpFamily.IPv4).IsValid, $"{length}");
            Assert.True(ControlMessages.MayNameWay(control, new(wordSize)), $"{length}");
            Assert.Equal(-1, ControlMessages.Copy(control, new(wordSize), new byte[256]));
            Assert.Equal(-1, ControlMessages.Steer(control, new(wordSize), new byte[256], IpFamily.IPv4, 3, null));
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void A_header_without_data_is_whole(int wordSize)
    {
        byte[] control = Buffer(wordSize).Add(SolSocket, 1).Add(SolIp, IpPktinfo, InPktinfo(7)).ToArray();

        Assert.Equal(7u, Read(control, wordSize, IpFamily.IPv4, IpFamily.IPv4).InterfaceIndex);
    }

    [Fact]
    public void An_unfinished_header_after_the_last_message_is_left_alone()
    {
        byte[] control = Buffer(8).Add(SolIp, IpPktinfo, InPktinfo(7)).Pad().AddRaw(new byte[15]).ToArray();

        Assert.Equal(new(true, 7, null), Read(control, 8, IpFamily.IPv4, IpFamily.IPv4));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(8, false)]
    [InlineData(11, false)]
    [InlineData(12, true)]
    [InlineData(13, false)]
    [InlineData(16, false)]
    public void An_in_pktinfo_has_its_exact_length(int length, bool isValid)
    {
        byte[] control = Buffer(8).Add(SolIp, IpPktinfo, new byte[length]).ToArray();

        Assert.Equal(isValid, Read(control, 8, IpFamily.IPv4, IpFamily.IPv4).IsValid);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(16, false)]
    [InlineData(19, false)]
    [InlineData(20, true)]
    [InlineData(24, true)]
    public void An_in6_pktinfo_has_at_least_its_length(int length, bool isValid)
    {
        byte[] control = Buffer(8).Add(SolIpv6, Ipv6Pktinfo, new byte[length]).ToArray();

        Assert.Equal(isValid, Read(control, 8, IpFamily.IPv6, IpFamily.IPv6).IsValid);
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void A_routing_header_or_a_source_route_names_another_first_hop(int wordSize)
    {
        foreach (byte[] control in new[]
        {
            Buffer(wordSize).Add(SolIpv6, Ipv6Rthdr, new byte[24]).ToArray(),
            Buffer(wordSize).Add(SolIpv6, Ipv62292Rthdr, new byte[24]).ToArray(),
            Buffer(wordSize).Add(SolIp, IpTtl, [64]).Add(SolIp, IpRetopts, 131, 7, 4, 192, 0, 2, 1).ToArray(),
        })
        {
            // Followed by a PKTINFO, which does not make it forgotten.
            byte[] withPktinfo = [.. control, .. new byte[(wordSize - control.Length % wordSize) % wordSize], .. Buffer(wordSize).Add(SolIp, IpPktinfo, InPktinfo(7)).ToArray()];

            Assert.True(ControlMessages.MayNameWay(control, new(wordSize)));
            Assert.Equal(Nothing with { HasSourceRoute = true }, Read(control, wordSize, IpFamily.IPv6, IpFamily.IPv6));
            Assert.Equal(new(true, 7, null, true), Read(withPktinfo, wordSize, IpFamily.IPv6, IpFamily.IPv4));
        }
    }

    [Fact]
    public void Header_options_without_a_route_and_the_same_numbers_of_the_other_level_name_no_hop()
    {
        byte[] control = Buffer(8)
            .Add(SolIp, IpRetopts, 148, 4, 0, 0) // router alert
            .Add(SolIp, Ipv6Rthdr, new byte[24])
            .Add(SolIp, Ipv62292Rthdr, new byte[24])
            .Add(SolIpv6, IpRetopts, 131, 7, 4, 192, 0, 2, 1)
            .ToArray();

        Assert.Equal(Nothing, Read(control, 8, IpFamily.IPv6, IpFamily.IPv4));
        Assert.False(ControlMessages.MayNameWay(control, AbiLayout.Bits64));
    }

    private static ControlBuffer Buffer(int wordSize) => new(new AbiLayout(wordSize));

    private static ControlMessages.Summary Read(byte[] control, int wordSize, IpFamily socket, IpFamily destination) =>
        ControlMessages.Read(control, new AbiLayout(wordSize), socket, destination);
}
