using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests.Plans;

/// <summary>Every rule of docs/ways-out.md about one connect.</summary>
public sealed class ConnectPlanTests
{
    private const string Web = "203.0.113.9";
    private const string Web6 = "2001:db8:9::9";
    private const string Excluded = "10.1.2.3";
    private const string Excluded6 = "2001:db8:e::1";

    private static readonly TrafficPolicy Policy = Policies.Of(exclude: $"10.0.0.0/8,{Excluded6}");

    private static Facts Tcp => new() { SocketType = Linux.SOCK_STREAM, SocketProtocol = Linux.IPPROTO_TCP };

    private static string Plan(Facts facts, string destination, TrafficPolicy? policy = null, ushort port = 443) =>
        Planned.Text(ConnectPlan.Make(policy ?? Policy, Bytes.Destination(destination, port), ref facts));

    private static Facts Six(string local = "::", int type = Linux.SOCK_STREAM) => new()
    {
        Family = IpFamily.IPv6, LocalText = local, SocketType = type, SocketProtocol = type == Linux.SOCK_STREAM ? Linux.IPPROTO_TCP : Linux.IPPROTO_UDP,
    };

    [Fact]
    public void A_new_socket_is_bound_and_the_call_goes_on() => Assert.Equal("Bind, AsIs", Plan(Tcp, Web));

    [Fact]
    public void A_new_socket_costs_one_look_at_its_namespace()
    {
        Facts facts = Tcp;
        ConnectPlan.Make(Policy, Bytes.Destination(Web, 443), ref facts);
        Assert.Equal("namespace", facts.Read);
    }

    [Fact]
    public void A_datagram_socket_is_bound_too() => Assert.Equal("Bind, AsIs", Plan(new Facts(), Web));

    [Theory]
    [InlineData(Linux.SOCK_STREAM)]
    [InlineData(Linux.SOCK_DGRAM)]
    public void A_socket_of_another_interface_is_bound_to_this_one(int type) =>
        Assert.Equal("Bind, AsIs", Plan(new Facts { SocketType = type, LocalText = "0.0.0.0", Bound = Facts.Lan0 }, Web));

    [Fact]
    public void Without_an_interface_nothing_is_done() => Assert.Equal("AsIs", Plan(Tcp, Web, Policies.Of(interfaceName: null)));

    [Theory]
    [InlineData("::ffff:203.0.113.9")]
    [InlineData(Web6)]
    public void An_address_of_another_family_is_the_kernel_s_to_refuse(string destination) =>
        Assert.Equal("KernelRefuses", Plan(Tcp, destination));

    [Fact]
    public void An_IPv6_socket_takes_IPv4_addresses_in_both_spellings()
    {
        Assert.Equal("Bind, AsIs", Plan(Six(), "::ffff:203.0.113.9"));
        Assert.Equal("Bind, AsIs", Plan(Six(), Web));
    }

    [Fact]
    public void A_socket_in_use_stays_what_it_is()
    {
        Assert.Equal("KernelRefuses", Plan(new Facts { SocketType = Linux.SOCK_STREAM, LocalText = "192.0.2.7", IsConnecting = true }, Excluded));
        Assert.Equal("KernelRefuses", Plan(new Facts { SocketType = Linux.SOCK_STREAM, LocalText = "0.0.0.0", IsListening = true }, Web));
    }

    [Fact]
    public void An_address_of_family_0_dissolves_and_leads_nowhere()
    {
        Facts facts = new();
        Assert.Equal("KernelRefuses", Planned.Text(ConnectPlan.Make(Policy, Sockaddr.Parse(new byte[16]), ref facts)));
    }

    [Fact]
    public void An_excluded_destination_is_connected_to_by_the_supervisor() => Assert.Equal("OnBehalf", Plan(Tcp, Excluded));

    [Theory]
    [InlineData(Linux.SOCK_STREAM, "Unbind, OnBehalf")]
    [InlineData(Linux.SOCK_DGRAM, "UnbindByDissolving, OnBehalf")]
    [InlineData(Linux.SOCK_RAW, "Unbind, OnBehalf")]
    public void A_bound_socket_is_freed_for_an_excluded_destination(int type, string plan) =>
        Assert.Equal(plan, Plan(new Facts { SocketType = type, Bound = Facts.Ovpn }, Excluded));

    [Theory]
    [InlineData(Web, "Dissolve, Again")]
    [InlineData("?", "Dissolve, Again")]
    [InlineData("10.9.9.9", "UnbindByDissolving, OnBehalf")]
    public void What_goes_to_another_peer_never_leaves_unbound(string peer, string plan) =>
        Assert.Equal(plan, Plan(new Facts { LocalText = "192.0.2.7", Bound = Facts.Ovpn, Peer = peer }, Excluded));

    [Fact]
    public void An_association_that_cannot_be_dissolved_keeps_its_socket_bound() => Assert.Equal(
        "ENETUNREACH!", Plan(new Facts { LocalText = "192.0.2.7", Bound = Facts.Ovpn, Peer = Web, WasDissolved = true }, Excluded));

