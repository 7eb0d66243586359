using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests.Routes;

public sealed class TrafficPolicyTests
{
    [Theory]
    [InlineData("203.0.113.9")]
    [InlineData("2001:db8::1")]
    [InlineData("::ffff:203.0.113.9")]
    [InlineData("10.0.0.1")]
    [InlineData("fe80::1")]
    [InlineData("224.0.0.251")]
    [InlineData("ff02::fb")]
    [InlineData("255.255.255.255")]
    [InlineData("169.254.1.1")]
    public void Destinations_leave_by_the_interface(string address)
    {
        Verdict verdict = Judge(Policies.Of(), address, 443);

        Assert.Equal(VerdictKind.Bind, verdict.Kind);
        Assert.Equal("ovpn", verdict.Interface);
        Assert.Equal(Bytes.Endpoint(address, 443), verdict.Destination);
        Assert.False(verdict.Rewritten);
        Assert.False(verdict.NeedsDualStack);
        Assert.Null(verdict.Source);
        Assert.Equal(Errno.None, verdict.Error);
        Assert.Equal("", verdict.Reason);
    }

    [Theory]
    [InlineData("", IpFamily.IPv4, IpFamily.IPv4, false)]
    [InlineData("", IpFamily.IPv6, IpFamily.IPv6, false)]
    [InlineData("", IpFamily.IPv6, IpFamily.IPv4, false)]
    [InlineData("10.0.0.0/8", IpFamily.IPv4, IpFamily.IPv4, true)]
    [InlineData("10.0.0.0/8", IpFamily.IPv6, IpFamily.IPv6, false)]
    [InlineData("10.0.0.0/8", IpFamily.IPv6, IpFamily.IPv4, true)]
    [InlineData("fd00::/8", IpFamily.IPv4, IpFamily.IPv4, false)]
    [InlineData("fd00::/8", IpFamily.IPv6, IpFamily.IPv6, true)]
    [InlineData("fd00::/8", IpFamily.IPv6, IpFamily.IPv4, true)]
    public void A_socket_may_mix_where_something_of_its_family_is_excluded(string exclude, IpFamily socket, IpFamily destination, bool mixes) =>
        Assert.Equal(mixes, Policies.Of(exclude: exclude).MayMix(socket, destination));

