namespace BindToInterface.EndToEnd;

/// <summary>Without --dns, one line at the start tells of a server that cannot be asked by the interface.</summary>
[Collection(ResolversCollection.Name)]
public sealed class ResolversWarningTests(Lab lab) : LabTest(lab)
{
    [LabTheory]
    [Everyone("127.0.0.53", "--interface ovpn")]
    [Everyone("::1", "--interface ovpn")]
    [Everyone("127.0.0.53", "--interface ovpn --exclude loopback")]
    [Everyone(Internet.Dns4, $"--interface ovpn --exclude {Internet.Dns4}")]
    [Everyone(Internet.Dns4, "--interface ovpn --exclude 203.0.113.")]
    [Everyone(Internet.Dns6, "--interface ovpn --exclude 2001:db8:53::/64")]
    public void It_names_the_server_and_what_to_do(Who who, string server, string options)
    {
        using var _ = Lab.ResolvConf($"# comment\nsearch test\nnameserver {server}\n");

        var line = Assert.Single(Lab.Supervised(who, options, "true").Succeeds().ErrorLines);

        Assert.Contains(server, line, StringComparison.Ordinal);
        Assert.Contains("--dns", line, StringComparison.Ordinal);
    }

    [LabTheory]
    [Everyone("192.168.77.2", "this host's own address on lan0")]
    [Everyone("fd00:77::2", "this host's own address on lan0")]
    [Everyone("fe80::1%lan0", "reached through lan0 only")]
    [Everyone("192.168.77.1", "on the network of lan0, 192.168.77.0/24, which ovpn does not lead to")]
    public void A_server_that_only_another_interface_reaches_is_named(Who who, string server, string fault)
    {
        using var _ = Lab.ResolvConf($"nameserver {server}\n");

        var line = Assert.Single(Lab.Bound(who, "true").Succeeds().ErrorLines);

        Assert.Contains($"nameserver {server} of /etc/resolv.conf is {fault}: names will not resolve; ", line, StringComparison.Ordinal);
        Assert.Empty(Lab.Supervised(who, $"--interface ovpn --dns {Internet.Override4}", "true").Succeeds().Error);
    }

    [LabTheory]
    [Everyone("10.8.0.2")]
    [Everyone("fe80::1%ovpn")]
    public void A_server_of_the_interface_or_beyond_it_is_not(Who who, string server)
    {
        using var _ = Lab.ResolvConf($"nameserver {server}\n");

        Assert.Empty(Lab.Bound(who, "true").Succeeds().Error);
    }

    [LabTheory]
    [Everyone("192.168.77.2")]
    [Everyone("10.8.0.3,fd00:77::2")]
    public void A_source_of_another_uplink_is_one_warning(Who who, string source) => Assert.EndsWith(
        "is an address of lan0, not of ovpn: answers to it may not arrive; use an address of ovpn",
        Assert.Single(Lab.Supervised(who, $"--interface ovpn --source-ip {source}", "true").Succeeds().ErrorLines),
        StringComparison.Ordinal);

    [LabTheory]
    [Everyone("10.8.0.3,fd00:8::3")]
    [Everyone("127.0.0.1")]
    public void A_source_of_the_interface_or_of_loopback_is_none(Who who, string source) =>
        Assert.Empty(Lab.Supervised(who, $"--interface ovpn --source-ip {source}", "true").Succeeds().Error);

    [LabTheory]
    [Everyone("127.0.0.53", $"--interface ovpn --dns {Internet.Override4}")]
    [Everyone(Internet.Dns4, $"--interface ovpn --exclude 203.0.113. --dns {Internet.Override4}")]
    [Everyone(Internet.Dns4, "--interface ovpn")]
    [Everyone(Internet.Dns4, $"--interface ovpn --exclude {Internet.Web4},loopback")]
    public void Otherwise_there_is_none(Who who, string server, string options)
    {
        using var _ = Lab.ResolvConf($"nameserver {server}\n");

        Assert.Empty(Lab.Supervised(who, options, "true").Succeeds().Error);
    }

    [LabTheory]
    [Everyone("127.0.0.53")]
    public void Its_warning_comes_true(Who who, string server)
    {
        using var _ = Lab.ResolvConf($"nameserver {server}\noptions attempts:1 timeout:1\n");

        Assert.NotEqual(0, Lab.Bound(who, "getent", "ahostsv4", "side.test").ExitCode);
        Lab.NothingLeftBy(Side.Lan0);
        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Everyone]
    public void An_excluded_server_is_asked_outside_the_interface(Who who)
    {
        var result = Lab.Supervised(who, $"-q --interface ovpn --exclude {Internet.Dns4}", "getent", "ahostsv4", "side.test").Succeeds();

        Assert.StartsWith(Internet.Answer4(Side.Lan0, Internet.Dns4) + " ", result.Output, StringComparison.Ordinal);
        Lab.NothingLeftBy(Side.Ovpn);
    }
}