    [Fact]
    public void Headers_of_the_program_s_own_are_not_connected_to_an_excluded_destination()
    {
        Assert.Equal("EPERM!", Plan(new Facts { SocketType = Linux.SOCK_RAW, HeadersAreIts = true }, Excluded));
        Assert.Equal("Bind, AsIs", Plan(new Facts { SocketType = Linux.SOCK_RAW, HeadersAreIts = true }, Web));
    }

    [Fact]
    public void A_source_of_the_interface_is_kept() => Assert.Equal("Bind, AsIs", Plan(new Facts { LocalText = "192.0.2.7" }, Web));

    [Fact]
    public void A_source_of_another_interface_is_refused()
    {
        Assert.Equal("EADDRNOTAVAIL!", Plan(new Facts { LocalText = "198.51.100.3", SocketType = Linux.SOCK_STREAM }, Web));
        Assert.Equal("EADDRNOTAVAIL!", Plan(new Facts { LocalText = "198.51.100.3" }, Web));
        Assert.Equal("OnBehalf", Plan(new Facts { LocalText = "198.51.100.3" }, Excluded));
    }

    [Fact]
    public void A_source_that_an_earlier_connect_gave_is_let_go()
    {
        Assert.Equal("Dissolve, Again", Plan(new Facts { LocalText = "198.51.100.3", Peer = "10.9.9.9" }, Web));
        Assert.Equal("Bind, OnBehalf", Plan(new Facts { LocalText = "0.0.0.0", WasDissolved = true }, Web));
        Assert.Equal("EADDRNOTAVAIL!", Plan(new Facts { LocalText = "198.51.100.3", WasDissolved = true }, Web));
    }

    [Fact]
    public void A_broadcast_address_is_no_source() => Assert.Equal("Bind, AsIs", Plan(new Facts { LocalText = "192.0.2.255" }, Web));

    [Theory]
    [InlineData(Linux.SOCK_STREAM, "Bind, TakeSource, AsIs")]
    [InlineData(Linux.SOCK_DGRAM, "Bind, TakeSource, OnBehalf")]
    public void A_source_of_the_user_s_choice_is_taken(int type, string plan)
    {
        TrafficPolicy policy = Policies.Of(source: "192.0.2.7");

        Assert.Equal(plan, Plan(new Facts { SocketType = type }, Web, policy));
        Assert.Equal("Bind, AsIs", Plan(new Facts { SocketType = type, LocalText = "192.0.2.7" }, Web, policy));
        Assert.Equal(plan, Plan(new Facts { SocketType = type, LocalText = "192.0.2.255" }, Web, policy));
    }

    [Fact]
    public void An_address_of_another_interface_of_this_host_is_unreachable() => Assert.Equal("ENETUNREACH", Plan(Tcp, "198.51.100.3"));

    [Fact]
    public void Loopback_is_refused_unless_it_is_excluded()
    {
        Assert.Equal("ENETUNREACH", Plan(Tcp, "127.0.0.1"));
        Assert.Equal("OnBehalf", Plan(Tcp, "127.0.0.1", Policies.Of(exclude: "loopback")));
    }

    [Fact]
    public void A_socket_of_another_network_namespace_is_refused() =>
        Assert.Equal("ENETUNREACH!", Plan(new Facts { OfAnotherNamespace = true }, Web));

    [Theory]
    [InlineData(Facts.Ovpn, "Bind, AsIs")]
    [InlineData(Facts.Lan0, "ENETUNREACH")]
    [InlineData(0u, "Bind, AsIs")]
    public void The_scope_of_a_link_local_destination_is_the_interface_s(uint scope, string plan)
    {
        Facts facts = Six();
        Assert.Equal(plan, Planned.Text(ConnectPlan.Make(Policy, Sockaddr.Parse(Bytes.In6("fe80::1", 80, scope)), ref facts)));
    }

    [Fact]
    public void DNS_is_redirected_by_the_supervisor_and_tells_where_it_went_first()
    {
        Facts facts = Tcp;
        Plan plan = ConnectPlan.Make(Policies.Of(dns: "192.0.2.53"), Bytes.Destination("8.8.8.8", 53), ref facts);

        Assert.Equal("Bind, OnBehalf", Planned.Text(plan));
        Assert.Equal(Bytes.Endpoint("192.0.2.53", 53), plan.Verdict.Destination);
        Assert.Equal(Bytes.Endpoint("8.8.8.8", 53), plan.Verdict.Original);
    }

    [Fact]
    public void The_number_53_of_a_raw_socket_is_a_protocol() =>
        Assert.Equal("Bind, AsIs", Plan(new Facts { SocketType = Linux.SOCK_RAW }, "8.8.8.8", Policies.Of(dns: "192.0.2.53"), port: 53));

    [Theory]
    [InlineData(false, "Bind, OnBehalf")]
    [InlineData(true, "ECONNREFUSED")]
    public void An_IPv4_override_needs_a_socket_of_both_families(bool isIpv6Only, string plan)
    {
        Facts facts = new() { Family = IpFamily.IPv6, Local = new(IpAddress.Any(IpFamily.IPv6), 0), V6Only = isIpv6Only };
        Assert.Equal(plan, Plan(facts, "2001:4860::8888", Policies.Of(dns: "192.0.2.53"), port: 53));
    }
}