    /// <summary>An exclude of all is all, and loopback is no narrower one.</summary>
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("203.0.113.9")]
    [InlineData("0.0.0.0")]
    public void What_is_excluded_as_a_whole_keeps_the_normal_routes(string address) =>
        Assert.Equal(VerdictKind.Exclude, Judge(Policies.Of(exclude: "0.0.0.0/0"), address, 80).Kind);

    [Theory]
    [InlineData("ovpn", IpFamily.IPv4, VerdictKind.Bind, "10.8.0.2")]
    [InlineData("ovpn", IpFamily.IPv6, VerdictKind.Bind, null)]
    [InlineData(null, IpFamily.IPv4, VerdictKind.Pass, "10.8.0.2")]
    public void A_destination_that_cannot_be_known_is_taken_for_one_that_is_not_excluded(string? interfaceName, IpFamily family, VerdictKind kind, string? source)
    {
        Verdict verdict = Policies.Of(interfaceName, exclude: "10.,fd00::/8", source: "10.8.0.2").JudgeUnknown(family);

        Assert.Equal((kind, interfaceName, source), (verdict.Kind, verdict.Interface, verdict.Source?.ToString()));
        Assert.Equal(new Endpoint(IpAddress.Any(family), 0), verdict.Destination);
    }

    [Fact]
    public void The_scope_of_a_destination_is_kept()
    {
        Sockaddr destination = Sockaddr.Parse(Bytes.In6("fe80::1", 80, scope: 4));

        Assert.Equal(4u, Policies.Of().Judge(destination).Destination.ScopeId);
    }

    [Theory]
    [InlineData("203.0.113.9")]
    [InlineData("2001:db8::1")]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public void Without_an_interface_everything_passes(string address)
    {
        Verdict verdict = Judge(Policies.Of(interfaceName: null), address, 443);

        Assert.Equal(VerdictKind.Pass, verdict.Kind);
        Assert.Equal(Bytes.Endpoint(address, 443), verdict.Destination);
        Assert.Null(verdict.Interface);
    }

    [Theory]
    [InlineData("192.168.0.1", VerdictKind.Exclude)]
    [InlineData("192.168.255.255", VerdictKind.Exclude)]
    [InlineData("192.169.0.0", VerdictKind.Bind)]
    [InlineData("::ffff:192.168.0.1", VerdictKind.Exclude)]
    [InlineData("2001:db8::1", VerdictKind.Exclude)]
    [InlineData("2001:db9::1", VerdictKind.Bind)]
    public void An_excluded_destination_keeps_the_normal_routes(string address, VerdictKind kind)
    {
        Verdict verdict = Judge(Policies.Of(exclude: "192.168.,2001:db8::/32", source: "10.8.0.2,fd00::2"), address, 443);

        Assert.Equal(kind, verdict.Kind);
        Assert.Equal(kind == VerdictKind.Bind ? "ovpn" : null, verdict.Interface);
        Assert.Equal(kind == VerdictKind.Bind, verdict.Source is not null);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.255")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.53")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("::ffff:0.0.0.0")]
    public void Loopback_is_refused_unless_it_is_excluded(string address)
    {
        Verdict refused = Judge(Policies.Of(), address, 80);
        Verdict excluded = Judge(Policies.Of(exclude: "loopback"), address, 80);

        Assert.Equal(VerdictKind.Refuse, refused.Kind);
        Assert.Equal(Errno.ENETUNREACH, refused.Error);
        Assert.Contains("--exclude loopback", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(VerdictKind.Exclude, excluded.Kind);
        Assert.Equal(Bytes.Endpoint(address, 80), excluded.Destination);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("0.0.0.0")]
    [InlineData("203.0.113.9")]
    public void The_loopback_interface_reaches_loopback(string address)
    {
        Verdict verdict = Judge(Policies.Of(interfaceName: "lo"), address, 80);

        Assert.Equal(VerdictKind.Bind, verdict.Kind);
        Assert.Equal("lo", verdict.Interface);
    }

    [Theory]
    [InlineData("0.0.0.0", "::1", VerdictKind.Refuse)]
    [InlineData("::", "127.0.0.0/8", VerdictKind.Refuse)]
    [InlineData("0.0.0.0", "127.0.0.1", VerdictKind.Exclude)]
    [InlineData("::", "::1", VerdictKind.Exclude)]
    [InlineData("0.0.0.0", "0.0.0.0/0", VerdictKind.Exclude)]
    public void An_unspecified_destination_is_this_host_of_its_family(string address, string exclude, VerdictKind kind) =>
        Assert.Equal(kind, Judge(Policies.Of(exclude: exclude), address, 80).Kind);

    [Theory]
    [InlineData("203.0.113.9", "10.8.0.2")]
    [InlineData("::ffff:203.0.113.9", "10.8.0.2")]
    [InlineData("2001:db8::1", "fd00::2")]
    public void The_source_is_of_the_destinations_family(string address, string source)
    {
        IpAddress expected = Bytes.Address(source);

        Assert.Equal(expected, Judge(Policies.Of(source: "10.8.0.2,fd00::2"), address, 80).Source);
        Assert.Equal(expected, Judge(Policies.Of(interfaceName: null, source: "10.8.0.2,fd00::2"), address, 80).Source);
    }

    [Fact]
    public void A_family_without_a_source_has_none()
    {
        Assert.Null(Judge(Policies.Of(source: "10.8.0.2"), "2001:db8::1", 80).Source);
        Assert.Null(Judge(Policies.Of(source: "fd00::2"), "203.0.113.9", 80).Source);
    }

    [Theory]
    [InlineData("203.0.113.9", VerdictKind.Bind)]
    [InlineData("192.168.0.1", VerdictKind.Exclude)]
    [InlineData("0.0.0.0", VerdictKind.Refuse)]
    public void Port_53_is_nothing_special_to_an_endpoint_that_no_DNS_rule_applies_to(string address, VerdictKind kind)
    {
        Verdict verdict = Policies.Of(dns: "203.0.113.53", exclude: "192.168.").JudgeEndpoint(Bytes.Endpoint(address, 53));

        Assert.Equal(kind, verdict.Kind);
        Assert.Equal(Bytes.Endpoint(address, 53), verdict.Destination);
        Assert.False(verdict.Rewritten);
    }

    [Fact]
    public void With_an_interface_no_random_destination_passes_and_each_is_judged_by_the_rules()
    {
        var random = new Random(7_777);
        TrafficPolicy policy = Policies.Of(dns: "198.51.100.53,[fd00::53]:5353", exclude: "10.,192.0.2.0/24,2001:db8::/32,::1");
        ExcludeList exclude = policy.Options.Exclude;
        for (int round = 0; round < 50_000; round++)
        {
            byte[] bytes = RandomInput.IpSockaddr(random);
            if (random.Next(3) == 0)
            {
                (bytes[2], bytes[3]) = (0, 53);
            }

            Sockaddr destination = Sockaddr.Parse(bytes);
            Verdict verdict = policy.Judge(destination);

            bool isDns = destination.Endpoint.Port == 53;
            Endpoint expected = !isDns ? destination.Endpoint
                : destination.Kind == SockaddrKind.IPv6 ? new(Bytes.Address("fd00::53"), 5353)
                : Bytes.Endpoint("198.51.100.53", 53);
            Assert.Equal(expected, verdict.Destination);
            IpAddress meant = expected.Address.IsUnspecified ? IpAddress.Loopback(expected.Address.Family) : expected.Address;
            Assert.Equal(
                exclude.Contains(meant) ? VerdictKind.Exclude : meant.IsLoopback ? VerdictKind.Refuse : VerdictKind.Bind,
                verdict.Kind);
            Assert.Equal(isDns, verdict.Rewritten);
        }
    }

    [Theory]
    [InlineData("ovpn", false, true)]
    [InlineData("ovpn", true, false)]
    [InlineData(null, false, false)]
    [InlineData(null, true, false)]
    public void Resolver_daemons_are_refused_where_an_interface_is_set_unless_they_are_allowed(string? interfaceName, bool allow, bool refused)
    {
        var policy = new TrafficPolicy(new TrafficPolicyOptions { Interface = interfaceName, AllowResolverDaemons = allow });

        Assert.Equal(refused, policy.RefusesResolverDaemons);
    }

    private static Verdict Judge(TrafficPolicy policy, string address, ushort port) => policy.Judge(Bytes.Destination(address, port));

    [Fact]
    public void An_address_of_this_host_that_another_interface_has_is_unreachable_with_the_remedy()
    {
        var bound = new Verdict(VerdictKind.Bind, Bytes.Endpoint("192.0.2.2", 80)) { Interface = "ovpn" };

        Verdict verdict = TrafficPolicy.RefuseOwnAddress(bound);

        Assert.Equal(VerdictKind.Refuse, verdict.Kind);
        Assert.Equal(Errno.ENETUNREACH, verdict.Error);
        Assert.Equal(bound.Destination, verdict.Destination);
        Assert.Contains("ovpn does not lead to it; use '--exclude 192.0.2.2'", verdict.Reason, StringComparison.Ordinal);
    }
}
