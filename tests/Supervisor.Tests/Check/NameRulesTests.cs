using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Check;
using static BindToInterface.Supervisor.Tests.Check.FakeNetwork;

namespace BindToInterface.Supervisor.Tests.Check;

public sealed class NameRulesTests
{
    [Theory]
    [InlineData("203.0.113.53", "is asked through ovpn", "Ok")]
    [InlineData("10.8.0.1", "is asked through ovpn", "Ok")]
    [InlineData("10.8.0.2", "is asked through ovpn", "Ok")]
    [InlineData("fe80::1%ovpn", "is asked through ovpn", "Ok")]
    [InlineData("127.0.0.53", "is on this host: names will not resolve", "Problem")]
    [InlineData("::1", "is on this host: names will not resolve", "Problem")]
    [InlineData("192.168.77.2", "is this host's own address on lan0: names will not resolve", "Problem")]
    [InlineData("192.168.77.1", "is on the network of lan0, 192.168.77.0/24, which ovpn does not lead to: names will not resolve", "Problem")]
    [InlineData("fe80::1%lan0", "is reached through lan0 only: names will not resolve", "Problem")]
    [InlineData("fe80::1%2", "is reached through 2 only: names will not resolve", "Problem")]
    public void A_nameserver_is_judged_by_where_it_is(string server, string text, string state)
    {
        Finding finding = Judge("", "", server)[0];

        Assert.StartsWith($"nameserver {server} of /etc/resolv.conf {text}", finding.Text, StringComparison.Ordinal);
        Assert.Equal((state, state == "Problem"), (finding.State.ToString(), finding.IsToldAtStart));
        Assert.Equal(state == "Ok" ? null : "8.8.8.8", finding.Option?.Value);
    }

    [Fact]
    public void One_without_a_route_is_unreachable() => Assert.StartsWith(
        "nameserver 203.0.113.53 of /etc/resolv.conf cannot be reached, since ovpn has no route to it: names will not resolve",
        Judge("", "", new FakeNetwork().WithoutDefault(Ovpn), "203.0.113.53")[0].Text, StringComparison.Ordinal);

    [Fact]
    public void One_on_a_public_network_of_another_interface_may_answer()
    {
        var network = new FakeNetwork();
        network.Addresses.Add(new(Lan, Ip("203.0.113.9"), 24));

        Finding finding = Judge("", "", network, "203.0.113.53")[0];

        Assert.Equal((FindingState.Warning, false), (finding.State, finding.IsToldAtStart));
    }

    [Fact]
    public void An_excluded_one_is_a_warning_that_a_run_tells()
    {
        Finding finding = Judge("203.0.113.0/24", "", "203.0.113.53")[0];

        Assert.Equal(
            "nameserver 203.0.113.53 of /etc/resolv.conf is excluded: DNS queries take the normal route; use --dns with a server that ovpn leads to",
            finding.Text);
        Assert.Equal((FindingState.Warning, true), (finding.State, finding.IsToldAtStart));
    }

    [Fact]
    public void Where_another_answers_one_that_does_not_is_a_warning_and_the_other_is_the_remedy()
    {
        IReadOnlyList<Finding> findings = Judge("", "", "127.0.0.53", "203.0.113.53");

        Assert.Equal((FindingState.Warning, true, "203.0.113.53"), (findings[0].State, findings[0].IsToldAtStart, findings[0].Option?.Value));
    }

    [Theory]
    [InlineData("127.0.0.1", "", "is on this host: names will not resolve", "Problem", true)]
    [InlineData("127.0.0.1", "loopback", "is excluded: DNS queries take the normal route, since a server on this host asks by the default route itself", "Warning", false)]
    [InlineData("192.168.77.1", "192.168.", "is excluded: DNS queries take the normal route", "Warning", false)]
    [InlineData("192.168.77.1", "", "is on the network of lan0", "Problem", true)]
    [InlineData("203.0.113.54", "", "is asked through ovpn", "Ok", false)]
    public void The_server_of_dns_is_judged_likewise(string dns, string exclude, string text, string state, bool isTold)
    {
        Finding finding = Judge(exclude, dns, "127.0.0.53")[0];

        Assert.StartsWith($"--dns server {dns} {text}", finding.Text, StringComparison.Ordinal);
        Assert.Equal((state, isTold), (finding.State.ToString(), finding.IsToldAtStart));
    }

    [Fact]
    public void A_remedy_is_no_server_that_is_excluded() =>
        Assert.Equal("1.1.1.1", Judge("loopback,8.8.8.8", "", "127.0.0.53")[0].Option?.Value);

    [Fact]
    public void Allowed_resolver_daemons_are_a_warning()
    {
        var policy = new TrafficPolicy(new TrafficPolicyOptions { Interface = "ovpn", AllowResolverDaemons = true });

        Assert.Equal(FindingState.Warning, new NameRules(policy, new FakeNetwork()).Judge([], "", []).Last().State);
    }

    private static IReadOnlyList<Finding> Judge(string exclude, string dns, params string[] servers) => Judge(exclude, dns, new FakeNetwork(), servers);

    private static IReadOnlyList<Finding> Judge(string exclude, string dns, FakeNetwork network, params string[] servers)
    {
        Assert.True(ExcludeList.TryParse(exclude, out ExcludeList list, out _));
        _ = AddressPair.TryParse(dns, TrafficPolicy.DnsPort, out AddressPair pair, out _);
        var policy = new TrafficPolicy(new TrafficPolicyOptions { Interface = "ovpn", Exclude = list, Dns = pair });
        return [.. new NameRules(policy, network).Judge(ResolvConf.Nameservers(servers.Select(server => $"nameserver {server}")), "/etc/resolv.conf", [])];
    }
}
