using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Check;
using static BindToInterface.Supervisor.Tests.Check.FakeNetwork;

namespace BindToInterface.Supervisor.Tests.Check;

public sealed class RouteRulesTests
{
    [Fact]
    public void Default_routes_are_ok_and_name_their_gateways() => Assert.Equal(
        [
            Finding.Ok("route", "IPv4 has a route through ovpn to everywhere, via 10.8.0.1"),
            Finding.Ok("route", "IPv6 has a route through ovpn to everywhere, via fd00:8::1"),
        ],
        RouteRules.Judge("ovpn", new FakeNetwork()));

    [Fact]
    public void Two_halves_are_a_default_route()
    {
        FakeNetwork network = new FakeNetwork().WithoutDefault(Ovpn, IpFamily.IPv4);
        network.Routes.Add(Route("0.0.0.0/1", Ovpn, "10.8.0.1", 0));
        Assert.Equal(FindingState.Warning, Of(network, IpFamily.IPv4).State);

        network.Routes.Add(Route("128.0.0.0/1", Ovpn, "10.8.0.1", 0));
        Assert.Equal(FindingState.Ok, Of(network, IpFamily.IPv4).State);
    }

    [Fact]
    public void The_gateway_of_another_route_is_known()
    {
        FakeNetwork network = new FakeNetwork().WithoutDefault(Ovpn);
        network.Routes.Add(Route("172.16.0.0/12", Ovpn, "10.8.0.7", 0));

        Finding finding = Of(network, IpFamily.IPv4);

        Assert.Equal(FindingState.Warning, finding.State);
        Assert.Contains("172.16.0.0/12 only", finding.Text, StringComparison.Ordinal);
        Assert.Equal("ip route add default via 10.8.0.7 dev ovpn metric 1000", finding.Command);
    }

    [Fact]
    public void The_gateway_may_be_the_only_neighbour_or_the_one_that_is_a_router()
    {
        FakeNetwork network = new FakeNetwork().WithoutDefault(Ovpn);
        network.Neighbours.Add(new(Ovpn, Ip("10.8.0.9"), 0x02, 0));
        network.Neighbours.Add(new(Ovpn, Ip("10.8.0.10"), 0x20, 0));
        network.Neighbours.Add(new(Ovpn, Ip("fe80::5"), 0x04, 0x80));
        network.Neighbours.Add(new(Ovpn, Ip("fe80::6"), 0x04, 0));

        Assert.Equal("ip route add default via 10.8.0.9 dev ovpn metric 1000", Of(network, IpFamily.IPv4).Command);
        Assert.Equal("ip -6 route add default via fe80::5 dev ovpn metric 2000", Of(network, IpFamily.IPv6).Command);
    }

    [Fact]
    public void Else_the_first_address_is_guessed_and_said_to_be_a_guess()
    {
        FakeNetwork network = new FakeNetwork().WithoutDefault(Ovpn);

        Finding finding = Of(network, IpFamily.IPv4);

        Assert.Equal((FindingState.Problem, true), (finding.State, finding.IsToldAtStart));
        Assert.Contains("EHOSTUNREACH (No route to host); the gateway is not known here: often it is 10.8.0.1", finding.Text, StringComparison.Ordinal);
        Assert.Equal("ip route add default via 10.8.0.1 dev ovpn metric 1000", finding.Command);
        Assert.Equal("ip -6 route add default via fd00:8::1 dev ovpn metric 2000", Of(network, IpFamily.IPv6).Command);
    }

