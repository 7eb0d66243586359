namespace BindToInterface.EndToEnd;

/// <summary>What --check calls a problem is a line at the start of a run, with the same words; what breaks nothing is none.</summary>
public sealed class StartWarningTests
{
    [LabTheory]
    [InlineData("ip link set ovpn down", "--interface ovpn", "interface ovpn is down: connections fail; type: ip link set ovpn up")]
    [InlineData("ip address flush dev ovpn scope global", "--interface ovpn --dns 8.8.8.8", "interface ovpn has no address, ")]
    [InlineData("ip -6 route del default dev ovpn", "--interface ovpn", "IPv6 has no route through ovpn: connections fail with ENETUNREACH (Network is unreachable)")]
    [InlineData("ip route del default dev ovpn", "--interface ovpn --dns 10.8.0.1", "IPv4 has no route through ovpn: connections fail with EHOSTUNREACH (No route to host)")]
    [InlineData("sysctl -qw net.ipv4.conf.ovpn.rp_filter=1", "--interface ovpn", "rp_filter is 1 (strict) and the normal route is not through ovpn: the answers that arrive there are dropped; type: sysctl -w net.ipv4.conf.ovpn.rp_filter=2")]
    [InlineData("true", "--interface ovpn --dns 127.0.0.1", "--dns server 127.0.0.1 is on this host: names will not resolve; use --dns with a server that ovpn leads to")]
    [InlineData("true", "--interface ovpn --exclude 0.0.0.0/0 --dns 8.8.8.8", "all IPv4 destinations are excluded: nothing is bound to ovpn; exclude less")]
    [InlineData("true", "--interface ovpn --source-ip 10.8.0.77", "--source-ip: 10.8.0.77 is not an address of this host: sockets cannot be bound to it; use an address of ovpn")]
    public void What_breaks_something_is_one_line(string broken, string options, string line)
    {
        using var own = new Lab();
        own.Run(Who.Root, "sh", "-c", broken).Succeeds();

        foreach (Who who in (Who[])[Who.Root, Who.User])
        {
            Assert.StartsWith($"bti-supervise: {line}", Assert.Single(own.Supervised(who, options, "echo", "ran").Says("ran\n").ErrorLines), StringComparison.Ordinal);
            Assert.Empty(own.Supervised(who, $"-q {options}", "true").Succeeds().Error);
        }
    }

    [LabTheory]
    [InlineData("true")]
    [InlineData("ip -6 address flush dev ovpn scope global")]
    [InlineData("ip route del default dev ovpn; ip route add 203.0.113.0/24 via 10.8.0.1 dev ovpn")]
    [InlineData("ip link set lan0 down")]
    public void What_breaks_nothing_is_none(string change)
    {
        using var own = new Lab();
        own.Run(Who.Root, "sh", "-c", change).Succeeds();

        Assert.Empty(own.Bound(Who.User, "true").Succeeds().Error);
    }
}
