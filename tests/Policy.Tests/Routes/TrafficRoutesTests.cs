using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests.Routes;

public sealed class TrafficRoutesTests
{
    /// <summary>Networks within networks, the widest first: the order in which they are given does not count.</summary>
    private static readonly TrafficRoutes Nested = Table(
        ("0.0.0.0/0", "ovpn"), ("10.0.0.0/8", "corp0"), ("10.1.0.0/16", "direct"), ("10.1.2.0/24", "ovpn"), ("10.1.2.3", "deny"),
        ("::/0", "ovpn"), ("fd00::/8", "corp0"), ("fd00:1::/32", "direct"), ("fd00:1::1", "deny"), ("fe80::/10", "corp0"));

    [Theory]
    [InlineData("192.0.2.1", "ovpn")]
    [InlineData("9.255.255.255", "ovpn")]
    [InlineData("10.0.0.0", "corp0")]
    [InlineData("10.255.255.255", "corp0")]
    [InlineData("11.0.0.0", "ovpn")]
    [InlineData("10.1.0.0", "direct")]
    [InlineData("10.1.255.255", "direct")]
    [InlineData("10.2.0.0", "corp0")]
    [InlineData("10.1.2.0", "ovpn")]
    [InlineData("10.1.2.255", "ovpn")]
    [InlineData("10.1.2.3", "deny")]
    [InlineData("10.1.2.4", "ovpn")]
    [InlineData("10.1.3.3", "direct")]
    [InlineData("0.0.0.0", "ovpn")]
    [InlineData("255.255.255.255", "ovpn")]
    [InlineData("2001:db8::1", "ovpn")]
    [InlineData("fcff::1", "ovpn")]
    [InlineData("fd00::1", "corp0")]
    [InlineData("fdff:ffff::1", "corp0")]
    [InlineData("fd00:1::2", "direct")]
    [InlineData("fd00:1:0:0:ffff::", "direct")]
    [InlineData("fd00:2::1", "corp0")]
    [InlineData("fd00:1::1", "deny")]
    [InlineData("::", "ovpn")]
    [InlineData("::10.1.2.3", "ovpn")]
    [InlineData("::ffff:10.1.2.3", "deny")]
    [InlineData("::ffff:10.1.2.4", "ovpn")]
    [InlineData("::ffff:10.2.0.1", "corp0")]
    [InlineData("::ffff:192.0.2.1", "ovpn")]
    public void The_longest_prefix_counts(string destination, string way)
    {
        Assert.Equal(way, Way(Nested, destination));
    }

