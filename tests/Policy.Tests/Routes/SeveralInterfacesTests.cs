using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests.Routes;

/// <summary>The routes that options mean together: --interface, --route, --exclude, and what the host tells.</summary>
public sealed class SeveralInterfacesTests
{
    private static readonly HostNetworks Home = new()
    {
        Lan = Networks("192.168.77.0/24 fd00:77::/64"), LanInterfaces = [new("lan0", 3)], Own = Networks("10.8.0.0/24"),
    };

    private static readonly HostNetworks Named = new() { Named = [new("nas.example.org", Bytes.Address("203.0.113.7"))] };

    /// <summary>Of an IPv6 socket it may be a mapped IPv4 address, which is bound.</summary>
    [Theory]
    [InlineData("", "::/0=direct")]
    [InlineData("::/0", "")]
    public void An_unknown_destination_is_refused_where_one_family_has_the_normal_route(string exclude, string route) =>
        Assert.Equal(VerdictKind.Refuse, Policies.Of("ovpn", exclude: exclude, route: route).JudgeUnknown(IpFamily.IPv6).Kind);

    [Theory]
    [InlineData("ovpn", "10.0.0.0/8=corp0", "", "10.1.2.3", "Bind corp0")]
    [InlineData("ovpn", "10.0.0.0/8=corp0", "", "::ffff:10.1.2.3", "Bind corp0")]
    [InlineData("ovpn", "10.0.0.0/8=corp0", "", "11.1.2.3", "Bind ovpn")]
    [InlineData("ovpn", "10.0.0.0/8=corp0", "10.1.0.0/16", "10.1.2.3", "Exclude ")]
    [InlineData("ovpn", "10.1.0.0/16=corp0", "10.0.0.0/8", "10.1.2.3", "Bind corp0")]
    [InlineData("ovpn", "10.0.0.0/8=direct", "", "10.1.2.3", "Exclude ")]
    [InlineData("ovpn", "10.0.0.0/8=deny", "", "10.1.2.3", "Refuse ")]
    [InlineData("ovpn", "::/0=deny", "", "2001:db8::1", "Refuse ")]
    [InlineData("ovpn", "::/0=deny", "", "192.0.2.1", "Bind ovpn")]
    [InlineData("ovpn", "0.0.0.0/0=corp0", "", "192.0.2.1", "Bind corp0")]
    [InlineData("none", "", "", "192.0.2.1", "Refuse ")]
    [InlineData("none", "", "", "2001:db8::1", "Refuse ")]
    [InlineData("none", "", "", "127.0.0.1", "Refuse ")]
    [InlineData("none", "10.0.0.0/8=corp0", "", "10.1.2.3", "Bind corp0")]
    [InlineData("none", "", "10.0.0.0/8", "10.1.2.3", "Exclude ")]
    [InlineData(null, "", "", "192.0.2.1", "Pass ")]
    [InlineData(null, "10.0.0.0/8=direct", "", "192.0.2.1", "Pass ")]
    [InlineData(null, "10.0.0.0/8=corp0", "", "192.0.2.1", "Exclude ")]
    [InlineData(null, "10.0.0.0/8=corp0", "", "10.1.2.3", "Bind corp0")]
    [InlineData(null, "10.0.0.0/8=deny", "", "10.1.2.3", "Refuse ")]
    public void Each_destination_has_its_way(string? interfaceName, string route, string exclude, string destination, string way) =>
        Assert.Equal(way, Way(Policies.Of(interfaceName, exclude: exclude, route: route), destination));

    [Fact]
    public void A_refusal_says_which_rule_it_comes_from()
    {
        Verdict denied = Policies.Of(route: "10.0.0.0/8=deny").Judge(Bytes.Destination("10.1.2.3", 80));
        Assert.Equal(("--route 10.0.0.0/8=deny refuses it", true, Errno.ENETUNREACH), (denied.Reason, denied.IsLoud, denied.Error));
        Verdict none = Policies.Of("none").Judge(Bytes.Destination("192.0.2.1", 80));
        Assert.StartsWith("--interface none refuses it", none.Reason, StringComparison.Ordinal);
        Assert.Equal((true, Errno.ENETUNREACH), (none.IsLoud, none.Error));
    }