    /// <summary>What is not bound keeps its default route.</summary>
    [Theory]
    [InlineData(0u, 1000)]
    [InlineData(999u, 1000)]
    [InlineData(1000u, 2000)]
    [InlineData(20600u, 21000)]
    public void The_metric_is_above_those_of_the_default_routes_that_are_there(uint metric, int chosen)
    {
        FakeNetwork network = new FakeNetwork().WithoutDefault(Ovpn).WithoutDefault(Lan);
        network.Routes.Add(Route("0.0.0.0/0", Lan, "192.168.77.1", metric));

        Assert.EndsWith($"metric {chosen}", Of(network, IpFamily.IPv4).Command, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tunnel_needs_no_IPv4_route_and_no_gateway()
    {
        FakeNetwork network = new FakeNetwork().WithoutDefault(Ovpn).With(Ovpn, Tunnel);

        Assert.Equal(FindingState.Ok, Of(network, IpFamily.IPv4).State);
        Assert.Equal("ip -6 route add default dev ovpn metric 2000", Of(network, IpFamily.IPv6).Command);
    }

    [Theory]
    [InlineData(0, false, false)]
    [InlineData(1, false, true)]
    [InlineData(2, false, false)]
    [InlineData(1, true, false)]
    public void Strict_filtering_matters_where_the_normal_route_leads_elsewhere(int filter, bool isNormal, bool isProblem)
    {
        var network = new FakeNetwork { Filter = filter };
        if (isNormal)
        {
            network.WithoutDefault(Lan);
        }

        IEnumerable<Finding> problems = RouteRules.Judge("ovpn", network).Where(finding => finding.State == FindingState.Problem);
        Assert.Equal(isProblem ? ["sysctl -w net.ipv4.conf.ovpn.rp_filter=2"] : [], problems.Select(finding => finding.Command));
    }

    [Fact]
    public void A_dot_in_a_name_is_a_slash_for_sysctl()
    {
        var network = new FakeNetwork { Filter = 1 };
        network.Links[2] = network.Links[2] with { Name = "eth0.5" };

        Assert.Contains(RouteRules.Judge("eth0.5", network), finding => finding.Command == "sysctl -w net.ipv4.conf.eth0/5.rp_filter=2");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Filtering_drops_all_answers_of_a_tunnel_where_no_route_leads_back(int filter)
    {
        FakeNetwork network = new FakeNetwork { Filter = filter }.WithoutDefault(Ovpn).WithoutDefault(Lan).With(Ovpn, Tunnel);

        Assert.Contains(RouteRules.Judge("ovpn", network), finding => finding is { State: FindingState.Problem, Command: "ip route add default dev ovpn metric 1000" });
    }

    [Theory]
    [InlineData(Down)]
    public void Of_an_interface_that_is_down_nothing_is_said(uint flags) => Assert.Empty(RouteRules.Judge("ovpn", new FakeNetwork().With(Ovpn, flags)));

    /// <summary>An interface of a --route needs a route to its networks, and none to everywhere.</summary>
    [Theory]
    [InlineData("10.8.0.0/16", false)]
    [InlineData("10.8.0.0/24", true)]
    [InlineData("fd00:8::/64", true)]
    [InlineData("fd00:9::/64", false)]
    [InlineData("203.0.113.7", false)]
    public void An_interface_of_some_networks_needs_a_route_to_those(string network, bool leads)
    {
        Assert.True(Network.TryParse(network, out Network wanted));
        FakeNetwork host = new FakeNetwork().WithoutDefault(Ovpn);
        host.Routes.RemoveAll(route => network.EndsWith("/16", StringComparison.Ordinal) && route.Destination.ToString() == "10.8.0.0/24");

        Finding finding = Assert.Single(RouteRules.Judge("ovpn", [wanted], host));
        Assert.Equal(leads ? FindingState.Ok : FindingState.Problem, finding.State);
        Assert.Equal(!leads, finding.Command is not null);
        Assert.Equal(FindingState.Ok, Assert.Single(RouteRules.Judge("ovpn", [wanted], new FakeNetwork())).State);
    }

    private static Finding Of(FakeNetwork network, IpFamily family) =>
        RouteRules.Judge("ovpn", network).Single(finding => finding.Text.StartsWith(family.ToString(), StringComparison.Ordinal));
}
