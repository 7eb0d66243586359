using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Check;
using BindToInterface.Supervisor.Configuration;
using static BindToInterface.Supervisor.Tests.Check.FakeNetwork;
using Net = BindToInterface.Policy.Addresses.Network;

namespace BindToInterface.Supervisor.Tests.Check;

/// <summary>Excludes, the source, the host, the program and the probe.</summary>
public sealed class OtherRulesTests
{
    private static readonly HostFacts Host = new()
    {
        Release = "6.18.0",
        Features = [new("a feature", "6.6", IsThere: true, "it is slower")],
        Calls = [("pidfd_open", Errno.None), ("pidfd_getfd", Errno.None)],
        YamaScope = "1",
    };

    [Theory]
    [InlineData("0.0.0.0/0", null)]
    [InlineData("0.0.0.0/1,128.0.0.0/1,10.0.0.0/8", "10.0.0.0/8")]
    [InlineData("::/0,loopback", "127.0.0.0/8,::1/128")]
    [InlineData("2000::/3", null)]
    public void Excludes_that_leave_nothing_to_bind_are_a_problem_and_the_remedy_is_the_rest(string exclude, string? rest)
    {
        Finding finding = Assert.Single(Excludes(exclude), finding => finding.State == FindingState.Problem);

        Assert.Equal((Setting.Exclude, rest), finding.Option);
    }

    [Theory]
    [InlineData("0.0.0.0/1")]
    [InlineData("0.0.0.0/1,128.0.0.0/2")]
    [InlineData("10.0.0.0/8,192.168.,loopback")]
    [InlineData("")]
    public void Other_excludes_are_ok_as_the_networks_that_they_mean(string exclude) =>
        Assert.All(Excludes(exclude), finding => Assert.Equal(FindingState.Ok, finding.State));

    [Fact]
    public void An_exclude_names_the_interface_of_its_normal_route() => Assert.Contains(
        Finding.Ok("exclude", "192.168.0.0/16 takes the normal route, now through lan0"), Excludes("192.168."));

    [Theory]
    [InlineData("0.0.0.0/0", "0.0.0.0/1,128.0.0.0/1", true)]
    [InlineData("0.0.0.0/0", "0.0.0.0/1,128.0.0.0/2,192.0.0.0/2", true)]
    [InlineData("0.0.0.0/0", "0.0.0.0/1,128.0.0.0/2", false)]
    [InlineData("10.0.0.0/8", "0.0.0.0/1", true)]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.0/31", "192.0.2.1", false)]
    public void Networks_cover_another_one(string whole, string networks, bool covers)
    {
        Assert.True(Net.TryParse(whole, out Net parsed));
        Assert.True(ExcludeList.TryParse(networks, out ExcludeList list, out _));

        Assert.Equal(covers, ExcludeRules.Covers(list.Networks, parsed));
    }

    [Theory]
    [InlineData("10.8.0.2,fd00:8::2", null, null)]
    [InlineData("127.0.0.1", null, null)]
    [InlineData("192.168.77.2", "is an address of lan0, not of ovpn: answers to it may not arrive; use an address of ovpn", "10.8.0.2")]
    [InlineData("10.8.0.2,fd00:77::2", "is an address of lan0, not of ovpn: answers to it may not arrive; use an address of ovpn", "10.8.0.2,fd00:8::2")]
    [InlineData("10.8.0.99", "is not an address of this host: sockets cannot be bound to it; use an address of ovpn", "10.8.0.2")]
    public void A_source_has_to_be_an_address_of_the_interface(string source, string? fault, string? better)
    {
        Assert.True(AddressPair.TryParse(source, null, out AddressPair pair, out _));
        var settings = new Settings { Traffic = new TrafficPolicyOptions { Interface = "ovpn", Source = pair } };

        Finding[] problems = [.. SourceRules.Judge(settings, "ovpn", new FakeNetwork()).Where(finding => finding.State != FindingState.Ok)];

        Assert.Equal(fault is null ? 0 : 1, problems.Length);
        Assert.All(problems, problem => Assert.EndsWith(fault!, problem.Text, StringComparison.Ordinal));
        Assert.All(problems, problem => Assert.Equal((Setting.SourceIp, better), problem.Option));
    }

    [Fact]
    public void A_host_that_has_everything_is_ok() =>
        Assert.All(HostRules.Judge(Host, new TrafficPolicyOptions()), finding => Assert.Equal(FindingState.Ok, finding.State));

    [Theory]
    [InlineData("0", 0ul, null, true)]
    [InlineData("1", 0ul, null, true)]
    [InlineData("2", 0ul, "sysctl -w kernel.yama.ptrace_scope=1", false)]
    [InlineData("2", 1ul << 19, null, true)]
    [InlineData("3", ulong.MaxValue, null, false)]
    [InlineData(null, 0ul, null, true)]
    public void Yama_may_forbid_to_look_into_the_program(string? scope, ulong capabilities, string? command, bool isFine)
    {
        Finding[] problems = Problems(Host with { YamaScope = scope, Capabilities = capabilities });

        Assert.Equal(isFine ? 0 : 1, problems.Length);
        Assert.All(problems, problem => Assert.Equal(command, problem.Command));
    }

    [Theory]
    [InlineData("pidfd_getfd", Errno.EPERM, "sockets are reached by copies that are kept from their birth")]
    [InlineData("pidfd_open", Errno.ENOSYS, "sockets are reached by copies that are kept from their birth")]
    [InlineData("pidfd_getfd", Errno.None, "sockets are reached by pidfd_getfd")]
    [InlineData("process_vm_readv", Errno.EPERM, "sockets are reached by pidfd_getfd")]
    public void A_call_that_is_refused_is_done_without(string call, Errno error, string way)
    {
        Finding[] findings = [.. HostRules.Judge(Host with { Calls = [(call, error)] }, new TrafficPolicyOptions())];

        Assert.All(findings, finding => Assert.Equal(FindingState.Ok, finding.State));
        Assert.Contains(findings, finding => finding.Text == (error == Errno.None ? $"{call} is allowed" : $"{call} is refused ({error}), and done without"));
        Assert.Single(findings, finding => finding.Text.StartsWith(way, StringComparison.Ordinal));
    }

