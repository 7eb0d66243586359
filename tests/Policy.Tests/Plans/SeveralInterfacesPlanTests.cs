using System.Globalization;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using static BindToInterface.Policy.Linux;

namespace BindToInterface.Policy.Tests.Plans;

/// <summary>Each kind of plan where destinations leave by two interfaces: ovpn, and corp0 for 10.0.0.0/8 and fd09::/16.</summary>
public sealed class SeveralInterfacesPlanTests
{
    private const string Web = "203.0.113.9", Corp = "10.1.2.3", Denied = "10.2.0.1", Direct = "10.3.0.1";
    private const string Web6 = "2001:db8:9::9", Corp6 = "fd09:1::3";

    private static readonly TrafficPolicy Policy =
        Policies.Of(route: "10.0.0.0/8=corp0,fd09::/16=corp0,10.2.0.0/16=deny,10.3.0.0/16=direct,232.0.0.0/8=corp0,233.0.0.0/8=deny");

    private static Facts Tcp(uint bound = 0, bool connecting = false) => new()
    {
        SocketType = SOCK_STREAM, SocketProtocol = IPPROTO_TCP, Bound = bound, IsConnecting = connecting, LocalText = bound == 0 ? "0.0.0.0" : "0.0.0.0",
    };

    private static Facts Udp(uint bound = 0, string? peer = null, string local = "0.0.0.0") => new() { Bound = bound, Peer = peer, LocalText = local };

    private static Facts Udp6(uint bound = 0, string? peer = null, string local = "::") =>
        new() { Family = IpFamily.IPv6, Bound = bound, Peer = peer, LocalText = local };

    private static string Connect(Facts facts, string destination) =>
        Planned.Text(ConnectPlan.Make(Policy, Bytes.Destination(destination, 443), ref facts));

    private static string Send(Facts facts, string destination) => Planned.Text(DatagramPlan.Make(
        Policy, new MessageNames(destination.Contains(':', StringComparison.Ordinal) ? Bytes.In6(destination, 443) : Bytes.In(destination, 443), default, AbiLayout.Bits64), ref facts, mayGoOn: true));

    [Theory]
    [InlineData(Web, "Bind, OnBehalf")]
    [InlineData(Corp, "Bind, OnBehalf")]
    [InlineData(Denied, "ENETUNREACH!")]
    [InlineData(Direct, "OnBehalf")]
    public void A_connect_depends_on_its_address_and_so_the_supervisor_makes_it(string destination, string plan)
    {
        Assert.Equal(plan, Connect(Tcp(), destination));
        Assert.Equal(plan, Connect(Udp(), destination));
    }

    [Theory]
    [InlineData(Facts.Corp0, Web, "Bind, OnBehalf")]
    [InlineData(Facts.Ovpn, Corp, "Bind, OnBehalf")]
    [InlineData(Facts.Ovpn, Web, "Bind, OnBehalf")]
    [InlineData(Facts.Ovpn, Direct, "Unbind, OnBehalf")]
    public void A_TCP_socket_that_is_free_again_is_bound_anew(uint bound, string destination, string plan) =>
        Assert.Equal(plan, Connect(Tcp(bound), destination));

    [Fact]
    public void A_TCP_socket_under_way_keeps_what_it_has() => Assert.Equal("KernelRefuses", Connect(Tcp(Facts.Ovpn, connecting: true), Corp));

    [Theory]
    [InlineData(Facts.Ovpn, Web, Corp, "Dissolve, Again")]
    [InlineData(Facts.Corp0, Corp, Web, "Dissolve, Again")]
    [InlineData(Facts.Ovpn, Web, Web, "Bind, OnBehalf")]
    [InlineData(Facts.Corp0, null, Web, "Bind, OnBehalf")]
    public void A_datagram_socket_leaves_its_peer_before_it_changes_the_interface(uint bound, string? peer, string destination, string plan) =>
        Assert.Equal(plan, Connect(Udp(bound, peer, peer is null ? "0.0.0.0" : bound == Facts.Ovpn ? "192.0.2.7" : "10.9.0.2"), destination));

    [Fact]
    public void Where_it_could_not_leave_its_peer_it_is_refused() => Assert.Equal(
        "ENETUNREACH!", Connect(new Facts { Bound = Facts.Ovpn, Peer = Web, LocalText = "192.0.2.7", WasDissolved = true }, Corp));

    [Theory]
    [InlineData(Web, "Steered 7 -")]
    [InlineData(Corp, "Steered 9 -")]
    [InlineData(Denied, "ENETUNREACH!")]
    [InlineData(Direct, "OnBehalf")]
    public void One_datagram_socket_talks_to_all(string destination, string plan) => Assert.Equal(plan, Send(Udp(), destination));

    [Theory]
    [InlineData(Web6, "Steered 7 -")]
    [InlineData(Corp6, "Steered 9 -")]
    public void One_IPv6_socket_talks_to_all(string destination, string plan) => Assert.Equal(plan, Send(Udp6(), destination));

