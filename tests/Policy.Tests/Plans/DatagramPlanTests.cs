using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests.Plans;

/// <summary>Every rule of docs/ways-out.md about one datagram.</summary>
public sealed class DatagramPlanTests
{
    private const string Web = "203.0.113.9";
    private const string Web6 = "2001:db8:9::9";
    private const string Excluded = "10.1.2.3";
    private const string Excluded6 = "2001:db8:e::1";

    private static readonly TrafficPolicy Only = Policies.Of();
    private static readonly TrafficPolicy Mixing = Policies.Of(exclude: $"10.0.0.0/8,{Excluded6}");

    private static Facts Six(string local = "::", int protocol = Linux.IPPROTO_UDP, int type = Linux.SOCK_DGRAM) => new()
    {
        Family = IpFamily.IPv6, LocalText = local, SocketType = type, SocketProtocol = protocol,
    };

    /// <summary>A socket without a port, of the family of a destination.</summary>
    private static Facts New(string destination, int type = Linux.SOCK_DGRAM)
    {
        IpFamily family = Bytes.Address(destination).Family;
        return new() { Family = family, Local = new(IpAddress.Any(family), 0), SocketType = type };
    }

    private static string Plan(Facts facts, string destination, TrafficPolicy policy, byte[]? control = null, bool mayGoOn = true) =>
        Plan(facts, destination.Length == 0 ? [] : Bytes.For(destination, 443), policy, control, mayGoOn);

    private static string Plan(Facts facts, byte[] address, TrafficPolicy policy, byte[]? control = null, bool mayGoOn = true) => Planned.Text(
        DatagramPlan.Make(policy, new MessageNames(address, control, AbiLayout.Bits64), ref facts, mayGoOn));

    private static byte[] Pktinfo(uint index, string source = "0.0.0.0") =>
        new ControlBuffer(AbiLayout.Bits64).Add(ControlBuffer.SolIp, ControlBuffer.IpPktinfo, ControlBuffer.InPktinfo(index, source)).Pad().ToArray();

    private static byte[] Pktinfo6(uint index, string source = "::") =>
        new ControlBuffer(AbiLayout.Bits64).Add(ControlBuffer.SolIpv6, ControlBuffer.Ipv6Pktinfo, ControlBuffer.In6Pktinfo(index, source)).Pad().ToArray();

    [Fact]
    public void A_client_s_socket_is_bound_and_the_call_goes_on() => Assert.Equal("TryBind, AsIs", Plan(new Facts(), Web, Only));

    [Fact]
    public void A_client_s_socket_that_was_bound_before_costs_little()
    {
        Facts facts = new() { LocalText = "0.0.0.0", Bound = Facts.Ovpn };
        DatagramPlan.Make(Only, new MessageNames(Bytes.In(Web, 443), default, AbiLayout.Bits64), ref facts, mayGoOn: true);
        Assert.Equal("bound namespace", facts.Read);
    }

    [Fact]
    public void A_server_s_socket_stays_unbound_and_is_steered() => Assert.Equal("Steered 7 -", Plan(new Facts { LocalText = "0.0.0.0" }, Web, Only));

    [Fact]
    public void A_server_that_is_known_costs_no_look_at_its_device()
    {
        Facts facts = new() { LocalText = "0.0.0.0", WasServer = true };
        Plan plan = DatagramPlan.Make(Only, new MessageNames(Bytes.In(Web, 443), default, AbiLayout.Bits64), ref facts, mayGoOn: true);
        Assert.Equal("Steered 7 -", Planned.Text(plan));
        Assert.Equal("index namespace", facts.Read);
    }

    [Fact]
    public void A_steered_datagram_costs_little()
    {
        Facts facts = new() { LocalText = "0.0.0.0" };
        DatagramPlan.Make(Mixing, new MessageNames(Bytes.In(Web, 443), default, AbiLayout.Bits64), ref facts, mayGoOn: true);
        Assert.Equal("index namespace", facts.Read);
    }

