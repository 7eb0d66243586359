using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using static BindToInterface.Policy.Linux;

namespace BindToInterface.Policy.Tests;

/// <summary>The options that choose the interface of multicast, and those that join a group.</summary>
public sealed class MulticastOptionTests
{
    private const uint Ours = 7;
    private const string Group = "232.1.1.1";
    private const string Sender = "192.0.2.9";
    private const string Group6 = "ff3e::8000:1";
    private const string Sender6 = "2001:db8::9";

    /// <summary>Every way to join, as a function of the ifindex and the local address that it names.</summary>
    public enum Way
    {
        IpMreq,
        IpMreqn,
        IpMreqSource,
        Ipv6Mreq,
        GroupReq,
        GroupReq6,
        GroupReq32,
        GroupSourceReq,
        GroupSourceReq6,
        GroupSourceReq32,
    }

    [Theory]
    [InlineData("0.0.0.0", SocketOptionAction.Continue)]
    [InlineData("10.8.0.2", SocketOptionAction.CheckAddress)]
    public void IP_MULTICAST_IF_may_be_an_address(string address, SocketOptionAction expected)
    {
        SocketOptionVerdict[] verdicts =
        [
            Judge(SOL_IP, IP_MULTICAST_IF, Bytes.In4(address)),
            Judge(SOL_IP, IP_MULTICAST_IF, [.. Bytes.In4(address), 0xff, 0xff, 0xff]),
            Judge(SOL_IP, IP_MULTICAST_IF, [.. Bytes.In4(Group), .. Bytes.In4(address)]),
            Judge(SOL_IP, IP_MULTICAST_IF, [.. Bytes.In4(Group), .. Bytes.In4(address), 0xff, 0xff, 0xff]),
            Judge(SOL_IP, IP_MULTICAST_IF, [.. Bytes.In4(Group), .. Bytes.In4(address), .. Bytes.Int(0)]),
        ];

        Assert.All(verdicts, verdict => Assert.Equal(expected, verdict.Action));
        Assert.All(verdicts, verdict => Assert.Equal(expected == SocketOptionAction.CheckAddress ? Bytes.Address(address) : default, verdict.Address));
    }

    [Theory]
    [InlineData(Ours, SocketOptionAction.Continue)]
    [InlineData(Ours + 1, SocketOptionAction.Refuse)]
    public void IP_MULTICAST_IF_may_be_a_number(uint index, SocketOptionAction expected) =>
        Assert.Equal(expected, Judge(SOL_IP, IP_MULTICAST_IF, [.. Bytes.In4(Group), .. Bytes.In4("0.0.0.0"), .. Bytes.Int(index)]).Action);

    [Theory]
    [InlineData(Way.IpMreq)]
    [InlineData(Way.IpMreqn)]
    [InlineData(Way.IpMreqSource)]
    [InlineData(Way.Ipv6Mreq)]
    [InlineData(Way.GroupReq)]
    [InlineData(Way.GroupReq6)]
    [InlineData(Way.GroupReq32)]
    [InlineData(Way.GroupSourceReq)]
    [InlineData(Way.GroupSourceReq6)]
    [InlineData(Way.GroupSourceReq32)]
    public void A_join_on_an_interface_of_the_kernels_choice_is_made_on_ours(Way way)
    {
        SocketOptionVerdict verdict = Join(Policies.Of(), way, 0);

        bool isIPv6 = way is Way.Ipv6Mreq or Way.GroupReq6 or Way.GroupSourceReq6;
        bool hasSource = way is Way.IpMreqSource or Way.GroupSourceReq or Way.GroupSourceReq6 or Way.GroupSourceReq32;
        Assert.Equal(SocketOptionAction.Membership, verdict.Action);
        Assert.Equal(Bytes.Address(isIPv6 ? Group6 : Group), verdict.Group);
        Assert.Equal(hasSource ? Bytes.Address(isIPv6 ? Sender6 : Sender) : null, verdict.GroupSource);
    }

