namespace BindToInterface.EndToEnd;

/// <summary>--dns: port 53 goes to the given server, by the interface, whatever server the program asks.</summary>
[Collection(Collections.Traffic)]
public sealed class DnsTests(Lab lab) : LabTest(lab)
{
    private const string Both = "--interface ovpn --dns 203.0.113.54,2001:db8:53::7";
    private const string Only4 = "--interface ovpn --dns 203.0.113.54";
    private const string Only6 = "--interface ovpn --dns 2001:db8:53::7";

    [LabTheory]
    [Everyone("", Internet.Dns4, Internet.Override4)]
    [Everyone("-t", Internet.Dns4, Internet.Override4)]
    [Everyone("-s", Internet.Dns4, Internet.Override4)]
    [Everyone("", Internet.Dns6, Internet.Override6)]
    [Everyone("-t", Internet.Dns6, Internet.Override6)]
    [Everyone("-s", Internet.Dns6, Internet.Override6)]
    public void The_address_in_the_program_s_memory_is_the_override_s_where_it_sends_without_connecting(Who who, string how, string asked, string server) =>
        Ask(who, Both, how, asked).Says($"passed {Passed(how, asked, server)} 53\npeer {server} 53\nanswer ovpn {server} 53 {Protocol(how)}\n");

    [LabTheory]
    [Everyone("")]
    [Everyone("-t")]
    [Everyone("-s")]
    public void A_mapped_address_is_the_IPv4_address_that_it_is(Who who, string how)
    {
        const string server = $"::ffff:{Internet.Override4}";

        Ask(who, Both, how, $"::ffff:{Internet.Dns4}")
            .Says($"passed {Passed(how, $"::ffff:{Internet.Dns4}", server)} 53\npeer {server} 53\nanswer ovpn {Internet.Override4} 53 {Protocol(how)}\n");
    }

    [LabTheory]
    [Everyone("-r", Internet.Dns4, Internet.Override4)]
    [Everyone("-rt", Internet.Dns4, Internet.Override4)]
    [Everyone("-r", Internet.Dns6, Internet.Override6)]
    [Everyone("-rt", Internet.Dns6, Internet.Override6)]
    public void Where_the_memory_cannot_be_written_the_call_is_made_with_another_copy(Who who, string how, string asked, string server) =>
        Ask(who, Both, how, asked).Says($"passed {asked} 53\npeer {server} 53\nanswer ovpn {server} 53 {Protocol(how)}\n");

    [LabTheory]
    [Everyone("")]
    [Everyone("-t")]
    [Everyone("-s")]
    public void An_IPv6_server_becomes_the_mapped_address_where_only_IPv4_is_given(Who who, string how)
    {
        const string server = $"::ffff:{Internet.Override4}";

        Ask(who, Only4, how, Internet.Dns6)
            .Says($"passed {Passed(how, Internet.Dns6, server)} 53\npeer {server} 53\nanswer ovpn {Internet.Override4} 53 {Protocol(how)}\n");
    }

    [LabTheory]
    [Everyone("-6", Internet.Dns6, Only4)]
    [Everyone("-6t", Internet.Dns6, Only4)]
    [Everyone("", Internet.Dns4, Only6)]
    [Everyone("-t", Internet.Dns4, Only6)]
    public void What_cannot_be_expressed_is_refused_at_once(Who who, string how, string asked, string options)
    {
        Assert.Equal("connect: ECONNREFUSED\n", Lab.Supervised(who, options, [Programs.C("ask"), .. Words(how), asked, "53"]).ExitsWith(1).Output);

        Lab.NothingLeftBy(Side.Lan0);
        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Everyone("", Internet.Dns4)]
    [Everyone("-t", Internet.Dns4)]
    [Everyone("", Internet.Dns6)]
    [Everyone("-t", Internet.Dns6)]
    public void Other_ports_keep_their_server(Who who, string how, string asked)
    {
        Lab.Supervised(who, Both, [Programs.C("ask"), .. Words(how), asked, "5353"])
            .Says($"passed {asked} 5353\npeer {asked} 5353\nanswer ovpn {asked} 5353 {Protocol(how)}\n");

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone("--dns 203.0.113.54:5353", Internet.Dns4, Internet.Override4, 5353)]
    [Everyone("--dns [2001:db8:53::7]:5353", Internet.Dns6, Internet.Override6, 5353)]
    [Everyone("--dns 203.0.113.54 --dns-port 5353", Internet.Dns4, Internet.Override4, 5353)]
    [Everyone("--dns 203.0.113.54:53 --dns-port 5353", Internet.Dns4, Internet.Override4, 53)]
    [Everyone("-d 203.0.113.54,[2001:db8:53::7]:5353", Internet.Dns6, Internet.Override6, 5353)]
    [Everyone("-d 203.0.113.54,[2001:db8:53::7]:5353", Internet.Dns4, Internet.Override4, 53)]
    public void The_server_may_have_another_port(Who who, string options, string asked, string server, int port) =>
        Ask(who, $"--interface ovpn {options}", "", asked).Says($"passed {asked} 53\npeer {server} {port}\nanswer ovpn {server} {port} udp\n");