    [Fact]
    public void A_socket_that_mixes_is_steered() => Assert.Equal("Steered 7 -", Plan(new Facts(), Web, Mixing));

    [Fact]
    public void An_IPv4_socket_mixes_only_by_excludes_of_IPv4()
    {
        TrafficPolicy policy = Policies.Of(exclude: Excluded6);
        Assert.Equal("TryBind, AsIs", Plan(new Facts(), Web, policy));
        Assert.Equal("Steered 7 -", Plan(Six(), Web6, policy));
    }

    [Theory]
    [InlineData("224.0.0.251")]
    [InlineData("255.255.255.255")]
    [InlineData("198.51.100.255")]
    [InlineData("ff02::fb")]
    public void Multicast_and_broadcast_leave_by_the_interface(string destination)
    {
        Assert.Equal("TryBind, AsIs", Plan(New(destination), destination, Only));
        Assert.Equal("Steered 7 -", Plan(New(destination), destination, Mixing));
    }

    [Theory]
    [InlineData(Web)]
    [InlineData(Web6)]
    public void A_raw_socket_s_packets_leave_by_the_interface(string destination)
    {
        Assert.Equal("TryBind, AsIs", Plan(New(destination, Linux.SOCK_RAW), destination, Only));
        Assert.Equal("Steered 7 -", Plan(New(destination, Linux.SOCK_RAW), destination, Mixing));
    }

    [Fact]
    public void A_ping_of_an_ordinary_user_leaves_by_the_interface() =>
        Assert.Equal("TryBind, AsIs", Plan(new Facts { SocketProtocol = Linux.IPPROTO_ICMP }, Web, Only));

    [Fact]
    public void A_socket_of_another_interface_is_steered()
    {
        Assert.Equal("TryBind, AsIs", Plan(new Facts { LocalText = "0.0.0.0", Bound = Facts.Lan0 }, Web, Only));
        Assert.Equal("TryBind, Steered 7 -", Plan(new Facts { LocalText = "0.0.0.0", Bound = Facts.Lan0 }, Web, Only, mayGoOn: false));
        Assert.Equal("Steered 7 -", Plan(new Facts { LocalText = "0.0.0.0", Bound = Facts.Lan0 }, Web, Mixing));
    }

    [Fact]
    public void A_link_local_destination_s_scope_is_the_interface_s()
    {
        Assert.Equal("ENETUNREACH", Plan(New(Web6), Bytes.In6("fe80::1", 80, Facts.Lan0), Only));
        Assert.Equal("TryBind, AsIs", Plan(New(Web6), Bytes.In6("fe80::1", 80, Facts.Ovpn), Only));
    }

    [Fact]
    public void One_message_of_several_is_steered() => Assert.Equal("TryBind, Steered 7 -", Plan(new Facts(), Web, Only, mayGoOn: false));

    [Fact]
    public void A_socket_of_an_interface_that_was_made_anew_is_bound_again()
    {
        Assert.Equal("TryBind, AsIs", Plan(new Facts { LocalText = "0.0.0.0", Bound = 6 }, Web, Only));
        Assert.Equal("TryBind, AsIs", Plan(new Facts { LocalText = "0.0.0.0", Bound = 6, Peer = Web }, Web, Only));
        Assert.Equal("Steered 7 -", Plan(new Facts { LocalText = "0.0.0.0", Bound = 6 }, Web, Mixing));
    }

    [Fact]
    public void A_port_that_the_kernel_chose_is_a_client_s()
    {
        Assert.Equal("TryBind, AsIs", Plan(new Facts { LocalText = "0.0.0.0", KernelsPort = true }, Web, Only));
        Assert.Equal("Steered 7 -", Plan(new Facts { LocalText = "0.0.0.0" }, Web, Only));
        Assert.Equal("Steered 7 -", Plan(new Facts { LocalText = "0.0.0.0", KernelsPort = true }, Web, Mixing));
    }

