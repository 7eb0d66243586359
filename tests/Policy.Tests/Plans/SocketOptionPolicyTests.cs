using System.Text;
using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Wire;
using static BindToInterface.Policy.Linux;

namespace BindToInterface.Policy.Tests.Plans;

/// <summary>The options that name an interface by its name or number, and those that connect.</summary>
public sealed class SocketOptionPolicyTests
{
    private const uint Ours = 7;
    private const uint Other = 0x0700_0000; // ours in the wrong byte order
    private const int ShortOfAll = 4;

    /// <summary>Each judged option, by level and name.</summary>
    public static TheoryData<int, int> EveryJudgedOption
    {
        get
        {
            var data = new TheoryData<int, int>();
            foreach ((int level, int[] names) in SocketOption.Judged)
            {
                foreach (int name in names)
                {
                    data.Add(level, name);
                }
            }

            return data;
        }
    }

    [Fact]
    public void An_option_that_is_not_judged_is_left_to_the_kernel()
    {
        HashSet<(int, int)> judged = [.. SocketOption.Judged.SelectMany(level => level.Names.Select(name => (level.Level, name))), (SOL_SCTP, SCTP_SOCKOPT_CONNECTX3)];
        byte[] everyByteOnes = Enumerable.Repeat((byte)0xff, 300).ToArray();
        for (int level = 0; level < 300; level++)
        {
            for (int name = 0; name < 300; name++)
            {
                SocketOptionAction action = Judge(level, name, everyByteOnes).Action;
                Assert.True(judged.Contains((level, name)) || action == SocketOptionAction.Continue, $"{level}/{name}: {action}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(EveryJudgedOption))]
    public void A_judged_option_that_names_another_interface_is_refused_or_at_least_not_continued(int level, int name)
    {
        byte[] everyByteOnes = Enumerable.Repeat((byte)0xff, 300).ToArray();
        if (name is MCAST_JOIN_GROUP or MCAST_LEAVE_GROUP or MCAST_JOIN_SOURCE_GROUP or MCAST_LEAVE_SOURCE_GROUP or MCAST_BLOCK_SOURCE or MCAST_UNBLOCK_SOURCE)
        {
            Bytes.In("232.1.1.1", 0).CopyTo(everyByteOnes, 8);
        }
        else if ((level, name) is (SOL_IPV6, IPV6_2292PKTOPTIONS))
        {
            everyByteOnes = new ControlBuffer(AbiLayout.Bits64)
                .Add(ControlBuffer.SolIpv6, ControlBuffer.Ipv6Pktinfo, ControlBuffer.In6Pktinfo(Other)).ToArray();
        }

        else if (name is MCAST_MSFILTER or IP_MSFILTER)
        {
            everyByteOnes = name == IP_MSFILTER
                ? [.. Bytes.In4("232.1.1.1"), .. Bytes.In4("192.0.2.1"), .. Bytes.Int(0), .. Bytes.Int(0)]
                : [.. Bytes.Int(Other), 0, 0, 0, 0, .. Bytes.In("232.1.1.1", 0), .. new byte[112], .. Bytes.Int(0), .. Bytes.Int(0)];
        }

        else if ((level, name) is (SOL_IPV6, IPV6_FLOWLABEL_MGR))
        {
            everyByteOnes = [.. new byte[32], .. new ControlBuffer(AbiLayout.Bits64).Add(ControlBuffer.SolIpv6, ControlBuffer.Ipv6Rthdr, new byte[24]).ToArray()];
        }

        else if ((level, name) is (SOL_IP, IP_OPTIONS))
        {
            everyByteOnes = [131, 7, 4, 192, 0, 2, 1];
        }

        SocketOptionAction expected = (level, name) switch
        {
            (SOL_IP, IP_ADD_SOURCE_MEMBERSHIP or IP_DROP_SOURCE_MEMBERSHIP or IP_BLOCK_SOURCE or IP_UNBLOCK_SOURCE or IP_MSFILTER) => SocketOptionAction.CheckAddress,
            (SOL_SOCKET, SO_BINDTODEVICE) => SocketOptionAction.CheckDevice,
            (SOL_SCTP, _) => SocketOptionAction.BindThenContinue,
            (SOL_IPV6 or SOL_RAW, IPV6_HDRINCL) or (SOL_IP, IP_HDRINCL) => SocketOptionAction.CheckConnection,
            _ => SocketOptionAction.Refuse,
        };
        Assert.Equal(expected, Judge(level, name, everyByteOnes).Action);
    }

    [Theory]
    [MemberData(nameof(EveryJudgedOption))]
    public void A_value_too_short_for_its_option_never_throws_and_is_left_to_the_kernel(int level, int name)
    {
        foreach (AbiLayout layout in new[] { AbiLayout.Bits64, AbiLayout.Bits32 })
        {
            int shortest = (level, name) switch
            {
                (SOL_SOCKET, SO_BINDTODEVICE) or (SOL_SCTP, _) => 0,
                // Whatever the value: the connection decides.
                (SOL_IPV6 or SOL_RAW, IPV6_HDRINCL) or (SOL_IP, IP_HDRINCL) => 0,
                (SOL_IP, IP_OPTIONS) or (SOL_IPV6, IPV6_RTHDR) => 1,
                (SOL_IP, IP_ADD_MEMBERSHIP or IP_DROP_MEMBERSHIP) => 8,
                (SOL_IP, IP_ADD_SOURCE_MEMBERSHIP or IP_DROP_SOURCE_MEMBERSHIP or IP_BLOCK_SOURCE or IP_UNBLOCK_SOURCE) => 12,
                (SOL_IP, IP_MSFILTER) => 16,
                (_, MCAST_MSFILTER) => layout.WordSize + 136,
                (SOL_IPV6, IPV6_FLOWLABEL_MGR) => 32,
                (SOL_TCP, TCP_ULP) => 0,
                (_, MCAST_JOIN_GROUP or MCAST_LEAVE_GROUP) => layout.WordSize + 128,
                (_, MCAST_JOIN_SOURCE_GROUP or MCAST_LEAVE_SOURCE_GROUP or MCAST_BLOCK_SOURCE or MCAST_UNBLOCK_SOURCE) => layout.WordSize + 256,
                (SOL_IPV6, IPV6_JOIN_GROUP or IPV6_JOIN_ANYCAST or IPV6_PKTINFO) => 20,
                (SOL_IPV6, IPV6_2292PKTOPTIONS) => layout.CmsghdrLength,
                _ => ShortOfAll,
            };
            for (int length = 0; length < shortest; length++)
            {
                byte[] value = Enumerable.Repeat((byte)0xff, length).ToArray();
                Assert.Equal(SocketOptionAction.Continue, Judge(level, name, value, layout).Action);
            }
        }
    }

    [Theory]
    [InlineData("ovpn", true)]
    [InlineData("ovpn\0", true)]
    [InlineData("ovpn\0garbage", true)]
    [InlineData("", false)]
    [InlineData("\0", false)]
    [InlineData("\0ovpn", false)]
    [InlineData("ovpn:1", false)]
    public void SO_BINDTODEVICE_binds_to_ours_and_to_nothing_else(string device, bool isOurs)
    {
        SocketOptionAction action = Judge(SOL_SOCKET, SO_BINDTODEVICE, Encoding.UTF8.GetBytes(device)).Action;

        Assert.Equal(isOurs ? SocketOptionAction.Bind : SocketOptionAction.Refuse, action);
    }

    /// <summary>Another name may be an alternative one of the same interface.</summary>
    [Theory]
    [InlineData("ovp")]
    [InlineData("ovpn2")]
    [InlineData("lan0")]
    [InlineData("OVPN")]
    [InlineData(" ovpn")]
    public void Another_name_in_SO_BINDTODEVICE_is_looked_up(string device)
    {
        SocketOptionVerdict verdict = Judge(SOL_SOCKET, SO_BINDTODEVICE, Encoding.UTF8.GetBytes($"{device}\0rest"));

        Assert.Equal((SocketOptionAction.CheckDevice, device, Errno.EPERM), (verdict.Action, verdict.Device, verdict.Error));
    }

    [Theory]
    [InlineData("tls", SocketOptionAction.Continue)]
    [InlineData("tls\0rest", SocketOptionAction.Continue)]
    [InlineData("smc", SocketOptionAction.Refuse)]
    [InlineData("tlsx", SocketOptionAction.Refuse)]
    [InlineData("", SocketOptionAction.Refuse)]
    public void TCP_ULP_is_TLS_or_not_there(string name, SocketOptionAction expected)
    {
        SocketOptionVerdict verdict = Judge(SOL_TCP, TCP_ULP, Encoding.UTF8.GetBytes(name));

        Assert.Equal(expected, verdict.Action);
        Assert.Equal(expected == SocketOptionAction.Refuse ? Errno.ENOENT : Errno.EPERM, verdict.Error);
    }

    [Fact]
    public void A_flow_label_has_no_routing_header()
    {
        byte[] request = new byte[32];
        byte[] hopLimit = new ControlBuffer(AbiLayout.Bits64).Add(ControlBuffer.SolIpv6, ControlBuffer.Ipv6Hoplimit, Bytes.Int(3)).ToArray();
        byte[] route = new ControlBuffer(AbiLayout.Bits64).Add(ControlBuffer.SolIpv6, ControlBuffer.Ipv6Rthdr, new byte[24]).ToArray();
        byte[] both = new ControlBuffer(AbiLayout.Bits64).Add(ControlBuffer.SolIpv6, ControlBuffer.Ipv6Hoplimit, Bytes.Int(3))
            .Add(ControlBuffer.SolIpv6, ControlBuffer.Ipv62292Rthdr, new byte[24]).ToArray();

        Assert.Equal(SocketOptionAction.Continue, Judge(SOL_IPV6, IPV6_FLOWLABEL_MGR, request).Action);
        Assert.Equal(SocketOptionAction.Continue, Judge(SOL_IPV6, IPV6_FLOWLABEL_MGR, [.. request, .. hopLimit]).Action);
        Assert.Equal(SocketOptionAction.Refuse, Judge(SOL_IPV6, IPV6_FLOWLABEL_MGR, [.. request, .. route]).Action);
        Assert.Equal(SocketOptionAction.Refuse, Judge(SOL_IPV6, IPV6_FLOWLABEL_MGR, [.. request, .. both], AbiLayout.Bits32).Action);
    }

    /// <summary>However long a value is said to be, what it means is judged: nothing of it is left to the kernel for its length.</summary>
    [Theory]
    [MemberData(nameof(EveryJudgedOption))]
    public void A_value_is_judged_whatever_its_length(int level, int name)
    {
        int most = 0;
        foreach (int length in new[] { 0, 1, 4, 12, 15, 16, 20, 136, 264, 512, 65_535, 65_536, 65_568, 65_569, 131_072, 131_073, int.MaxValue })
        {
            int? judged = SocketOptionValue.LengthToJudge(level, name, length, AbiLayout.Bits64);
            if (judged is null)
            {
                // Lists, which the kernel finds too long itself.
                Assert.True(name is IPV6_2292PKTOPTIONS or IPV6_FLOWLABEL_MGR && length > 65_536, $"{level}/{name}: {length}");
                continue;
            }

            Assert.InRange(judged.Value, most, Math.Min(length, SocketOptionValue.MaximumLength));
            most = judged.Value;
        }

        // As much as the option needs to be judged at all.
        byte[] everyByteOnes = Enumerable.Repeat((byte)0xff, most).ToArray();
        bool decides = level == SOL_SCTP || name is IPV6_HDRINCL or IP_HDRINCL || most > 0;
        Assert.True(decides, $"{level}/{name}");
        Judge(level, name, everyByteOnes);
    }

    [Theory]
    [InlineData("123456789012345", "123456789012345", true)]
    [InlineData("123456789012345", "123456789012345-and-more", true)] // the kernel reads 15 bytes
    [InlineData("détour", "détour\0", true)]
    public void SO_BINDTODEVICE_is_read_as_the_kernel_reads_it(string ours, string device, bool isOurs)
    {
        var policy = new SocketOptionPolicy(Policies.Of(ours), [Ours]);

        SocketOptionAction action = policy.Judge(SOL_SOCKET, SO_BINDTODEVICE, Encoding.UTF8.GetBytes(device), AbiLayout.Bits64).Action;

        Assert.Equal(isOurs ? SocketOptionAction.Bind : SocketOptionAction.Refuse, action);
    }

    [Theory]
    [InlineData(Ours, SocketOptionAction.Bind)]
    [InlineData(Other, SocketOptionAction.Refuse)]
    [InlineData(0, SocketOptionAction.Refuse)]
    public void SO_BINDTOIFINDEX_binds_to_ours_and_never_to_none(uint index, SocketOptionAction expected) =>
        Assert.Equal(expected, Judge(SOL_SOCKET, SO_BINDTOIFINDEX, Bytes.Int(index)).Action);

    [Theory]
    [InlineData(SOL_IP, IP_UNICAST_IF)]
    [InlineData(SOL_IPV6, IPV6_UNICAST_IF)]
    public void UNICAST_IF_is_in_network_order(int level, int name)
    {
        Assert.Equal(SocketOptionAction.Continue, Judge(level, name, Bytes.BigEndian(Ours)).Action);
        Assert.Equal(SocketOptionAction.Continue, Judge(level, name, Bytes.BigEndian(0u)).Action);
        Assert.Equal(SocketOptionAction.Refuse, Judge(level, name, Bytes.Int(Ours)).Action);
        Assert.Equal(SocketOptionAction.Refuse, Judge(level, name, Bytes.BigEndian(8u)).Action);
    }

    [Theory]
    [InlineData(Ours, SocketOptionAction.Continue)]
    [InlineData(0, SocketOptionAction.Continue)]
    [InlineData(Other, SocketOptionAction.Refuse)]
    public void IPV6_MULTICAST_IF_is_in_host_order(uint index, SocketOptionAction expected) =>
        Assert.Equal(expected, Judge(SOL_IPV6, IPV6_MULTICAST_IF, Bytes.Int(index)).Action);

    [Fact]
    public void Where_our_interface_does_not_exist_no_number_is_ours()
    {
        var policy = new SocketOptionPolicy(Policies.Of(), [0]);

        Assert.Equal(SocketOptionAction.Refuse, policy.Judge(SOL_SOCKET, SO_BINDTOIFINDEX, Bytes.Int(0), AbiLayout.Bits64).Action);
        Assert.Equal(SocketOptionAction.Refuse, policy.Judge(SOL_SOCKET, SO_BINDTOIFINDEX, Bytes.Int(Ours), AbiLayout.Bits64).Action);
        Assert.Equal(SocketOptionAction.Refuse, policy.Judge(SOL_IPV6, IPV6_MULTICAST_IF, Bytes.Int(Ours), AbiLayout.Bits64).Action);
        Assert.Equal(SocketOptionAction.Refuse, policy.Judge(SOL_IPV6, IPV6_JOIN_ANYCAST, new byte[20], AbiLayout.Bits64).Action);
        Assert.Equal(SocketOptionAction.Bind, policy.Judge(SOL_SOCKET, SO_BINDTODEVICE, "ovpn"u8, AbiLayout.Bits64).Action);
    }

    [Theory]
    [InlineData(0, "::", SocketOptionAction.Continue)]
    [InlineData(Ours, "::", SocketOptionAction.Continue)]
    [InlineData(Other, "::", SocketOptionAction.Refuse)]
    [InlineData(0, "fd00::2", SocketOptionAction.CheckAddress)]
    [InlineData(Ours, "fd00::2", SocketOptionAction.CheckAddress)]
    [InlineData(Other, "fd00::2", SocketOptionAction.Refuse)]
    public void A_sticky_PKTINFO_may_name_our_interface_and_an_address_that_must_be_checked(
        uint index, string address, SocketOptionAction expected)
    {
        byte[] pktinfo = ControlBuffer.In6Pktinfo(index, address);
        byte[] options = new ControlBuffer(AbiLayout.Bits64).Add(ControlBuffer.SolIpv6, ControlBuffer.Ipv62292Pktinfo, pktinfo).ToArray();

        // The kernel reads those of a 32-bit program no other way.
        foreach (SocketOptionVerdict verdict in new[]
        {
            Judge(SOL_IPV6, IPV6_PKTINFO, pktinfo),
            Judge(SOL_IPV6, IPV6_2292PKTOPTIONS, options),
            Judge(SOL_IPV6, IPV6_2292PKTOPTIONS, options, AbiLayout.Bits32),
        })
        {
            Assert.Equal(expected, verdict.Action);
            Assert.Equal(expected == SocketOptionAction.CheckAddress ? Bytes.Address(address) : default, verdict.Address);
        }
    }

    [Fact]
    public void A_first_hop_of_the_programs_choice_is_refused_and_can_be_taken_away()
    {
        byte[] routerAlert = [148, 4, 0, 0];
        byte[] sourceRoute = [.. routerAlert, 137, 7, 4, 192, 0, 2, 1];
        byte[] sticky = new ControlBuffer(AbiLayout.Bits64).Add(ControlBuffer.SolIpv6, ControlBuffer.Ipv62292Rthdr, new byte[24]).ToArray();

        Assert.Equal(SocketOptionAction.Refuse, Judge(SOL_IP, IP_OPTIONS, sourceRoute).Action);
        Assert.Equal(SocketOptionAction.Continue, Judge(SOL_IP, IP_OPTIONS, routerAlert).Action);
        Assert.Equal(SocketOptionAction.Continue, Judge(SOL_IP, IP_OPTIONS, []).Action);
        Assert.Equal(SocketOptionAction.Refuse, Judge(SOL_IPV6, IPV6_RTHDR, new byte[24]).Action);
        Assert.Equal(SocketOptionAction.Continue, Judge(SOL_IPV6, IPV6_RTHDR, []).Action);
        Assert.Equal(SocketOptionAction.Refuse, Judge(SOL_IPV6, IPV6_2292PKTOPTIONS, sticky).Action);
    }

    [Fact]
    public void Sticky_options_that_are_malformed_or_say_nothing_are_left_to_the_kernel()
    {
        byte[] lying = new ControlBuffer(AbiLayout.Bits64).AddClaiming(200, ControlBuffer.SolIpv6, ControlBuffer.Ipv6Pktinfo, new byte[20]).ToArray();
        byte[] hoplimit = new ControlBuffer(AbiLayout.Bits64).Add(ControlBuffer.SolIpv6, ControlBuffer.Ipv6Hoplimit, Bytes.Int(3)).ToArray();

        Assert.Equal(SocketOptionAction.Continue, Judge(SOL_IPV6, IPV6_2292PKTOPTIONS, lying).Action);
        Assert.Equal(SocketOptionAction.Continue, Judge(SOL_IPV6, IPV6_2292PKTOPTIONS, hoplimit).Action);
        Assert.Equal(SocketOptionAction.Continue, Judge(SOL_IPV6, IPV6_2292PKTOPTIONS, []).Action);
    }

    [Theory]
    [InlineData(SCTP_SOCKOPT_CONNECTX)]
    [InlineData(SCTP_SOCKOPT_CONNECTX_OLD)]
    [InlineData(SCTP_SOCKOPT_CONNECTX3)] // comes by getsockopt
    public void The_connectx_options_are_bound_first_whatever_their_value(int name)
    {
        Assert.Equal(SocketOptionAction.BindThenContinue, Judge(SOL_SCTP, name, []).Action);
        Assert.Equal(SocketOptionAction.BindThenContinue, Judge(SOL_SCTP, name, Bytes.In("192.0.2.1", 80)).Action);
    }

    [Theory]
    [MemberData(nameof(EveryJudgedOption))]
    public void Random_values_never_throw(int level, int name)
    {
        var random = new Random(level * 1_000 + name);
        for (int round = 0; round < 5_000; round++)
        {
            byte[] value = RandomInput.Bytes(random, 300);
            Judge(level, name, value);
            Judge(level, name, value, AbiLayout.Bits32);
        }
    }

    private static SocketOptionVerdict Judge(int level, int name, byte[] value, AbiLayout? layout = null) =>
        new SocketOptionPolicy(Policies.Of(), [Ours]).Judge(level, name, value, layout ?? AbiLayout.Bits64);
}
