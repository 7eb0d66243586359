using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests.Plans;

/// <summary>What strict mode plans otherwise: nothing depends on memory that can change.</summary>
public sealed class StrictPlanTests
{
    private const string Web = "203.0.113.9";
    private const string Excluded = "10.1.2.3";

    private static readonly TrafficPolicy Strict = Policies.Of(exclude: "10.0.0.0/8", dns: "198.51.100.53", isStrict: true);
    private static readonly TrafficPolicy Usual = Policies.Of(exclude: "10.0.0.0/8", dns: "198.51.100.53");

    private static Facts Born(int type, string? local = null) => new()
    {
        SocketType = type, SocketProtocol = type == Linux.SOCK_STREAM ? Linux.IPPROTO_TCP : Linux.IPPROTO_UDP, Bound = Facts.Ovpn,
        Local = local is null ? new Facts().Local : Bytes.Endpoint(local, 5000),
    };

    private static string Connect(Facts facts, string destination, TrafficPolicy? policy = null) =>
        Planned.Text(ConnectPlan.Make(policy ?? Strict, Bytes.Destination(destination, 443), ref facts));

    private static string FastOpen(string destination, ushort port, TrafficPolicy policy)
    {
        Facts facts = Born(Linux.SOCK_STREAM);
        return Planned.Text(StreamPlan.Make(policy, new MessageNames(Bytes.For(destination, port), null, AbiLayout.Bits64), Linux.MSG_FASTOPEN, ref facts));
    }

    [Theory]
    [InlineData(Linux.SOCK_STREAM)]
    [InlineData(Linux.SOCK_DGRAM)]
    public void A_connect_is_made_by_the_supervisor(int type)
    {
        Assert.Equal("Bind, OnBehalf", Connect(Born(type), Web));
        Assert.Equal("Bind, AsIs", Connect(Born(type), Web, Usual));
    }

    [Fact]
    public void A_socket_that_was_not_used_is_unbound_for_an_excluded_destination()
    {
        Assert.Equal("Unbind, OnBehalf", Connect(Born(Linux.SOCK_STREAM), Excluded));
        Assert.Equal("UnbindByDissolving, OnBehalf", Connect(Born(Linux.SOCK_DGRAM), Excluded));
    }

    /// <summary>A send of another thread could be under way, and count on the device.</summary>
    [Fact]
    public void A_datagram_socket_that_was_used_stays_bound()
    {
        Assert.Equal("ENETUNREACH!", Connect(Born(Linux.SOCK_DGRAM, "192.0.2.7"), Excluded));
        Assert.Equal("UnbindByDissolving, OnBehalf", Connect(Born(Linux.SOCK_DGRAM, "192.0.2.7"), Excluded, Usual));
    }

    /// <summary>What has had no peer sends by the supervisor alone, which names the way each time.</summary>
    [Fact]
    public void A_datagram_socket_with_a_port_is_unbound_for_an_excluded_peer_if_it_never_had_one() =>
        Assert.Equal("UnbindByDissolving, OnBehalf", Connect(
            new() { SocketType = Linux.SOCK_DGRAM, Bound = Facts.Ovpn, Local = new(IpAddress.Any(IpFamily.IPv4), 5000), NeverConnected = true }, Excluded));

    /// <summary>In IPv6 the device is all that keeps a send of another thread on its way.</summary>
    [Theory]
    [InlineData(Linux.SOCK_DGRAM, null, true)]
    [InlineData(Linux.SOCK_DGRAM, "::ffff:203.0.113.9", true)]
    [InlineData(Linux.SOCK_DGRAM, "2001:db8:9::9", false)]
    [InlineData(Linux.SOCK_DGRAM, "?", false)]
    [InlineData(Linux.SOCK_RAW, "2001:db8:9::9", false)]
    [InlineData(Linux.SOCK_STREAM, "2001:db8:9::9", true)]
    public void An_IPv6_datagram_socket_with_a_peer_is_not_dissolved(int type, string? peer, bool expected)
    {
        var six = new Facts { Family = IpFamily.IPv6, SocketType = type, Peer = peer, Bound = Facts.Ovpn };
        Assert.Equal(expected, ConnectPlan.MayDissolve(Strict, ref six));

        var four = new Facts { SocketType = Linux.SOCK_DGRAM, Peer = "203.0.113.9", Bound = Facts.Ovpn };
        Assert.True(ConnectPlan.MayDissolve(Strict, ref four));
    }

    /// <summary>A send of another thread could note the way to its peer in the socket when that has another one already.</summary>
    [Fact]
    public void A_datagram_socket_that_was_set_free_stays_with_its_peers()
    {
        Facts free = Free(Excluded);
        Assert.Equal("ENETUNREACH!", Connect(free, Web));
        Assert.False(ConnectPlan.MayDissolve(Strict, ref free));

        Assert.Equal("OnBehalf", Connect(Free(Excluded), "10.9.9.9"));
        Assert.Equal("Bind, OnBehalf", Connect(Free(Excluded), Web, Policies.Of(isStrict: true)));
        Assert.Equal("Bind, OnBehalf", Connect(Free(null), Web));

        static Facts Free(string? peer) => new() { Peer = peer, Local = Bytes.Endpoint("192.0.2.7", 5000) };
    }