    [Fact]
    public void A_connected_IPv4_socket_sends_elsewhere_from_the_other_interface_s_address() =>
        Assert.Equal("Steered 9 10.9.0.2", Send(Udp(Facts.Ovpn, Web, "192.0.2.7"), Corp));

    [Fact]
    public void A_connected_IPv6_socket_keeps_its_interface() => Assert.Equal("ENETUNREACH!", Send(Udp6(Facts.Ovpn, Web6, "2001:db8::7"), Corp6));

    /// <summary>The program bound it to an interface of the policy: that decides nothing.</summary>
    [Theory]
    [InlineData(false, Web, "UnbindByDissolving, Steered 7 -")]
    [InlineData(false, Corp, "Steered 9 -")]
    [InlineData(true, Web6, "UnbindByDissolving, Steered 7 -")]
    [InlineData(true, Corp6, "Steered 9 -")]
    [InlineData(true, "::ffff:203.0.113.9", "UnbindByDissolving, Steered 7 -")]
    public void A_socket_that_the_program_bound_to_one_interface_sends_by_the_right_one(bool isSix, string destination, string plan) =>
        Assert.Equal(plan, Send(isSix ? Udp6(Facts.Corp0) : Udp(Facts.Corp0), destination));

    /// <summary>
    /// IPv6 has one way here, so that a send of another thread may go on that counts on the device: the socket is never unbound.
    /// </summary>
    [Theory]
    [InlineData(Web6, "Bind, Steered 7 -")]
    [InlineData("::ffff:10.1.2.3", "Steered 9 -")]
    [InlineData("::ffff:203.0.113.9", "Steered 7 -")]
    public void Where_a_family_has_one_way_the_socket_is_never_unbound(string destination, string plan)
    {
        Facts facts = Udp6(destination.Contains("10.", StringComparison.Ordinal) ? Facts.Ovpn : Facts.Corp0);
        Assert.Equal(plan, Planned.Text(DatagramPlan.Make(
            Policies.Of(route: "10.0.0.0/8=corp0"), new MessageNames(Bytes.In6(destination, 443), default, AbiLayout.Bits64), ref facts, mayGoOn: true)));
    }

    [Fact]
    public void A_source_of_the_other_interface_is_refused() => Assert.Equal("EADDRNOTAVAIL!", Send(Udp(local: "192.0.2.7"), Corp));

    [Theory]
    [InlineData(Web, Facts.Ovpn, "Steered 7 -")]
    [InlineData(Web, Facts.Corp0, "EPERM")]
    [InlineData(Corp, Facts.Corp0, "Steered 9 -")]
    [InlineData(Corp, Facts.Ovpn, "EPERM")]
    public void A_control_message_may_name_the_interface_of_the_destination(string destination, uint index, string plan)
    {
        Facts facts = Udp();
        byte[] control = new ControlBuffer(AbiLayout.Bits64).Add(ControlBuffer.SolIp, ControlBuffer.IpPktinfo, ControlBuffer.InPktinfo(index)).ToArray();
        Assert.Equal(plan, Planned.Text(DatagramPlan.Make(
            Policy, new MessageNames(Bytes.In(destination, 443), control, AbiLayout.Bits64), ref facts, mayGoOn: true)));
    }

    [Fact]
    public void What_the_program_writes_into_headers_is_judged()
    {
        var facts = new Facts { SocketType = SOCK_RAW, SocketProtocol = 255, HeadersAreIts = true };
        Assert.Equal("ReadHeader, Again", Send(facts, Corp));
        Assert.Equal("EPERM!", Connect(facts, Corp));
        Assert.Equal("Steered 7 -", Send(new Facts { SocketType = SOCK_RAW, SocketProtocol = 255, HeadersAreIts = true, HasReadHeader = true, HeaderDestination = Bytes.Address(Web) }, Corp));
    }

    [Fact]
    public void A_one_to_many_socket_keeps_its_interface()
    {
        var facts = new Facts { SocketType = SOCK_SEQPACKET, SocketProtocol = IPPROTO_SCTP, Bound = Facts.Ovpn };
        Assert.Equal("ENETUNREACH!", Planned.Text(StreamPlan.Make(Policy, new MessageNames(Bytes.In(Corp, 443), default, AbiLayout.Bits64), 0, ref facts)));
        Assert.Equal("Bind, AsIs", Planned.Text(StreamPlan.Make(Policy, new MessageNames(Bytes.In(Web, 443), default, AbiLayout.Bits64), 0, ref facts)));
    }

    [Theory]
    [InlineData("ovpn", "Bind ovpn")]
    [InlineData("corp0", "Bind corp0")]
    [InlineData("office", "Bind corp0")]
    [InlineData("lan0", "Refuse ")]
    [InlineData("", "Refuse ")]
    public void A_program_may_bind_to_each_interface_of_the_policy(string name, string expected)
    {
        SocketOptionVerdict verdict = Option(SOL_SOCKET, SO_BINDTODEVICE, System.Text.Encoding.ASCII.GetBytes(name));
        Assert.Equal(expected, $"{verdict.Action} {verdict.Interface}");
    }