    [Theory]
    [InlineData(Way.IpMreqn)]
    [InlineData(Way.Ipv6Mreq)]
    [InlineData(Way.GroupReq)]
    [InlineData(Way.GroupReq6)]
    [InlineData(Way.GroupReq32)]
    [InlineData(Way.GroupSourceReq)]
    [InlineData(Way.GroupSourceReq6)]
    [InlineData(Way.GroupSourceReq32)]
    public void A_join_on_our_interface_is_the_kernels_and_on_another_is_refused(Way way)
    {
        Assert.Equal(SocketOptionAction.Continue, Join(Policies.Of(), way, Ours).Action);
        Assert.Equal(SocketOptionAction.Refuse, Join(Policies.Of(), way, Ours + 1).Action);
    }

    /// <summary>Programs that try one interface after the other skip those that say so.</summary>
    [Fact]
    public void What_is_refused_is_answered_as_the_kernel_answers_for_an_interface_that_is_not_there()
    {
        Assert.All(
            new[]
            {
                Join(Policies.Of(), Way.IpMreqn, Ours + 1), Join(Policies.Of(), Way.Ipv6Mreq, Ours + 1), Join(Policies.Of(), Way.GroupReq, Ours + 1),
                Judge(SOL_IPV6, IPV6_MULTICAST_IF, Bytes.Int(Ours + 1)), Judge(SOL_IP, IP_MULTICAST_IF, [.. new byte[8], .. Bytes.Int(Ours + 1)]),
            },
            verdict => Assert.Equal((SocketOptionAction.Refuse, Errno.ENODEV), (verdict.Action, verdict.Error)));
        Assert.All(
            new[] { Join(Policies.Of(), Way.IpMreq, 0, "192.0.2.1"), Judge(SOL_IP, IP_MULTICAST_IF, Bytes.In4("192.0.2.1")) },
            verdict => Assert.Equal((SocketOptionAction.CheckAddress, Errno.EADDRNOTAVAIL), (verdict.Action, verdict.Error)));
    }

    [Theory]
    [InlineData("loopback", SocketOptionAction.Continue, SocketOptionAction.Continue)]
    [InlineData("198.51.100.1", SocketOptionAction.Refuse, SocketOptionAction.CheckAddress)]
    public void Loopback_may_be_joined_where_it_is_excluded(string exclude, SocketOptionAction byNumber, SocketOptionAction byAddress)
    {
        const uint Loopback = 1;
        TrafficPolicy policy = Policies.Of(exclude: exclude);

        Assert.Equal(byNumber, Join(policy, Way.IpMreqn, Loopback).Action);
        Assert.Equal(byNumber, Join(policy, Way.Ipv6Mreq, Loopback).Action);
        Assert.Equal(byNumber, Join(policy, Way.GroupReq6, Loopback).Action);
        Assert.Equal(byAddress, Join(policy, Way.IpMreq, 0, "127.0.0.1").Action);
        Assert.Equal(SocketOptionAction.Refuse, Join(policy, Way.IpMreqn, Ours + 1).Action);
    }

    [Fact]
    public void A_list_of_sources_is_set_where_the_group_was_joined()
    {
        byte[] sources = [.. Bytes.In4("192.0.2.1"), .. Bytes.In4("192.0.2.2")];
        byte[] msfilter = [.. Bytes.In4(Group), .. Bytes.In4("0.0.0.0"), .. Bytes.Int(1), .. Bytes.Int(2), .. sources];
        byte[] tail = [.. Bytes.Int(1), .. Bytes.Int(2), .. Storage("192.0.2.1"), .. Storage("192.0.2.2")];
        byte[] expected = [.. Bytes.Int(Ours), 0, 0, 0, 0, .. Storage(Group), .. tail];

        foreach ((int name, byte[] value, AbiLayout layout) in new[]
        {
            (IP_MSFILTER, msfilter, AbiLayout.Bits64), (IP_MSFILTER, msfilter, AbiLayout.Bits32),
            (MCAST_MSFILTER, (byte[])[.. new byte[8], .. Storage(Group), .. tail], AbiLayout.Bits64),
            (MCAST_MSFILTER, [.. new byte[4], .. Storage(Group), .. tail], AbiLayout.Bits32),
        })
        {
            SocketOptionVerdict verdict = new SocketOptionPolicy(Policies.Of(), [Ours]).Judge(SOL_IP, name, value, layout);
            Assert.Equal((SocketOptionAction.SourceFilter, Bytes.Address(Group)), (verdict.Action, verdict.Group));

            bool isIpMsfilter = name == IP_MSFILTER;
            byte[] result = new byte[SourceFilter.LengthOf(isIpMsfilter, value, layout)];
            SourceFilter.Write(isIpMsfilter, value, layout, Ours, result);
            Assert.Equal(expected, result);

            // Cut off, it is the kernel's to refuse.
            Assert.Equal(
                SocketOptionAction.Continue, new SocketOptionPolicy(Policies.Of(), [Ours]).Judge(SOL_IP, name, value.AsSpan(..^1), layout).Action);
        }

        static byte[] Storage(string address) => [.. Bytes.In(address, 0), .. new byte[112]];
    }