    [Fact]
    public void A_datagram_socket_that_is_connected_stays_with_its_interface()
    {
        Assert.Equal("ENETUNREACH!", Connect(Connected(), "10.1.2.3", Policies.Of(route: "10.0.0.0/8=corp0", isStrict: true)));
        Assert.Equal("Dissolve, Again", Connect(Connected(), "10.1.2.3", Policies.Of(route: "10.0.0.0/8=corp0")));

        static Facts Connected() => new() { Peer = Web, Local = Bytes.Endpoint("192.0.2.7", 5000), Bound = Facts.Ovpn };
    }

    /// <summary>It waits for its connection itself, and reads the address again.</summary>
    [Fact]
    public void SCTP_is_not_connected_where_the_address_decides()
    {
        Assert.Equal("EOPNOTSUPP", Connect(Sctp(), Excluded));
        Assert.Equal("Bind, OnBehalf", Connect(Sctp(), Web));
        Assert.Equal("Unbind, OnBehalf", Connect(Sctp(), Excluded, Usual));

        static Facts Sctp() => new() { SocketType = Linux.SOCK_STREAM, SocketProtocol = Linux.IPPROTO_SCTP, Bound = Facts.Ovpn };
    }

    /// <summary>So resolvers ask that bind to port 0 first. A server, whose port the program chose, hears on the interface alone.</summary>
    [Theory]
    [InlineData(IpFamily.IPv4, true, true, "UnbindByDissolving, OnBehalf")]
    [InlineData(IpFamily.IPv4, true, false, "Steered 3 -")]
    [InlineData(IpFamily.IPv4, false, true, "Steered 3 -")]
    [InlineData(IpFamily.IPv6, true, true, "UnbindByDissolving, OnBehalf")]
    [InlineData(IpFamily.IPv6, true, false, "ENETUNREACH!")]
    [InlineData(IpFamily.IPv6, false, true, "ENETUNREACH!")]
    public void A_datagram_to_an_excluded_destination_sets_a_client_s_socket_free_that_never_had_a_peer(IpFamily family, bool never, bool isKernels, string expected)
    {
        string destination = family == IpFamily.IPv4 ? Excluded : "2001:db8:e::1";
        var facts = new Facts
        {
            Family = family, Bound = Facts.Ovpn, Local = new(IpAddress.Any(family), 5000), NeverConnected = never, KernelsPort = isKernels,
        };
        TrafficPolicy strict = Policies.Of(exclude: "10.0.0.0/8,2001:db8:e::/48", isStrict: true);
        Assert.Equal(expected, Planned.Text(DatagramPlan.Make(
            strict, new MessageNames(Bytes.For(destination, 443), null, AbiLayout.Bits64), ref facts, mayGoOn: false)));
        // To ask for the port takes the device away.
        Assert.Equal(never, facts.Read.Split(' ').Contains("kernelsport"));
    }

    [Theory]
    [InlineData(IpFamily.IPv4, 0, Linux.SOCK_DGRAM, "UnbindByDissolving, OnBehalf")]
    [InlineData(IpFamily.IPv6, 0, Linux.SOCK_DGRAM, "UnbindByDissolving, OnBehalf")]
    // It was used before, and stays bound. In IPv4 a PKTINFO leads the datagram.
    [InlineData(IpFamily.IPv4, 5000, Linux.SOCK_DGRAM, "Steered 3 -")]
    [InlineData(IpFamily.IPv6, 5000, Linux.SOCK_DGRAM, "ENETUNREACH!")]
    // A raw one always has a port of 0, or its protocol in its place.
    [InlineData(IpFamily.IPv4, 0, Linux.SOCK_RAW, "Steered 3 -")]
    public void A_datagram_to_an_excluded_destination_sets_a_new_socket_free(IpFamily family, ushort port, int type, string expected)
    {
        string destination = family == IpFamily.IPv4 ? Excluded : "2001:db8:e::1";
        var facts = new Facts { Family = family, SocketType = type, Bound = Facts.Ovpn, Local = new(IpAddress.Any(family), port) };
        TrafficPolicy strict = Policies.Of(exclude: "10.0.0.0/8,2001:db8:e::/48", isStrict: true);
        Assert.Equal(expected, Planned.Text(DatagramPlan.Make(
            strict, new MessageNames(Bytes.For(destination, 443), null, AbiLayout.Bits64), ref facts, mayGoOn: false)));
    }

    [Fact]
    public void What_connects_as_it_sends_is_refused_where_the_address_decides()
    {
        Assert.Equal("Bind, AsIs", FastOpen(Web, 443, Policies.Of(dns: "198.51.100.53", isStrict: true)));
        Assert.Equal("EOPNOTSUPP", FastOpen(Web, 53, Policies.Of(dns: "198.51.100.53", isStrict: true)));
        // Another thread could have the socket set free for an excluded one before the kernel connects it.
        Assert.Equal("EOPNOTSUPP", FastOpen(Web, 443, Strict));
        Assert.Equal("EOPNOTSUPP", FastOpen(Excluded, 443, Strict));
        Assert.Equal("EOPNOTSUPP", FastOpen(Web, 53, Strict));
        Assert.Equal("Unbind, AsIs", FastOpen(Excluded, 443, Usual));
        Assert.Equal("Bind, AsIs", FastOpen(Web, 53, Usual));
    }
}
