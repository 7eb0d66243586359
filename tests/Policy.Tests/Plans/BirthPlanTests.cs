using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Routes;

namespace BindToInterface.Policy.Tests.Plans;

/// <summary>Every rule of docs/strict.md about a socket that is made.</summary>
public sealed class BirthPlanTests
{
    private static readonly SocketRequest Tcp = new(Linux.AF_INET, Linux.SOCK_STREAM | Linux.SOCK_CLOEXEC, 0);
    private static readonly SocketRequest Udp6 = new(Linux.AF_INET6, Linux.SOCK_DGRAM | Linux.SOCK_NONBLOCK, Linux.IPPROTO_UDP);
    private static readonly SocketRequest Multipath = new(Linux.AF_INET, Linux.SOCK_STREAM, Linux.IPPROTO_MPTCP);

    private static TrafficPolicy Usual => new(new TrafficPolicyOptions { Interface = "ovpn" });

    private static TrafficPolicy Strict => new(new TrafficPolicyOptions { Interface = "ovpn", IsStrict = true });

    private static Birth Plan(TrafficPolicy policy, SocketRequest request, bool isOfOurNamespace = true) => BirthPlan.Make(policy, request, isOfOurNamespace);

    [Fact]
    public void In_strict_mode_a_socket_is_bound_before_the_program_has_it()
    {
        Assert.Equal(new Birth(BirthWay.Made, Tcp, "ovpn"), Plan(Strict, Tcp));
        Assert.Equal(new Birth(BirthWay.Made, Udp6, "ovpn"), Plan(Strict, Udp6));
    }

    [Fact]
    public void Else_one_that_is_made_is_not_bound() => Assert.Equal(new Birth(BirthWay.Made, Tcp), Plan(Usual, Tcp));

    [Fact]
    public void A_multipath_socket_becomes_a_TCP_socket()
    {
        SocketRequest made = Multipath with { Protocol = Linux.IPPROTO_TCP };
        Assert.Equal(new Birth(BirthWay.Made, made), Plan(Usual, Multipath));
        Assert.Equal(new Birth(BirthWay.Made, made, "ovpn"), Plan(Strict, Multipath));
    }

    /// <summary>socketcall's arguments are in memory, so that the supervisor makes what it has read, whatever it is.</summary>
    [Theory]
    [InlineData(Linux.AF_UNIX)]
    [InlineData(Linux.AF_NETLINK)]
    public void A_socket_that_sends_no_IP_is_not_bound(int family)
    {
        var request = new SocketRequest(family, Linux.SOCK_DGRAM, 0);
        Assert.Equal(new Birth(BirthWay.Made, request), Plan(Strict, request));
    }

    [Fact]
    public void In_another_network_namespace_the_kernel_makes_it_there()
    {
        Assert.Equal(new Birth(BirthWay.AsIs, Tcp), Plan(Strict, Tcp, isOfOurNamespace: false));
        Assert.Equal(
            new Birth(BirthWay.Refused, Multipath) { Error = Errno.EPROTONOSUPPORT },
            Plan(Strict, Multipath, isOfOurNamespace: false));
    }

    [Fact]
    public void Without_a_default_interface_it_is_bound_to_the_first_of_the_routes()
    {
        Assert.True(RouteList.TryParse("10.0.0.0/8=corp0,192.0.2.0/24=ovpn", out RouteList routes, out string error), error);
        var policy = new TrafficPolicy(new TrafficPolicyOptions { RefusesOthers = true, Routes = routes, IsStrict = true });

        Assert.Equal("corp0", Plan(policy, Tcp).Interface);
    }

    [Fact]
    public void Flags_are_told_apart_from_the_type()
    {
        Assert.Equal((Linux.SOCK_STREAM, true, false), (Tcp.Type, Tcp.IsCloseOnExec, Tcp.IsNonBlocking));
        Assert.Equal((Linux.SOCK_DGRAM, false, true), (Udp6.Type, Udp6.IsCloseOnExec, Udp6.IsNonBlocking));
        Assert.True(Multipath.IsMultipath);
        Assert.False((Multipath with { TypeAndFlags = Linux.SOCK_DGRAM }).IsMultipath);
        Assert.False((Multipath with { Domain = Linux.AF_UNIX }).IsMultipath);
    }
}