    [Theory]
    [InlineData(Way.IpMreq)]
    [InlineData(Way.IpMreqn)]
    [InlineData(Way.IpMreqSource)]
    public void A_join_by_a_local_address_depends_on_whose_address_it_is(Way way)
    {
        SocketOptionVerdict verdict = Join(Policies.Of(), way, 0, "10.8.0.2");

        Assert.Equal(SocketOptionAction.CheckAddress, verdict.Action);
        Assert.Equal(Bytes.Address("10.8.0.2"), verdict.Address);
    }

    [Theory]
    [InlineData(Ours, SocketOptionAction.Continue)]
    [InlineData(Ours + 1, SocketOptionAction.Refuse)]
    public void Where_a_join_has_both_the_number_counts_as_it_does_for_the_kernel(uint index, SocketOptionAction expected) =>
        Assert.Equal(expected, Join(Policies.Of(), Way.IpMreqn, index, "10.8.0.2").Action);

    [Theory]
    [InlineData(Way.IpMreq)]
    [InlineData(Way.IpMreqn)]
    [InlineData(Way.IpMreqSource)]
    [InlineData(Way.Ipv6Mreq)]
    [InlineData(Way.GroupReq)]
    [InlineData(Way.GroupReq6)]
    [InlineData(Way.GroupReq32)]
    [InlineData(Way.GroupSourceReq)]
    [InlineData(Way.GroupSourceReq6)]
    [InlineData(Way.GroupSourceReq32)]
    public void An_excluded_group_is_left_alone_on_every_interface(Way way)
    {
        TrafficPolicy policy = Policies.Of(exclude: "232.,ff00::/8");

        Assert.Equal(SocketOptionAction.Continue, Join(policy, way, 0).Action);
        Assert.Equal(SocketOptionAction.Continue, Join(policy, way, Ours + 1).Action);
        Assert.Equal(SocketOptionAction.Membership, Join(Policies.Of(exclude: "233.,192.0.2.9,2001:db8::9,127."), way, 0).Action);
    }

    [Fact]
    public void A_group_is_left_and_its_sources_chosen_where_it_was_joined()
    {
        byte[] group = [.. Bytes.In4(Group), .. Bytes.In4("0.0.0.0")];
        byte[] source = [.. group, .. Bytes.In4(Sender)];
        byte[] request = Request(8, 0, Bytes.In(Group, 0));
        byte[] sourceRequest = Request(8, 0, Bytes.In(Group, 0), Bytes.In(Sender, 0));

        foreach ((int option, byte[] value, int expected) in new[]
        {
            (IP_ADD_MEMBERSHIP, group, MCAST_JOIN_GROUP), (IP_DROP_MEMBERSHIP, group, MCAST_LEAVE_GROUP),
            (IP_ADD_SOURCE_MEMBERSHIP, source, MCAST_JOIN_SOURCE_GROUP), (IP_DROP_SOURCE_MEMBERSHIP, source, MCAST_LEAVE_SOURCE_GROUP),
            (IP_BLOCK_SOURCE, source, MCAST_BLOCK_SOURCE), (IP_UNBLOCK_SOURCE, source, MCAST_UNBLOCK_SOURCE),
            (MCAST_JOIN_GROUP, request, MCAST_JOIN_GROUP), (MCAST_LEAVE_GROUP, request, MCAST_LEAVE_GROUP),
            (MCAST_JOIN_SOURCE_GROUP, sourceRequest, MCAST_JOIN_SOURCE_GROUP), (MCAST_LEAVE_SOURCE_GROUP, sourceRequest, MCAST_LEAVE_SOURCE_GROUP),
            (MCAST_BLOCK_SOURCE, sourceRequest, MCAST_BLOCK_SOURCE), (MCAST_UNBLOCK_SOURCE, sourceRequest, MCAST_UNBLOCK_SOURCE),
        })
        {
            SocketOptionVerdict verdict = Judge(SOL_IP, option, value);

            Assert.Equal((SocketOptionAction.Membership, expected), (verdict.Action, verdict.GroupOption));
        }
    }