    [Theory]
    [InlineData(Facts.Ovpn, "Bind ovpn", "Continue ")]
    [InlineData(Facts.Corp0, "Bind corp0", "Continue ")]
    [InlineData(Facts.Lan0, "Refuse ", "Refuse ")]
    [InlineData(0u, "Refuse ", "Continue ")]
    public void The_same_by_number(uint index, string bind, string unicast)
    {
        SocketOptionVerdict bound = Option(SOL_SOCKET, SO_BINDTOIFINDEX, BitConverter.GetBytes(index));
        Assert.Equal(bind, $"{bound.Action} {bound.Interface}");
        byte[] inNetworkOrder = BitConverter.GetBytes(index);
        Array.Reverse(inNetworkOrder);
        Assert.Equal(unicast, $"{Option(SOL_IP, IP_UNICAST_IF, inNetworkOrder).Action} ");
    }

    [Theory]
    [InlineData("232.1.1.1", 0u, "0.0.0.0", "Membership corp0 9")]
    [InlineData("239.1.1.1", 0u, "0.0.0.0", "Membership ovpn 7")]
    [InlineData("239.1.1.1", Facts.Ovpn, "0.0.0.0", "Continue  0")]
    [InlineData("239.1.1.1", Facts.Corp0, "0.0.0.0", "Refuse  0")]
    [InlineData("232.1.1.1", Facts.Corp0, "0.0.0.0", "Continue  0")]
    [InlineData("232.1.1.1", Facts.Ovpn, "0.0.0.0", "Refuse  0")]
    [InlineData("232.1.1.1", 0u, "10.9.0.2", "Continue corp0 0")]
    [InlineData("232.1.1.1", 0u, "192.0.2.7", "Refuse corp0 0")]
    [InlineData("233.1.1.1", 0u, "0.0.0.0", "Refuse  0")]
    public void A_group_is_joined_on_the_interface_of_its_route(string group, uint index, string local, string expected)
    {
        SocketOptionVerdict verdict = Option(SOL_IP, IP_ADD_MEMBERSHIP, [.. Bytes.In4(group), .. Bytes.In4(local), .. BitConverter.GetBytes(index)]);
        Assert.Equal(expected, string.Create(CultureInfo.InvariantCulture, $"{verdict.Action} {verdict.Interface} {verdict.Index}"));
    }

    [Theory]
    [InlineData("192.0.2.7", true)]
    [InlineData("10.9.0.2", true)]
    [InlineData("198.51.100.3", false)]
    public void Multicast_may_be_sent_by_each_interface_of_the_policy(string local, bool isFine) => Assert.Equal(
        isFine ? SocketOptionAction.Continue : SocketOptionAction.Refuse, Option(SOL_IP, IP_MULTICAST_IF, Bytes.In4(local)).Action);

    [Fact]
    public void Multicast_may_be_sent_by_a_LAN_interface_where_that_is_excluded()
    {
        TrafficPolicy lan = Policies.Of(exclude: "lan", host: new() { LanInterfaces = [new("lan0", Facts.Lan0)], Lan = [Network.TryParse("198.51.100.0/24", out Network lan0) ? lan0 : default] });
        Assert.Equal(SocketOptionAction.Continue, Option(SOL_IP, IP_MULTICAST_IF, Bytes.In4("198.51.100.3"), lan).Action);
        Assert.Equal(SocketOptionAction.Continue, Option(SOL_IPV6, IPV6_MULTICAST_IF, BitConverter.GetBytes(Facts.Lan0), lan).Action);
        byte[] pktinfo = [.. new byte[16], .. BitConverter.GetBytes(Facts.Lan0)];
        Assert.Equal(SocketOptionAction.Refuse, Option(SOL_IPV6, IPV6_PKTINFO, pktinfo, lan).Action);
    }

    [Fact]
    public void Where_the_way_depends_on_the_destination_what_hides_it_is_refused()
    {
        var bound = new Facts { Bound = Facts.Ovpn, Peer = Web };
        Assert.Equal(SocketOptionAction.Refuse, OptionPlan.Make(Policy, new(SocketOptionAction.CheckConnection), ref bound).Action);
        Assert.Equal(SocketOptionAction.Refuse, OptionPlan.Make(Policy, new(SocketOptionAction.BindThenContinue), ref bound).Action);
        Assert.Equal("ovpn", OptionPlan.Make(Policies.Of(), new(SocketOptionAction.BindThenContinue), ref bound).Interface);
    }

    [Fact]
    public void With_one_interface_no_fact_more_is_read()
    {
        var facts = new Facts();
        ConnectPlan.Make(Policies.Of(route: "10.0.0.0/8=direct"), Bytes.Destination(Web, 443), ref facts);
        Assert.Equal("namespace", facts.Read);
    }

    private static SocketOptionVerdict Option(int level, int name, byte[] value, TrafficPolicy? policy = null)
    {
        policy ??= Policy;
        var facts = new Facts();
        uint[] indexes = [.. policy.Routes.Interfaces.Select(facts.IndexOf)];
        SocketOptionVerdict verdict = new SocketOptionPolicy(policy, indexes).Judge(level, name, value, AbiLayout.Bits64);
        return OptionPlan.Make(policy, verdict, ref facts);
    }
}
