using System.Text.Json;

namespace BindToInterface.EndToEnd;

/// <summary>
/// Each set-up in which connections do not work, made in a lab of its own: --check names it and exits 1, what it says to type is
/// typed as it stands, and then it exits 0 and a program gets through.
/// </summary>
public sealed class CheckTests
{
    private const string Shell = "sh";

    /// <summary>More remedies than a set-up needs: one that mends nothing ends the test.</summary>
    private const int MaximumRemedies = 6;

    [LabTheory]
    [Everyone]
    public void A_host_that_is_fine_is_ok_and_nothing_is_sent(Who who)
    {
        using var own = new Lab();

        Finding[] findings = Check(own, who, "--interface ovpn", 0);

        Assert.All(findings, finding => Assert.Equal(("ok", null), (finding.State, finding.Remedy)));
        Assert.Equal(["kernel", "rights", "interface", "route", "DNS", "exclude"], findings.Select(finding => finding.Area).Distinct());
        own.NothingLeftBy(Side.Lan0);
        own.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    // The interface.
    [InlineData("ip link set ovpn down", "--interface ovpn", "interface ovpn is down")]
    [InlineData("ip link set ovpn down; ip link set ovpn name OVPN", "--interface ovpn", "interface ovpn: no such device")]
    [InlineData("ip address flush dev ovpn scope global", "--interface ovpn", "interface ovpn has no address")]
    [InlineData("ip -4 address flush dev ovpn scope global", "--interface ovpn", "interface ovpn has no IPv4 address")]
    // A route that uses it.
    [InlineData("ip route del default dev ovpn", "--interface ovpn", "IPv4 has no route through ovpn")]
    [InlineData("ip -6 route del default dev ovpn", "--interface ovpn", "IPv6 has no route through ovpn")]
    [InlineData("ip route del default dev ovpn; ip -6 route del default dev ovpn", "--interface ovpn", "IPv4 has no route through ovpn")]
    [InlineData("ip -6 route del default dev ovpn; ip -6 route add 2001:db8:77::/48 via fd00:8::1 dev ovpn; ip route del default dev ovpn", "--interface ovpn", "IPv4 has no route through ovpn")]
    [InlineData("sysctl -w net.ipv4.conf.all.rp_filter=1", "--interface ovpn", "rp_filter is 1 (strict)")]
    // Names.
    [InlineData("echo 'nameserver 127.0.0.53' >/run/lab/resolv.conf", "--interface ovpn", "nameserver 127.0.0.53 of /etc/resolv.conf is on this host")]
    [InlineData("echo 'nameserver 192.168.77.1' >/run/lab/resolv.conf", "--interface ovpn", "192.168.77.1 of /etc/resolv.conf is on the network of lan0, 192.168.77.0/24")]
    [InlineData("echo 'nameserver 192.168.77.2' >/run/lab/resolv.conf", "--interface ovpn", "192.168.77.2 of /etc/resolv.conf is this host's own address on lan0")]
    [InlineData("true", "--interface ovpn --dns 127.0.0.1", "--dns server 127.0.0.1 is on this host")]
    [InlineData("true", "--interface ovpn --dns 192.168.77.1", "--dns server 192.168.77.1 is on the network of lan0")]
    // What the options say.
    [InlineData("true", "--interface ovpn --exclude 0.0.0.0/0", "all IPv4 destinations are excluded")]
    [InlineData("true", "--interface ovpn --exclude 10.0.0.0/8,0.0.0.0/1,128.0.0.0/1", "all IPv4 destinations are excluded")]
    [InlineData("true", "--interface ovpn --source-ip 192.168.77.2", "192.168.77.2 is an address of lan0, not of ovpn")]
    [InlineData("true", "--interface ovpn --source-ip 10.8.0.77", "10.8.0.77 is not an address of this host")]
    [InlineData("true", "", "no interface is set")]
    public void What_it_says_to_type_mends_it(string broken, string options, string said)
    {
        using var own = new Lab();
        own.Run(Who.Root, Shell, "-c", broken).Succeeds();

        Finding[] findings = Check(own, Who.User, options, 1);

        Assert.Contains(findings, finding => finding.State == "problem" && finding.Text.Contains(said, StringComparison.Ordinal));
        string[] mended = Mend(own, options, findings);
        own.Reset();
        Result result = own.Run(Who.User, Shell, "-c", $"{Typed(mended)} -- curl -sS {Internet.WebUrl(Internet.Web4)} && {Typed(mended)} -- getent ahostsv4 side.test").Succeeds();
        Assert.StartsWith($"ovpn {Side.Ovpn.Address4}\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("10.2.53.", result.Output, StringComparison.Ordinal);
        Assert.Empty(result.Error);
        own.NothingLeftBy(Side.Lan0);
    }

    /// <summary>Names would leave by the default route: the user asked for that, so that it is said and is no problem.</summary>
    [LabTheory]
    [InlineData("127.0.0.1", "loopback", Internet.Dns4, "--dns server 127.0.0.1 is excluded: DNS queries take the normal route, since a server on this host asks by the default route itself")]
    [InlineData(Internet.Override4, "203.0.113.", "8.8.8.8", "--dns server 203.0.113.54 is excluded: DNS queries take the normal route")]
    public void Excluded_servers_are_a_warning(string dns, string exclude, string better, string said)
    {
        using var own = new Lab();

        Finding warning = Assert.Single(Check(own, Who.Root, $"--interface ovpn --dns {dns} --exclude {exclude}", 0), finding => finding.State == "warning");

        Assert.StartsWith(said, warning.Text, StringComparison.Ordinal);
        Assert.Equal($"bti-supervise --check --interface ovpn --dns {better} --exclude {exclude} --format json", warning.Remedy);
    }

    [LabTheory]
    [Everyone]
    public void An_exclude_is_shown_as_the_networks_that_it_means(Who who)
    {
        using var own = new Lab();

        Result table = own.Run(who, [Lab.Supervisor, "--check", "-i", "ovpn", "-x", "loopback,192.168"]).Succeeds();

        Assert.Matches("(?m)^ok +exclude +127.0.0.0/8 takes the normal route, now through lo$", table.Output);
        Assert.Matches("(?m)^ok +exclude +::1/128 takes the normal route, now through lo$", table.Output);
        Assert.Matches("(?m)^ok +exclude +192.168.0.0/16 takes the normal route, now through lan0$", table.Output);
        Assert.Empty(table.Error);
    }

    [LabFact]
    public void Routes_to_some_destinations_are_a_warning_with_the_gateway_that_is_known()
    {
        using var own = new Lab();
        own.Run(Who.Root, Shell, "-c", "ip route del default dev ovpn; ip route add 203.0.113.0/24 via 10.8.0.1 dev ovpn").Succeeds();

        Finding warning = Assert.Single(Check(own, Who.User, "--interface ovpn", 0), finding => finding.State == "warning");

        Assert.StartsWith("IPv4 has routes through ovpn to 203.0.113.0/24 only", warning.Text, StringComparison.Ordinal);
        Assert.Equal("ip route add default via 10.8.0.1 dev ovpn metric 1000", warning.Remedy);
    }

    /// <summary>The gateway of a tunnel is needed by nobody, and for IPv4 not even a route: a packet goes into it all the same.</summary>
    [LabFact]
    public void A_tunnel_needs_no_gateway()
    {
        using var own = new Lab();
        own.Run(Who.Root, Shell, "-c", """
            ip tuntap add tun0 mode tun && ip address add 10.9.0.2 peer 10.9.0.1 dev tun0 && ip address add fd00:9::2/64 dev tun0 nodad && ip link set tun0 up
            """).Succeeds();

        Finding[] findings = Check(own, Who.User, "--interface tun0", 1);

        Assert.Contains(findings, finding => finding is { State: "problem", Remedy: null } && finding.Text.StartsWith("interface tun0 has no carrier", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.State == "ok" && finding.Text.StartsWith("IPv4 needs no route through tun0", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding is { State: "problem", Remedy: "ip -6 route add default dev tun0 metric 3000" });
        Assert.Contains("10.9.0.2", own.Run(Who.Root, "ip", "route", "get", Internet.Web4, "oif", "tun0").Succeeds().Output, StringComparison.Ordinal);
    }

    [LabTheory]
    [Everyone]
    public void Below_another_listener_it_says_so(Who who)
    {
        using var own = new Lab();

        Result outer = own.Bound(who, Lab.Supervisor, "--check", "--interface", "ovpn").ExitsWith(1);

        Assert.Matches("(?m)^problem +kernel +another seccomp supervisor watches this process already", outer.Output);
    }

    /// <summary>As the profiles of some container engines do.</summary>
    [LabTheory]
    [InlineData("pidfd_getfd", "copies that are kept from their birth.*--cap-add SYS_PTRACE")]
    [InlineData("process_vm_readv", "pidfd_getfd")]
    public void A_call_that_a_sandbox_refuses_is_named_and_the_way_without_it(string call, string way)
    {
        using var own = new Lab();

        Result refused = own.Run(Who.User, Programs.C("sandbox"), call, Lab.Supervisor, "--check", "--interface", "ovpn").Succeeds();

        Assert.Matches($@"(?m)^ok +rights +{call} is refused \(EPERM\), and done without", refused.Output);
        Assert.Matches($"(?m)^ok +rights +sockets are reached by {way}", refused.Output);
    }

    [LabTheory]
    [InlineData("2", "sysctl -w kernel.yama.ptrace_scope=1")]
    [InlineData("3", null)]
    public void Yama_is_named(string scope, string? remedy)
    {
        using var own = new Lab();
        // This machine's own setting is not touched: the lab sees a folder in its place.
        own.Run(Who.Root, Shell, "-c", $"mount -t tmpfs none /proc/sys/kernel && mkdir /proc/sys/kernel/yama && echo {scope} >/proc/sys/kernel/yama/ptrace_scope && chmod -R a+rX /proc/sys/kernel").Succeeds();

        Finding problem = Assert.Single(Check(own, Who.User, "--interface ovpn", 1), finding => finding.State == "problem");

        Assert.StartsWith($"kernel.yama.ptrace_scope is {scope}", problem.Text, StringComparison.Ordinal);
        Assert.Equal(remedy, problem.Remedy);
        if (remedy is not null)
        {
            own.Run(Who.Root, Shell, "-c", remedy).Succeeds();
            Check(own, Who.User, "--interface ovpn", 0);
        }
    }

    [LabTheory]
    [Everyone("curl", 0, "ok +program +curl is /")]
    [Everyone("nosuch-program", 1, "problem +program +nosuch-program is not found")]
    public void The_program_is_looked_for_and_not_run(Who who, string program, int status, string line)
    {
        using var own = new Lab();

        Result result = own.Run(who, [Lab.Supervisor, "--check", "--interface", "ovpn", "--", program, Internet.WebUrl(Internet.Web4)]).ExitsWith(status);

        Assert.Matches($"(?m)^{line}", result.Output);
        own.NothingLeftBy(Side.Ovpn);
        own.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone("--check --format yaml", "--format")]
    [Everyone("--check --probe :80", "--probe")]
    [Everyone("--check --interface a/b", "--interface")]
    [Everyone("--probe example.org true", "--probe")]
    [Everyone("--format json true", "--format")]
    public void Wrong_options_are_status_125(Who who, string words, string named)
    {
        using var own = new Lab();

        Result refused = own.Run(who, [Lab.Supervisor, .. words.Split(' ')]).ExitsWith(125);

        Assert.StartsWith($"bti-supervise: {named}: ", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(refused.Output);
    }

    [LabFact]
    public void A_terminal_sees_colours_unless_it_wants_none()
    {
        using var own = new Lab();
        string[] script = ["script", "-qec", $"{Lab.Supervisor} --check -i ovpn", "/dev/null"];

        Assert.StartsWith("\e[32mok\e[0m", own.Run(Who.Root, ["env", "TERM=xterm", "NO_COLOR=", .. script]).Succeeds().Output, StringComparison.Ordinal);
        Assert.StartsWith("ok ", own.Run(Who.Root, ["env", "TERM=xterm", "NO_COLOR=1", .. script]).Succeeds().Output, StringComparison.Ordinal);
    }

    /// <summary>Types remedies, one after the other, until nothing is left to mend.</summary>
    /// <returns>The options that the last one has.</returns>
    private static string[] Mend(Lab own, string options, Finding[] findings)
    {
        for (int i = 0; i < MaximumRemedies; i++)
        {
            string remedy = findings.First(finding => finding.State == "problem" && finding.Remedy is not null).Remedy!;
            if (remedy.StartsWith("bti-supervise --check", StringComparison.Ordinal))
            {
                options = remedy["bti-supervise --check".Length..].Replace("--format json", "", StringComparison.Ordinal);
            }
            else
            {
                // Words in capitals are to be filled in.
                own.Run(Who.Root, Shell, "-c", remedy.Replace("ADDRESS/PREFIX", "10.8.0.2/24", StringComparison.Ordinal)).Succeeds();
            }

            Result again = own.Run(Who.User, [Lab.Supervisor, "--check", "--format", "json", .. Words(options)]);
            if (again.ExitCode == 0)
            {
                return Words(options);
            }

            findings = Read(again);
        }

        throw new InvalidOperationException($"remedies do not mend it: {string.Join('\n', findings.Where(finding => finding.State == "problem"))}");
    }

    private static string Typed(string[] options) => $"{Lab.Supervisor} {string.Join(' ', options)}";

    private static string[] Words(string options) => options.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static Finding[] Check(Lab lab, Who who, string options, int status)
    {
        Result result = lab.Run(who, [Lab.Supervisor, "--check", "--format", "json", .. Words(options)]).ExitsWith(status);
        Assert.Empty(result.Error);
        return Read(result);
    }

    private static Finding[] Read(Result result)
    {
        using var document = JsonDocument.Parse(result.Output);
        Finding[] findings =
        [
            .. document.RootElement.GetProperty("findings").EnumerateArray().Select(each => new Finding(
                each.GetProperty("area").GetString()!, each.GetProperty("state").GetString()!, each.GetProperty("text").GetString()!,
                each.GetProperty("remedy").GetString())),
        ];
        Assert.Equal(result.ExitCode == 0, document.RootElement.GetProperty("ok").GetBoolean());
        Assert.Equal(result.ExitCode == 0, findings.All(finding => finding.State != "problem"));
        return findings;
    }

    private sealed record Finding(string Area, string State, string Text, string? Remedy);
}