    [Fact]
    public void The_order_in_which_networks_are_given_does_not_count()
    {
        (string, string)[] rows = [("10.1.2.3", "deny"), ("10.0.0.0/8", "corp0"), ("0.0.0.0/0", "ovpn"), ("10.1.2.0/24", "direct")];
        foreach ((string, string)[] order in new[] { rows, rows.Reverse().ToArray(), [rows[2], rows[0], rows[3], rows[1]] })
        {
            TrafficRoutes routes = Table(order);

            Assert.Equal(("ovpn", "corp0", "direct", "deny"), (Way(routes, "192.0.2.1"), Way(routes, "10.9.9.9"), Way(routes, "10.1.2.4"), Way(routes, "10.1.2.3")));
        }
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.3.3.3")]
    [InlineData("0.0.0.0/0", "192.0.2.1")]
    [InlineData("::/0", "2001:db8::1")]
    [InlineData("fd00::/8", "fd00::1")]
    public void Of_the_same_network_the_first_counts(string network, string destination)
    {
        Assert.Equal("direct", Way(Table((network, "direct"), (network, "corp0")), destination));
        Assert.Equal("corp0", Way(Table((network, "corp0"), (network, "direct")), destination));
    }

    [Fact]
    public void What_no_route_names_is_refused()
    {
        Assert.Equal("deny", Way(Table(), "192.0.2.1"));
        Assert.Equal("deny", Way(Table(("10.0.0.0/8", "ovpn")), "11.0.0.0"));
        Assert.Equal("deny", Way(Table(("0.0.0.0/0", "ovpn")), "2001:db8::1"));
        Assert.Equal("deny", Way(Table(("::/0", "ovpn")), "::ffff:192.0.2.1"));
    }

    /// <summary>The scope of a link-local destination is held against the interface by who knows its number.</summary>
    [Theory]
    [InlineData(0u)]
    [InlineData(4u)]
    [InlineData(uint.MaxValue)]
    public void A_scope_is_no_part_of_the_network_and_stays_with_the_destination(uint scope)
    {
        Verdict verdict = new TrafficPolicy(new TrafficPolicyOptions(), Nested).Judge(Sockaddr.Parse(Bytes.In6("fe80::1", 80, scope)));

        Assert.Equal((VerdictKind.Bind, "corp0", scope), (verdict.Kind, verdict.Interface, verdict.Destination.ScopeId));
    }

    [Theory]
    [InlineData("192.0.2.1", VerdictKind.Bind, "ovpn", "10.8.0.2")]
    [InlineData("10.9.9.9", VerdictKind.Bind, "corp0", "10.9.0.2")]
    [InlineData("::ffff:10.9.9.9", VerdictKind.Bind, "corp0", "10.9.0.2")]
    [InlineData("10.1.9.9", VerdictKind.Exclude, null, null)]
    [InlineData("2001:db8::1", VerdictKind.Bind, "ovpn", null)]
    [InlineData("10.1.2.3", VerdictKind.Refuse, null, null)]
    public void A_verdict_names_the_interface_and_the_source_of_its_route(string destination, VerdictKind kind, string? interfaceName, string? source)
    {
        var routes = new TrafficRoutes(
        [
            Route("0.0.0.0/0", "ovpn") with { Source = Bytes.Address("10.8.0.2") },
            Route("10.0.0.0/8", "corp0") with { Source = Bytes.Address("10.9.0.2") },
            Route("10.1.0.0/16", "direct"), Route("10.1.2.3", "deny"), Route("::/0", "ovpn"),
        ]);

        Verdict verdict = new TrafficPolicy(new TrafficPolicyOptions(), routes).Judge(Bytes.Destination(destination, 80));

        Assert.Equal((kind, interfaceName, source), (verdict.Kind, verdict.Interface, verdict.Source?.ToString()));
        Assert.Equal(kind == VerdictKind.Refuse ? Errno.ENETUNREACH : Errno.None, verdict.Error);
        Assert.Equal(kind == VerdictKind.Refuse, verdict.Reason.Length > 0);
        Assert.Equal(Bytes.Endpoint(destination, 80), verdict.Destination);
    }

    [Theory]
    [InlineData("", true, true)]
    [InlineData("192.0.2.1", false, true)]
    [InlineData("2001:db8::/32", true, false)]
    [InlineData("loopback", false, false)]
    [InlineData("::ffff:192.0.2.1", false, true)]
    public void An_exclude_leads_another_way_than_the_interface(string exclude, bool four, bool six)
    {
        TrafficRoutes routes = Policies.Of(exclude: exclude, source: "10.8.0.2,fd00::2").Routes;

        Assert.Equal((four, six), (routes.LeadsOneWay(IpFamily.IPv4), routes.LeadsOneWay(IpFamily.IPv6)));
    }

    [Fact]
    public void Without_an_interface_nothing_leads_one_way()
    {
        TrafficRoutes routes = Policies.Of(interfaceName: null).Routes;

        Assert.Equal((false, false), (routes.LeadsOneWay(IpFamily.IPv4), routes.LeadsOneWay(IpFamily.IPv6)));
    }

    [Theory]
    [InlineData("10.0.0.0/8", "corp0", false, true)]
    [InlineData("10.0.0.0/8", "deny", false, true)]
    [InlineData("10.0.0.0/8", "ovpn", true, true)]
    [InlineData("fd00::/8", "corp0", true, false)]
    [InlineData("fd00::/8", "deny", true, false)]
    [InlineData("fd00::/8", "ovpn", true, true)]
    public void Another_interface_or_a_refusal_is_another_way(string network, string way, bool four, bool six)
    {
        TrafficRoutes routes = Table(("0.0.0.0/0", "ovpn"), ("::/0", "ovpn"), (network, way));

        Assert.Equal((four, six), (routes.LeadsOneWay(IpFamily.IPv4), routes.LeadsOneWay(IpFamily.IPv6)));
    }

    [Fact]
    public void A_source_of_its_own_is_another_way()
    {
        var routes = new TrafficRoutes([Route("0.0.0.0/0", "ovpn"), Route("10.0.0.0/8", "ovpn") with { Source = Bytes.Address("10.8.0.2") }]);

        Assert.False(routes.LeadsOneWay(IpFamily.IPv4));
    }

    /// <summary>A search by a bit at a time, in random tables.</summary>
    [Fact]
    public void The_route_is_that_of_the_longest_network_that_has_the_destination()
    {
        var random = new Random(9_007);
        for (int round = 0; round < 2_000; round++)
        {
            // Few bits, so that networks overlap.
            TrafficRoute[] rows = [.. Enumerable.Range(0, random.Next(12)).Select(number => Route($"10.{random.Next(4) << 6}.0.0/{random.Next(17)}", $"eth{number}"))];
            var routes = new TrafficRoutes(rows);
            IpAddress destination = Bytes.Address($"10.{random.Next(256)}.0.{random.Next(2)}");

            TrafficRoute? expected = null;
            foreach (TrafficRoute row in rows.Where(row => row.Network.Contains(destination)))
            {
                if (expected is not TrafficRoute best || row.Network.Mask > best.Network.Mask)
                {
                    expected = row;
                }
            }

            Assert.Equal(expected?.Interface, routes.Find(destination).Interface);
            Assert.Equal(expected?.Kind ?? VerdictKind.Refuse, routes.Find(destination).Kind);
        }
    }

    [Fact]
    public void A_look_up_allocates_nothing()
    {
        TrafficPolicy policy = Policies.Of(exclude: "10.,192.168.,fd00::/8", source: "10.8.0.2");
        Sockaddr[] destinations = [.. "10.1.1.1 203.0.113.9 fd00::1 2001:db8::1 127.0.0.1".Split(' ').Select(address => Bytes.Destination(address, 443))];
        Judge();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Judge();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Judge()
        {
            foreach (ref readonly Sockaddr destination in destinations.AsSpan())
            {
                _ = policy.Judge(destination);
            }
        }
    }

    private static TrafficRoutes Table(params (string Network, string Way)[] rows) => new([.. rows.Select(row => Route(row.Network, row.Way))]);

    private static TrafficRoute Route(string text, string way)
    {
        Assert.True(Network.TryParse(text, out Network network), text);
        return way switch
        {
            "direct" => new(network, VerdictKind.Exclude),
            "deny" => new(network, VerdictKind.Refuse),
            _ => new(network, VerdictKind.Bind) { Interface = way },
        };
    }

    private static string Way(TrafficRoutes routes, string destination)
    {
        ref readonly TrafficRoute route = ref routes.Find(Bytes.Address(destination));
        return route.Kind switch
        {
            VerdictKind.Exclude => "direct",
            VerdictKind.Refuse => "deny",
            _ => route.Interface ?? "pass",
        };
    }
}