    [LabTheory]
    [Everyone("side.test")]
    [Everyone("big.test")]
    public void Glibc_resolves_through_the_server(Who who, string name)
    {
        var lines = Lab.Supervised(who, Only4, "getent", "ahosts", name).Succeeds().OutputLines;
        Assert.Equal(
            [Internet.Answer4(Side.Ovpn, Internet.Override4), Internet.Answer6(Side.Ovpn, Internet.Override4)],
            lines.Select(line => line.Split(' ')[0]).Distinct().Order());
        Lab.NothingLeftBy(Side.Lan0);

        Resolves(who, Only4, [Programs.C("resolve"), name], Internet.Override4);
    }

    [LabTheory]
    [Everyone]
    public void Static_musl_resolves_through_the_server(Who who) =>
        Resolves(who, Only4, [Programs.Musl("resolve"), "side.test"], Internet.Override4);

    [LabTheory]
    [Everyone("side.test")]
    [Everyone("big.test")]
    public void Go_resolves_through_the_server(Who who, string name) =>
        Resolves(who, Only4, [Programs.Go("talk"), "resolve", name], Internet.Override4);

    [LabTheory]
    [Everyone]
    public void Libc_resolves_through_the_server_where_resolv_conf_names_an_IPv6_one(Who who)
    {
        using var _ = Lab.ResolvConf($"nameserver {Internet.Dns6}\n");

        Resolves(who, Both, [Programs.C("resolve"), "side.test"], Internet.Override6);
        Resolves(who, Both, [Programs.Musl("resolve"), "side.test"], Internet.Override6);
        Resolves(who, Both, [Programs.Go("talk"), "resolve", "side.test"], Internet.Override6);
    }

    [LabTheory]
    [Everyone]
    public void Libc_resolves_through_an_IPv4_server_where_resolv_conf_names_an_IPv6_one(Who who)
    {
        using var _ = Lab.ResolvConf($"nameserver {Internet.Dns6}\n");

        Resolves(who, Only4, [Programs.C("resolve"), "side.test"], Internet.Override4);
        Resolves(who, Only4, [Programs.Musl("resolve"), "side.test"], Internet.Override4);
        Resolves(who, Only4, [Programs.Go("talk"), "resolve", "side.test"], Internet.Override4);
    }