    [Fact]
    public void Without_an_interface_the_call_goes_on()
    {
        Assert.Equal("AsIs", Plan(new Facts(), Web, Policies.Of(interfaceName: null)));
        Assert.Equal("Steered 0 192.0.2.7", Plan(new Facts(), Web, Policies.Of(interfaceName: null, source: "192.0.2.7")));
        Assert.Equal("AsIs", Plan(new Facts { LocalText = "192.0.2.9" }, Web, Policies.Of(interfaceName: null, source: "192.0.2.7")));
    }

    [Fact]
    public void Where_the_interface_is_not_there_it_is_unreachable()
    {
        Assert.Equal("ENETUNREACH", Plan(new Facts { OvpnIsGone = true }, Web, Mixing));
        Assert.Equal("ENETUNREACH", Plan(new Facts { OvpnIsGone = true, LocalText = "192.0.2.9" }, Web, Mixing));
    }

    [Fact]
    public void A_message_to_the_peer_was_judged_before() => Assert.Equal("AsIs", Plan(new Facts { Peer = Web }, "", Mixing));

    [Fact]
    public void A_message_to_the_peer_that_names_a_way_is_judged()
    {
        Assert.Equal("Invalid", Plan(new Facts(), "", Mixing, Pktinfo(Facts.Lan0)));
        Assert.Equal("EPERM", Plan(new Facts { Peer = Web }, "", Mixing, Pktinfo(Facts.Lan0)));
        Assert.Equal("EPERM", Plan(new Facts { Peer = "?" }, "", Mixing, Pktinfo(Facts.Lan0)));
        Assert.Equal("Steered 7 -", Plan(new Facts { Peer = Web }, "", Mixing, Pktinfo(Facts.Ovpn)));
        Assert.Equal("OnBehalf", Plan(new Facts { Peer = Excluded }, "", Mixing, Pktinfo(Facts.Lan0)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?")]
    public void The_address_counts_on_a_connected_socket(string peer) =>
        Assert.Equal("ENETUNREACH", Plan(new Facts { Peer = peer }, "198.51.100.3", Mixing));

    [Fact]
    public void An_address_of_another_family_is_the_kernel_s_to_refuse()
    {
        Assert.Equal("KernelRefuses", Plan(new Facts(), Web6, Only));
        Assert.Equal("KernelRefuses", Plan(new Facts(), Bytes.In6("::ffff:203.0.113.9", 9), Only));
        Assert.Equal("KernelRefuses", Plan(new Facts(), new byte[8], Only));
    }

    [Fact]
    public void Family_0_is_read_as_the_kernel_reads_it()
    {
        byte[] four = Bytes.In(Web, 9), six = Bytes.In6(Web6, 9);
        four[0] = six[0] = 0;
        Assert.Equal("TryBind, AsIs", Plan(new Facts(), four, Only));
        Assert.Equal("KernelRefuses", Plan(Six(), six, Only));
        Assert.Equal("Steered 7 -", Plan(Six(type: Linux.SOCK_RAW), six, Only));
    }

    [Fact]
    public void Naming_another_interface_is_refused()
    {
        Assert.Equal("EPERM", Plan(new Facts(), Web, Only, Pktinfo(Facts.Lan0)));
        Assert.Equal("EPERM", Plan(Six(), Web6, Only, Pktinfo6(Facts.Lan0)));
        Assert.Equal("EPERM", Plan(Six(), Web, Only, Pktinfo(Facts.Lan0)));
    }

    [Fact]
    public void Naming_the_interface_or_its_address_is_fine()
    {
        Assert.Equal("TryBind, Steered 7 -", Plan(new Facts(), Web, Only, Pktinfo(Facts.Ovpn)));
        Assert.Equal("TryBind, Steered 7 192.0.2.7", Plan(new Facts(), Web, Only, Pktinfo(0, "192.0.2.7")));
        Assert.Equal("EADDRNOTAVAIL!", Plan(new Facts(), Web, Only, Pktinfo(0, "198.51.100.3")));
        Assert.Equal("Bind, Steered 7 2001:db8::7", Plan(Six(), Web6, Only, Pktinfo6(Facts.Ovpn, "2001:db8::7")));
    }

    [Fact]
    public void Another_first_hop_is_refused_also_for_an_excluded_destination()
    {
        byte[] rthdr = new ControlBuffer(AbiLayout.Bits64).Add(ControlBuffer.SolIpv6, ControlBuffer.Ipv6Rthdr, new byte[24]).Pad().ToArray();
        Assert.Equal("EPERM", Plan(Six(), Web6, Only, rthdr));
        Assert.Equal("EPERM", Plan(Six(), Excluded6, Mixing, rthdr));
    }

    [Fact]
    public void Control_messages_that_are_not_valid_are_the_kernel_s_to_refuse()
    {
        byte[] invalid = new ControlBuffer(AbiLayout.Bits64).AddClaiming(4, ControlBuffer.SolIp, ControlBuffer.IpPktinfo, new byte[12]).ToArray();
        Assert.Equal("Bind, Invalid", Plan(new Facts(), Web, Only, invalid));
        Assert.Equal("Invalid", Plan(new Facts(), Excluded, Mixing, invalid));
    }

    [Fact]
    public void The_socket_s_own_source_is_kept_or_refused()
    {
        Assert.Equal("Steered 7 192.0.2.7", Plan(new Facts { LocalText = "192.0.2.7" }, Web, Only));
        Assert.Equal("AsIs", Plan(new Facts { LocalText = "192.0.2.7", Bound = Facts.Ovpn }, Web, Only));
        Assert.Equal("EADDRNOTAVAIL!", Plan(new Facts { LocalText = "198.51.100.3" }, Web, Only));
        // The source came with the peer: the interface's own is named instead.
        Assert.Equal("Steered 7 192.0.2.7", Plan(new Facts { LocalText = "198.51.100.3", Peer = Excluded }, Web, Mixing));
        Assert.Equal("Steered 7 192.0.2.7", Plan(new Facts { LocalText = "192.0.2.255" }, Web, Policies.Of(source: "192.0.2.7")));
    }

    [Fact]
    public void A_source_of_the_user_s_choice_is_named() =>
        Assert.Equal("TryBind, Steered 7 192.0.2.7", Plan(new Facts(), Web, Policies.Of(source: "192.0.2.7")));

    [Fact]
    public void IPv6_with_a_source_is_bound_too()
    {
        Assert.Equal("Bind, AsIs", Plan(Six("2001:db8::7"), Web6, Only));
        Assert.Equal("Bind, Steered 7 2001:db8::7", Plan(Six("2001:db8::7"), Web6, Mixing));
        Assert.Equal("Bind, Steered 7 -", Plan(Six(protocol: Linux.IPPROTO_ICMPV6), Web6, Mixing));
    }

    [Fact]
    public void A_socket_that_talks_to_an_excluded_peer_is_not_bound_to_the_device() => Assert.Equal(
        "ENETUNREACH!",
        Plan(new Facts { Family = IpFamily.IPv6, LocalText = "2001:db8::7", Peer = Excluded6 }, Web6, Mixing));

    [Fact]
    public void An_excluded_datagram_leaves_by_the_routes()
    {
        Assert.Equal("OnBehalf", Plan(new Facts(), Excluded, Mixing));
        Assert.Equal("Steered 3 -", Plan(new Facts { Bound = Facts.Ovpn, LocalText = "0.0.0.0" }, Excluded, Mixing));
        Assert.Equal("Steered 3 198.51.100.3", Plan(new Facts { Bound = Facts.Ovpn, LocalText = "192.0.2.7" }, Excluded, Mixing));
        Assert.Equal("ENETUNREACH", Plan(new Facts { Bound = Facts.Ovpn, LocalText = "0.0.0.0", RouteError = Errno.ENETUNREACH }, Excluded, Mixing));
    }

    [Fact]
    public void An_IPv6_socket_is_freed_for_an_excluded_datagram_or_it_is_refused()
    {
        Facts bound = new() { Family = IpFamily.IPv6, LocalText = "::", Bound = Facts.Ovpn };
        Facts connected = new() { Family = IpFamily.IPv6, LocalText = "2001:db8::7", Bound = Facts.Ovpn, Peer = Web6 };
        Assert.Equal("Unbind, OnBehalf", Plan(bound, Excluded6, Mixing));
        Assert.Equal("ENETUNREACH!", Plan(connected, Excluded6, Mixing));
    }

    [Fact]
    public void A_raw_IPv6_socket_s_mapped_destination_is_bound()
    {
        byte[] mapped = Bytes.In6("::ffff:203.0.113.9", 9);
        Assert.Equal("Bind, AsIs", Plan(Six(type: Linux.SOCK_RAW), mapped, Mixing));
        Assert.Equal("Bind, Invalid", Plan(Six(type: Linux.SOCK_RAW), mapped, Mixing, Pktinfo(Facts.Ovpn)));
    }

    [Fact]
    public void A_header_of_the_program_s_own_is_judged_where_the_address_is_excluded()
    {
        Facts header(string? destination) => new()
        {
            SocketType = Linux.SOCK_RAW, HeadersAreIts = true, HasReadHeader = true,
            HeaderDestination = destination is null ? null : Bytes.Address(destination),
        };

        Assert.Equal("ReadHeader, Again", Plan(new Facts { SocketType = Linux.SOCK_RAW, HeadersAreIts = true }, Excluded, Mixing));
        Assert.Equal("Steered 7 -", Plan(header(Web), Excluded, Mixing));
        Assert.Equal("OnBehalf", Plan(header("10.9.9.9"), Excluded, Mixing));
        Assert.Equal("OnBehalf", Plan(header(null), Excluded, Mixing));
        Assert.Equal("ENETUNREACH", Plan(header("127.0.0.1"), Excluded, Mixing));
    }

    [Fact]
    public void A_server_on_loopback_that_answers_nobody_is_told_of()
    {
        Assert.Equal("ENETUNREACH!", Plan(new Facts { LocalText = "0.0.0.0" }, "127.0.0.1", Only));
        Assert.Equal("ENETUNREACH", Plan(new Facts(), "127.0.0.1", Only));
    }

    [Fact]
    public void A_redirected_query_is_sent_by_the_supervisor()
    {
        Facts facts = new();
        Plan plan = DatagramPlan.Make(
            Policies.Of(dns: "192.0.2.53"), new MessageNames(Bytes.In("8.8.8.8", 53), default, AbiLayout.Bits64), ref facts, mayGoOn: true);
        Assert.Equal("TryBind, Steered 7 -", Planned.Text(plan));
        Assert.Equal("192.0.2.53:53", plan.Verdict.Destination.ToString());
    }

    [Theory]
    [InlineData(Linux.MSG_ZEROCOPY, Linux.SOCK_DGRAM, true, true)]
    [InlineData(Linux.MSG_ZEROCOPY, Linux.SOCK_DGRAM, false, false)]
    [InlineData(Linux.MSG_ZEROCOPY, Linux.SOCK_RAW, true, false)]
    [InlineData(0, Linux.SOCK_DGRAM, true, false)]
    public void The_supervisor_sends_no_pages_without_a_copy(int flags, int type, bool isZeroCopy, bool expected)
    {
        Facts facts = new() { SocketType = type, ZeroCopy = isZeroCopy };
        Assert.Equal(expected, DatagramPlan.PinsPages(flags, ref facts));
        Assert.Equal(flags == 0 ? "" : type == Linux.SOCK_RAW ? "type" : "type zerocopy", facts.Read);
    }

    [Fact]
    public void A_socket_of_another_network_namespace_is_refused() =>
        Assert.Equal("ENETUNREACH!", Plan(new Facts { OfAnotherNamespace = true }, Web, Only));
}