    [Fact]
    public void A_call_that_lacks_descriptors_is_a_problem() => Assert.StartsWith(
        "pidfd_getfd: EMFILE: too many open files",
        Assert.Single(Problems(Host with { Calls = [("pidfd_getfd", Errno.EMFILE)] })).Text,
        StringComparison.Ordinal);

    [Fact]
    public void Another_listener_is_a_problem() => Assert.Equal("another", Assert.Single(Problems(Host with { ListenerFault = "another" })).Text);

    [Fact]
    public void A_feature_that_is_missing_is_a_warning_with_its_version() => Assert.Contains(
        HostRules.Judge(Host with { Features = [new("a feature", "6.6", IsThere: false, "it is slower")] }, new TrafficPolicyOptions()),
        finding => finding == Finding.Warning("kernel", "a feature is missing, which Linux 6.6 has brought: it is slower"));

    [Fact]
    public void The_kernel_of_this_machine_is_looked_at()
    {
        HostFacts facts = HostProbe.Read();

        Assert.NotEmpty(facts.Release);
        Assert.Equal(3, facts.Calls.Count);
    }

    [Theory]
    [InlineData("sh", "/nosuch:/bin", "Ok", null)]
    [InlineData("/bin/sh", "", "Ok", null)]
    [InlineData("nosuch-program", "/bin", "Problem", null)]
    [InlineData("/etc/passwd", "", "Problem", "chmod +x /etc/passwd")]
    public void A_program_is_looked_for_as_exec_does(string name, string path, string state, string? command)
    {
        Finding finding = ProgramRules.Judge(name, path);

        Assert.Equal((state, command), (finding.State.ToString(), finding.Command));
    }

    [Theory]
    [InlineData("example.org", "example.org:443")]
    [InlineData("example.org:80", "example.org:80")]
    [InlineData("192.0.2.1", "192.0.2.1:443")]
    [InlineData("[2001:db8::1]:80", "[2001:db8::1]:80")]
    [InlineData("2001:db8::1", "[2001:db8::1]:443")]
    public void A_target_of_a_probe_is_a_host_and_a_port(string text, string target)
    {
        Assert.True(ProbeTarget.TryParse(text, out ProbeTarget parsed, out _));
        Assert.Equal(target, parsed.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(":80")]
    [InlineData("example.org:0")]
    [InlineData("example.org:x")]
    [InlineData("[2001:db8::1")]
    [InlineData("a b")]
    public void Others_are_named_with_what_is_accepted(string text)
    {
        Assert.False(ProbeTarget.TryParse(text, out _, out string error));
        Assert.Contains("accepted are", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { "found\t3\t192.0.2.1", "trying\t0\t192.0.2.1:443", "connected\t4\t192.0.2.1:443\t10.8.0.2\tovpn" }, true)]
    [InlineData(new[] { "found\t3\t192.0.2.1", "failed\t0\t192.0.2.1:443\tECONNREFUSED" }, false)]
    [InlineData(new[] { "not-found\t3\tName or service not known" }, false)]
    [InlineData(new[] { "found\t3\t192.0.2.1", "trying\t0\t192.0.2.1:443" }, false)]
    [InlineData(new string[0], false)]
    public void A_probe_works_where_a_connection_stands(string[] lines, bool works) =>
        Assert.Equal(works, CheckReport.Works(ProbeRules.Judge(new("example.org", 443), lines, new TrafficPolicyOptions { Interface = "ovpn" }, null)));

    [Fact]
    public void Routes_the_LAN_and_names_are_told_as_what_they_mean_now()
    {
        Assert.True(ExcludeList.TryParse("lan,nas.example.org", out ExcludeList list, out _));
        Assert.True(RouteList.TryParse("10.0.0.0/8=corp0,172.16.0.0/12=deny", out RouteList routes, out _));
        var options = new TrafficPolicyOptions { Interface = "ovpn", Exclude = list, Routes = routes };
        var host = new HostNetworks { Lan = [Net.Of(Ip("192.168.77.2"))], Named = [new("nas.example.org", Ip("192.0.2.1"))] };

        string[] texts = [.. ExcludeRules.Describe(options, host, new FakeNetwork()).Select(finding => finding.Text)];
        Assert.Equal(
            [
                "10.0.0.0/8 goes out through corp0", "172.16.0.0/12 is refused", "lan is 192.168.77.2/32 now, and takes the normal route",
                "nas.example.org: 192.0.2.1 now, and takes the normal route",
            ],
            texts[..4]);
        Assert.Contains(
            ExcludeRules.Describe(options, HostNetworks.None, new FakeNetwork()), finding => finding is { State: FindingState.Warning } && finding.Text.StartsWith("nas.example.org", StringComparison.Ordinal));
    }

    private static IEnumerable<Finding> Excludes(string exclude)
    {
        Assert.True(ExcludeList.TryParse(exclude, out ExcludeList list, out _));
        var options = new TrafficPolicyOptions { Interface = "ovpn", Exclude = list };
        return ExcludeRules.Judge(options).Concat(ExcludeRules.Describe(options, HostNetworks.None, new FakeNetwork()));
    }

    private static Finding[] Problems(HostFacts facts) =>
        [.. HostRules.Judge(facts, new TrafficPolicyOptions()).Where(finding => finding.State == FindingState.Problem)];
}