    [Theory]
    [InlineData("ovpn", "", "", "ovpn", true, false)]
    [InlineData("ovpn", "", "10.0.0.0/8", "ovpn", true, false)]
    [InlineData("ovpn", "10.0.0.0/8=corp0", "", "ovpn corp0", true, true)]
    [InlineData("ovpn", "10.0.0.0/8=ovpn", "", "ovpn", true, false)]
    [InlineData("ovpn", "10.0.0.0/8=deny", "", "ovpn", true, true)]
    [InlineData("ovpn", "10.0.0.0/8=direct", "", "ovpn", true, false)]
    [InlineData("none", "", "", "", true, false)]
    [InlineData("none", "10.0.0.0/8=corp0,11.0.0.0/8=b", "", "corp0 b", true, true)]
    [InlineData(null, "", "10.0.0.0/8", "", false, false)]
    [InlineData(null, "10.0.0.0/8=corp0", "", "corp0", true, true)]
    public void The_table_knows_its_interfaces(string? interfaceName, string route, string exclude, string interfaces, bool restricts, bool several)
    {
        TrafficPolicy policy = Policies.Of(interfaceName, exclude: exclude, route: route);

        Assert.Equal((interfaces, restricts, several), (string.Join(' ', policy.Routes.Interfaces), policy.Routes.Restricts, policy.Routes.HasSeveralWays));
        Assert.Equal((interfaces, restricts), (string.Join(' ', policy.Options.Interfaces), policy.Options.Restricts));
    }

    [Theory]
    [InlineData("ovpn", "", "", false)]
    [InlineData("ovpn", "", "10.0.0.0/8", true)]
    [InlineData("ovpn", "", "2001:db8:e::/48", true)]
    [InlineData("ovpn", "10.0.0.0/8=corp0", "", true)]
    [InlineData("ovpn", "10.0.0.0/8=direct", "", true)]
    [InlineData("ovpn", "10.0.0.0/8=deny", "", false)]
    [InlineData("ovpn", "10.0.0.0/8=ovpn", "", false)]
    [InlineData("none", "", "", false)]
    [InlineData(null, "10.0.0.0/8=corp0", "", true)]
    public void A_bound_socket_is_taken_elsewhere_for_what_has_another_way(string? interfaceName, string route, string exclude, bool expected) =>
        Assert.Equal(expected, Policies.Of(interfaceName, exclude: exclude, route: route).Routes.TakesSocketsElsewhere);

    /// <summary>Bound by the wrong interface, or not denied, would be a leak.</summary>
    [Theory]
    [InlineData("ovpn", "", VerdictKind.Bind)]
    [InlineData("ovpn", "10.0.0.0/8=corp0", VerdictKind.Refuse)]
    [InlineData("ovpn", "10.0.0.0/8=deny", VerdictKind.Refuse)]
    [InlineData("none", "", VerdictKind.Refuse)]
    [InlineData(null, "10.0.0.0/8=corp0", VerdictKind.Refuse)]
    public void What_cannot_be_known_has_a_way_only_where_there_is_one(string? interfaceName, string route, VerdictKind kind) =>
        Assert.Equal(kind, Policies.Of(interfaceName, route: route).JudgeUnknown(IpFamily.IPv4).Kind);

    [Fact]
    public void A_source_counts_for_the_interface_and_not_for_routes()
    {
        TrafficPolicy policy = Policies.Of(source: "192.0.2.8", route: "10.0.0.0/8=corp0");

        Assert.Equal(Bytes.Address("192.0.2.8"), policy.Judge(Bytes.Destination("203.0.113.1", 80)).Source);
        Assert.Null(policy.Judge(Bytes.Destination("10.1.2.3", 80)).Source);
    }

    [Theory]
    [InlineData("10.0.0.0/8=corp0", "10.0.0.0/8", true)]
    [InlineData("10.0.0.0/8=deny", "10.", true)]
    [InlineData("10.0.0.0/8=direct", "10.0.0.0/8", false)]
    [InlineData("10.0.0.0/8=corp0", "10.1.0.0/16", false)]
    public void A_network_that_is_excluded_and_routed_is_a_contradiction(string route, string exclude, bool isOne) =>
        Assert.Equal(isOne, Policies.Of(exclude: exclude, route: route).Options.Contradiction is not null);