    [LabTheory]
    [Everyone(Both)]
    [Everyone(Only4)]
    public void Libc_resolves_where_resolv_conf_mixes_families(Who who, string options)
    {
        // musl asks both by one IPv6 socket, the IPv4 server by its mapped address.
        using var _ = Lab.ResolvConf($"nameserver {Internet.Dns4}\nnameserver {Internet.Dns6}\n");

        Resolves(who, options, [Programs.C("resolve"), "side.test"], Internet.Override4);
        Resolves(who, options, [Programs.Go("talk"), "resolve", "side.test"], Internet.Override4);

        // Of two servers, musl takes the answer that comes first.
        var found = Lab.Supervised(who, options, Programs.Musl("resolve"), "side.test", "4").Succeeds().Output.Trim();
        Assert.Contains(found, (string[])[Internet.Answer4(Side.Ovpn, Internet.Override4), Internet.Answer4(Side.Ovpn, Internet.Override6)]);
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void Libc_takes_its_next_server_where_the_first_cannot_be_expressed(Who who)
    {
        // An IPv4 socket cannot be sent to an IPv6 server.
        using var _ = Lab.ResolvConf($"nameserver {Internet.Dns4}\nnameserver {Internet.Dns6}\n");

        Resolves(who, Only6, [Programs.C("resolve"), "side.test"], Internet.Override6);
    }

    [LabTheory]
    [Everyone]
    public void Without_an_override_names_are_asked_by_the_interface(Who who)
    {
        Resolves(who, "--interface ovpn", [Programs.C("resolve"), "side.test"], Internet.Dns4);
        Resolves(who, "--interface ovpn", [Programs.Musl("resolve"), "side.test"], Internet.Dns4);
        Resolves(who, "--interface ovpn", [Programs.Go("talk"), "resolve", "side.test"], Internet.Dns4);
    }

    [LabTheory]
    [Everyone(Internet.Override4, "lan0")]
    [Everyone(Internet.Dns4, "ovpn")]
    public void Excludes_are_looked_at_after_the_rewrite(Who who, string exclude, string side)
    {
        Lab.Supervised(who, $"{Only4} --exclude {exclude}", Programs.C("ask"), Internet.Dns4, "53")
            .Says($"passed {Internet.Dns4} 53\npeer {Internet.Override4} 53\nanswer {side} {Internet.Override4} 53 udp\n");

        Lab.NothingLeftBy(side == "lan0" ? Side.Ovpn : Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void Curl_resolves_and_connects_by_the_interface(Who who)
    {
        Lab.Supervised(who, Only4, "curl", "-sS4", "http://web.test/").AnsweredBy(Side.Ovpn, Internet.Web4);
        Lab.Supervised(who, Only4, "curl", "-sS6", "http://web.test/").AnsweredBy(Side.Ovpn, Internet.Web6);

        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>glibc connects to each result, of that port, to sort them by the source that it would get.</summary>
    [LabTheory]
    [Everyone]
    public void The_addresses_that_a_look_up_found_are_left_alone_where_their_port_is_53(Who who)
    {
        var found = Lab.Supervised(who, Both, Programs.C("resolve"), "side.test", "0", "53").Succeeds().OutputLines.Order();

        Assert.Equal([Internet.Answer4(Side.Ovpn, Internet.Override4), Internet.Answer6(Side.Ovpn, Internet.Override4)], found);
        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>Its driver keeps the address that it passes to connect, and gives it out as the reply's source.</summary>
    [LabTheory]
    [Everyone("203,0,113,53", Only4)]
    [Everyone("16#2001,16#db8,16#53,0,0,0,0,6", Both)]
    [Everyone("16#2001,16#db8,16#53,0,0,0,0,6", Only4)]
    public void Erlang_resolves_through_the_server(Who who, string server, string options)
    {
        string look = "io:format(\"~p~n\", [inet_res:lookup(\"side.test\", in, txt, "
            + $"[{{nameservers,[{{{{{server}}},53}}]}},{{timeout,1500}},{{retry,1}}])]), halt().";
        string overriding = options == Only4 || server.StartsWith("203", StringComparison.Ordinal) ? Internet.Override4 : Internet.Override6;

        Lab.Supervised(who, options, "env", "HOME=/tmp", "erl", "-noinput", "-noshell", "-boot", "start_clean", "-eval", look)
            .Says($"[[\"ovpn {overriding} 53 udp\"]]\n");
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void A_socket_that_is_turned_to_the_override_itself_hears_the_override(Who who)
    {
        const string script = """
            import socket
            query = b"\x12\x34\1\0\0\1\0\0\0\0\0\0\4side\4test\0\0\x10\0\1"
            asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            asker.settimeout(5)
            for server in ("203.0.113.53", "203.0.113.54", "203.0.113.53"):
                asker.connect((server, 53))
                asker.send(query)
                print(asker.recvfrom(512)[1][0])
            """;

        Lab.Supervised(who, Only4, "python3", "-c", script).Says("203.0.113.53\n203.0.113.54\n203.0.113.53\n");
        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>A browser connects without sending to learn its own address. Memory that it reads later is left alone.</summary>
    [LabTheory]
    [Everyone(Both, "fd00:8::2")]
    [Everyone(Only4, "::ffff:10.8.0.2")]
    public void A_connect_to_an_IPv6_server_gives_the_source_of_the_server_that_is_asked(Who who, string options, string source)
    {
        Lab.Supervised(who, options, Programs.C("ask"), "-l", Internet.Dns6, "53").Says($"passed {Internet.Dns6} 53\nlocal {source}\n");

        NothingLeft();
    }

    private void NothingLeft()
    {
        Lab.NothingLeftBy(Side.Lan0);
        Lab.NothingLeftBy(Side.Ovpn);
    }

    private Result Ask(Who who, string options, string how, string server)
    {
        var result = Lab.Supervised(who, options, [Programs.C("ask"), .. Words(how), server, "53"]);
        Lab.NothingLeftBy(Side.Lan0);
        return result;
    }

    private void Resolves(Who who, string options, string[] command, string server)
    {
        var found = Lab.Supervised(who, options, command).Succeeds().OutputLines.Order();

        Assert.Equal([Internet.Answer4(Side.Ovpn, server), Internet.Answer6(Side.Ovpn, server)], found);
        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>A datagram socket is connected by the supervisor, with a copy: what the program passed stays.</summary>
    private static string Passed(string how, string asked, string server) => how == "-s" ? server : asked;

    private static string Protocol(string how) => how.Contains('t', StringComparison.Ordinal) ? "tcp" : "udp";

    private static string[] Words(string options) => options.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
