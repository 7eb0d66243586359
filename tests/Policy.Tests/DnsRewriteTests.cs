using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests;

public sealed class DnsRewriteTests
{
    private const string Server4 = "198.51.100.53";
    private const string Server6 = "fd00::53";

    /// <summary>
    /// Each form of a destination with each override: the server, and whether it can be reached through a
    /// dual-stack socket only.
    /// </summary>
    [Theory]
    [InlineData("192.0.2.1", Server4, Server4, false)]
    [InlineData("192.0.2.1", Server4 + "," + Server6, Server4, false)]
    [InlineData("::ffff:192.0.2.1", Server4, Server4, false)]
    [InlineData("::ffff:192.0.2.1", Server4 + "," + Server6, Server4, false)]
    [InlineData("::ffff:192.0.2.1", Server6, Server6, false)]
    [InlineData("2001:db8::1", Server6, Server6, false)]
    [InlineData("2001:db8::1", Server4 + "," + Server6, Server6, false)]
    [InlineData("2001:db8::1", Server4, Server4, true)]
    public void Port_53_goes_to_the_override(string address, string dns, string server, bool needsDualStack)
    {
        foreach (string? interfaceName in new[] { "ovpn", null })
        {
            Verdict verdict = Policies.Of(interfaceName, dns).Judge(Bytes.Destination(address, 53));

            Assert.Equal(interfaceName is null ? VerdictKind.Pass : VerdictKind.Bind, verdict.Kind);
            Assert.Equal(Bytes.Endpoint(server, 53), verdict.Destination);
            Assert.True(verdict.Rewritten);
            Assert.Equal(needsDualStack, verdict.NeedsDualStack);
        }
    }

    [Fact]
    public void A_sockaddr_in_cannot_name_an_IPv6_server_and_is_refused_so_that_the_resolver_takes_its_next()
    {
        foreach (string? interfaceName in new[] { "ovpn", null })
        {
            Verdict verdict = Policies.Of(interfaceName, Server6, exclude: "192.0.2.1").Judge(Bytes.Destination("192.0.2.1", 53));

            Assert.Equal(VerdictKind.Refuse, verdict.Kind);
            Assert.Equal(Errno.ECONNREFUSED, verdict.Error);
            Assert.False(verdict.Rewritten);
            Assert.NotEqual("", verdict.Reason);
        }
    }

    [Theory]
    [InlineData(52)]
    [InlineData(54)]
    [InlineData(0)]
    [InlineData(5353)]
    [InlineData(13568)] // 53 in the wrong byte order
    public void Other_ports_are_not_rewritten(ushort port)
    {
        Verdict verdict = Policies.Of(dns: Server4).Judge(Bytes.Destination("192.0.2.1", port));

        Assert.False(verdict.Rewritten);
        Assert.Equal(Bytes.Endpoint("192.0.2.1", port), verdict.Destination);
    }

    [Fact]
    public void Without_an_override_port_53_is_not_rewritten()
    {
        TrafficPolicy policy = Policies.Of();

        Assert.False(policy.RewritesDns);
        Assert.False(policy.Judge(Bytes.Destination("192.0.2.1", 53)).Rewritten);
    }

    [Theory]
    [InlineData(Server4)]
    [InlineData(Server6)]
    public void One_override_is_enough_to_rewrite(string dns) => Assert.True(Policies.Of(dns: dns).RewritesDns);

    [Fact]
    public void The_overrides_port_is_used()
    {
        Verdict verdict = Policies.Of(dns: $"{Server4}:5353").Judge(Bytes.Destination("192.0.2.1", 53));

        Assert.True(verdict.Rewritten);
        Assert.Equal(Bytes.Endpoint(Server4, 5353), verdict.Destination);
    }

    [Theory]
    [InlineData(Server4, false)]
    [InlineData(Server4 + ":5353", true)]
    public void The_override_itself_is_rewritten_only_where_its_port_differs(string dns, bool rewritten)
    {
        Verdict verdict = Policies.Of(dns: dns).Judge(Bytes.Destination(Server4, 53));

        Assert.Equal(VerdictKind.Bind, verdict.Kind);
        Assert.Equal(rewritten, verdict.Rewritten);
    }

    [Fact]
    public void Excludes_are_looked_at_after_the_rewrite()
    {
        Verdict excludedServer = Policies.Of(dns: Server4, exclude: Server4).Judge(Bytes.Destination("192.0.2.1", 53));
        Verdict excludedDestination = Policies.Of(dns: Server4, exclude: "192.0.2.1").Judge(Bytes.Destination("192.0.2.1", 53));

        Assert.Equal(VerdictKind.Exclude, excludedServer.Kind);
        Assert.True(excludedServer.Rewritten);
        Assert.Equal(Bytes.Endpoint(Server4, 53), excludedServer.Destination);
        Assert.Equal(VerdictKind.Bind, excludedDestination.Kind);
        Assert.Equal(Bytes.Endpoint(Server4, 53), excludedDestination.Destination);
    }

    [Theory]
    [InlineData("127.0.0.53")]
    [InlineData("0.0.0.0")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    public void A_loopback_stub_is_rewritten_before_loopback_is_refused(string stub)
    {
        Verdict verdict = Policies.Of(dns: $"{Server4},{Server6}").Judge(Bytes.Destination(stub, 53));

        Assert.Equal(VerdictKind.Bind, verdict.Kind);
        Assert.True(verdict.Rewritten);
    }

    [Theory]
    [InlineData("", VerdictKind.Refuse)]
    [InlineData("loopback", VerdictKind.Exclude)]
    public void A_loopback_override_is_judged_like_any_loopback_destination(string exclude, VerdictKind kind)
    {
        Verdict verdict = Policies.Of(dns: "127.0.0.1:5353", exclude: exclude).Judge(Bytes.Destination("192.0.2.1", 53));

        Assert.Equal(kind, verdict.Kind);
        Assert.True(verdict.Rewritten);
    }

    [Fact]
    public void The_source_is_of_the_overrides_family()
    {
        Verdict verdict = Policies.Of(dns: Server4, source: "10.8.0.2,fd00::2").Judge(Bytes.Destination("2001:db8::1", 53));

        Assert.Equal(Bytes.Address("10.8.0.2"), verdict.Source);
    }

    [Fact]
    public void A_rewritten_destination_written_into_the_programs_bytes_is_judged_the_same_again()
    {
        var random = new Random(1_035);
        TrafficPolicy policy = Policies.Of(dns: $"{Server4},{Server6}");
        for (int round = 0; round < 5_000; round++)
        {
            byte[] bytes = RandomInput.IpSockaddr(random);
            (bytes[2], bytes[3]) = (0, 53);
            Sockaddr destination = Sockaddr.Parse(bytes);
            Verdict first = policy.Judge(destination);

            Assert.True(destination.TryRewrite(bytes, first.Destination));
            Verdict second = policy.Judge(Sockaddr.Parse(bytes));

            Assert.False(second.Rewritten);
            Assert.Equal(first.Destination, second.Destination);
            Assert.Equal(first.Kind, second.Kind);
        }
    }
}