    [Theory]
    [InlineData("", "192.168.77.9", "Exclude ")]
    [InlineData("", "192.168.78.9", "Bind ovpn")]
    [InlineData("", "fd00:77::9", "Exclude ")]
    [InlineData("", "fe80::1", "Exclude ")]
    [InlineData("", "224.0.0.251", "Exclude ")]
    [InlineData("", "239.255.255.250", "Exclude ")]
    [InlineData("", "239.1.1.1", "Bind ovpn")]
    [InlineData("", "ff02::fb", "Exclude ")]
    [InlineData("", "ff05::1", "Bind ovpn")]
    [InlineData("", "255.255.255.255", "Exclude ")]
    [InlineData("", "10.8.0.9", "Bind ovpn")]
    [InlineData("192.168.0.0/16=deny", "192.168.77.9", "Refuse ")]
    [InlineData("0.0.0.0/0=deny", "192.168.77.9", "Refuse ")]
    [InlineData("192.168.0.0/16=corp0", "192.168.77.9", "Bind corp0")]
    [InlineData("0.0.0.0/0=corp0", "192.168.77.9", "Exclude ")]
    [InlineData("192.168.77.9=corp0", "192.168.77.9", "Bind corp0")]
    [InlineData("192.168.77.9=corp0", "192.168.77.8", "Exclude ")]
    [InlineData("224.0.0.0/4=corp0", "224.0.0.251", "Bind corp0")]
    public void A_lan_is_excluded_where_the_user_has_not_closed_it(string route, string destination, string way) =>
        Assert.Equal(way, Way(Policies.Of(exclude: "lan", route: route, host: Home), destination));

    [Theory]
    [InlineData("192.168.77.0/24", "192.168.77.9", "Bind ovpn")]
    [InlineData("192.168.0.0/16", "192.168.77.9", "Bind ovpn")]
    [InlineData("192.168.77.8/29", "192.168.77.9", "Bind ovpn")]
    [InlineData("192.168.77.8/29", "192.168.77.99", "Exclude ")]
    public void Where_the_interface_s_network_overlaps_the_lan_the_interface_wins(string own, string destination, string way) =>
        Assert.Equal(way, Way(Policies.Of(exclude: "lan", host: Home with { Own = Networks(own) }), destination));

    [Theory]
    [InlineData("", "Exclude ")]
    [InlineData("203.0.113.0/24=corp0", "Exclude ")]
    [InlineData("203.0.113.0/24=deny", "Refuse ")]
    [InlineData("0.0.0.0/0=deny", "Refuse ")]
    public void The_address_of_a_name_is_excluded_where_the_user_has_not_denied_it(string route, string way) =>
        Assert.Equal(way, Way(Policies.Of("none", exclude: "nas.example.org", route: route, host: Named), "203.0.113.7"));

    [Fact]
    public void Without_a_lan_what_each_link_has_is_not_excluded() =>
        Assert.Equal("Bind ovpn", Way(Policies.Of(exclude: "lan,nas.example.org", host: Named), "224.0.0.251"));

    /// <summary>The user may have asked for something else since.</summary>
    [Fact]
    public void What_was_found_counts_only_while_the_user_names_it()
    {
        HostNetworks found = Home with { Named = Named.Named };

        Assert.Equal("Bind ovpn", Way(Policies.Of(exclude: "nas.example.org", host: found), "192.168.77.9"));
        Assert.Equal("Bind ovpn", Way(Policies.Of(exclude: "lan,other.example.org", host: found), "203.0.113.7"));
        Assert.Empty(Policies.Of(exclude: "nas.example.org", host: found).Host.LanInterfaces);
    }

    private static Network[] Networks(string text) =>
        [.. text.Split(' ').Select(each => Network.TryParse(each, out Network network) ? network : throw new FormatException(each))];

    private static string Way(TrafficPolicy policy, string destination)
    {
        Verdict verdict = policy.Judge(Bytes.Destination(destination, 80));
        return $"{verdict.Kind} {(verdict.Kind == VerdictKind.Bind ? verdict.Interface : "")}";
    }
}