    [Theory]
    [InlineData(Ours, SocketOptionAction.Continue)]
    [InlineData(Ours + 1, SocketOptionAction.Refuse)]
    [InlineData(0, SocketOptionAction.Refuse)]
    public void Anycast_takes_our_interface_only(uint index, SocketOptionAction expected)
    {
        byte[] value = [.. Bytes.In16("2001:db8::"), .. Bytes.Int(index)];

        Assert.Equal(expected, Judge(SOL_IPV6, IPV6_JOIN_ANYCAST, value).Action);
    }

    [Fact]
    public void A_group_request_without_an_IP_address_is_left_to_the_kernel()
    {
        byte[] value = new byte[136];

        Assert.Equal(SocketOptionAction.Continue, Judge(SOL_IP, MCAST_JOIN_GROUP, value).Action);
    }

    private static SocketOptionVerdict Join(TrafficPolicy policy, Way way, uint index, string local = "0.0.0.0")
    {
        (int level, int name, byte[] value) = way switch
        {
            Way.IpMreq => (SOL_IP, IP_ADD_MEMBERSHIP, (byte[])[.. Bytes.In4(Group), .. Bytes.In4(local)]),
            Way.IpMreqn => (SOL_IP, IP_ADD_MEMBERSHIP, [.. Bytes.In4(Group), .. Bytes.In4(local), .. Bytes.Int(index)]),
            Way.IpMreqSource => (SOL_IP, IP_ADD_SOURCE_MEMBERSHIP, [.. Bytes.In4(Group), .. Bytes.In4(local), .. Bytes.In4(Sender)]),
            Way.Ipv6Mreq => (SOL_IPV6, IPV6_JOIN_GROUP, [.. Bytes.In16(Group6), .. Bytes.Int(index)]),
            Way.GroupReq => (SOL_IP, MCAST_JOIN_GROUP, Request(8, index, Bytes.In(Group, 0))),
            Way.GroupReq6 => (SOL_IPV6, MCAST_JOIN_GROUP, Request(8, index, Bytes.In6(Group6, 0))),
            Way.GroupReq32 => (SOL_IP, MCAST_JOIN_GROUP, Request(4, index, Bytes.In(Group, 0))),
            Way.GroupSourceReq => (SOL_IP, MCAST_JOIN_SOURCE_GROUP, Request(8, index, Bytes.In(Group, 0), Bytes.In(Sender, 0))),
            Way.GroupSourceReq6 => (SOL_IPV6, MCAST_JOIN_SOURCE_GROUP, Request(8, index, Bytes.In6(Group6, 0), Bytes.In6(Sender6, 0))),
            Way.GroupSourceReq32 => (SOL_IP, MCAST_JOIN_SOURCE_GROUP, Request(4, index, Bytes.In(Group, 0), Bytes.In(Sender, 0))),
            _ => throw new ArgumentOutOfRangeException(nameof(way)),
        };
        AbiLayout layout = way is Way.GroupReq32 or Way.GroupSourceReq32 ? AbiLayout.Bits32 : AbiLayout.Bits64;
        return new SocketOptionPolicy(policy, [Ours]).Judge(level, name, value, layout);
    }

    /// <summary>struct group_req, or group_source_req: an ifindex, then each address aligned as a word.</summary>
    private static byte[] Request(int wordSize, uint index, params byte[][] addresses)
    {
        byte[] request = new byte[wordSize + addresses.Length * 128];
        request.AsSpan().Fill(0xa5);
        Bytes.Int(index).CopyTo(request, 0);
        for (int number = 0; number < addresses.Length; number++)
        {
            addresses[number].CopyTo(request, wordSize + number * 128);
        }

        return request;
    }

    private static SocketOptionVerdict Judge(int level, int name, byte[] value) =>
        new SocketOptionPolicy(Policies.Of(), [Ours]).Judge(level, name, value, AbiLayout.Bits64);
}
