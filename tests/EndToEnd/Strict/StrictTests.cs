namespace BindToInterface.EndToEnd;

/// <summary>Strict mode: each IP socket is bound before the program has it, and is the program's own in all else.</summary>
[Collection(StrictCollection.Name)]
public sealed class StrictTests(Lab lab) : LabTest(lab)
{
    private const string Strict = "--strict --interface ovpn";
    private const string Mapped = $"::ffff:{Internet.Web4}";
    private const int SIGINT = 2;

    private static string Program => Programs.C("strict");

    [LabTheory]
    [Everyone("", Internet.Web4)]
    [Everyone("", Internet.Web6)]
    [Everyone("-n", Internet.Web4)]
    [Everyone("-n", Mapped)]
    [Everyone("-u", Internet.Web4)]
    [Everyone("-u", Internet.Web6)]
    [Everyone("-un", Mapped)]
    public void Sockets_leave_by_the_interface_blocking_and_not(Who who, string options, string address)
    {
        string[] words = [.. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), address, "7"];
        foreach (var program in new[] { Programs.C("talk"), Programs.Musl("talk") })
        {
            Lab.Supervised(who, Strict, [program, .. words]).AnsweredBy(Side.Ovpn, address);
        }

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory(KernelFeature.Programs32)]
    [Everyone(Internet.Web4)]
    [Everyone(Internet.Web6)]
    public void So_do_those_of_a_32_bit_program(Who who, string address)
    {
        Lab.Supervised(who, Strict, Programs.C32("talk"), address, "7").AnsweredBy(Side.Ovpn, address);
        Lab.Supervised(who, Strict, Programs.C32("talk"), "-u", address, "7").AnsweredBy(Side.Ovpn, address);
        Lab.Supervised(who, Strict, Programs.C32("strict"), "attributes", "2", "1", "0").Says(Attributes("device ovpn", who));

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory(KernelFeature.Programs32)]
    [Everyone(Internet.Web4, "connect-tcp", "connect-udp", "sendto-udp", "sendto-more", "sendto-connected-tcp", "sendmsg-no-address", "reconnect-udp")]
    [Everyone(Internet.Web6, "connect-tcp", "connect-udp", "sendto-udp", "sendto-more", "sendto-connected-tcp", "sendmsg-no-address")]
    public void So_do_those_of_socketcall(Who who, string address, params string[] ways)
    {
        var program = WaysProgram.Compile("ways", "way*.c");
        foreach (var way in ways)
        {
            Lab.Supervised(who, Strict, program, "--other", Internet.OtherWeb4, "--entry", "socketcall", way, address, "7").AnsweredBy(Side.Ovpn, address);
        }

        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>The supervisor sets all options of socketcall, in the layout of 32-bit programs; those that point to more it refuses.</summary>
    [LabTheory(KernelFeature.Programs32)]
    [Everyone]
    public void Options_are_set_by_socketcall_as_without_the_supervisor(Who who)
    {
        string[] plain = Lab.Run(who, Program, "options").Succeeds().OutputLines;

        Assert.Equal([.. plain[..^1], "filter EPERM"], Lab.Supervised(who, Strict, Program, "options").Succeeds().OutputLines);
    }

    [LabTheory]
    [Everyone(Internet.Web4)]
    [Everyone(Internet.Web6)]
    public void So_do_those_of_Go_and_curl(Who who, string address)
    {
        var echo = address.Contains(':', StringComparison.Ordinal) ? $"[{address}]:7" : $"{address}:7";
        Lab.Supervised(who, Strict, Programs.Go("talk"), "tcp", echo).AnsweredBy(Side.Ovpn, address);
        Lab.Supervised(who, Strict, Programs.Go("talk"), "udp", echo).AnsweredBy(Side.Ovpn, address);
        Lab.Supervised(who, Strict, "curl", "-sS", Internet.WebUrl(address)).AnsweredBy(Side.Ovpn, address);

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void Names_are_asked_for_at_the_chosen_server(Who who)
    {
        Lab.Supervised(who, $"{Strict} --dns {Internet.Override4}", "dig", "+short", "side.test")
            .Says(Internet.Answer4(Side.Ovpn, Internet.Override4) + "\n");
        Lab.Supervised(who, $"{Strict} --dns {Internet.Override4}", "dig", "+short", "+tcp", "side.test")
            .Says(Internet.Answer4(Side.Ovpn, Internet.Override4) + "\n");

        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>AF_INET and AF_INET6; SOCK_STREAM, SOCK_DGRAM, and both flags of each.</summary>
    [LabTheory]
    [Everyone("2", "1", "0")]
    [Everyone("2", "524289", "6")]
    [Everyone("2", "2049", "0")]
    [Everyone("10", "526338", "17")]
    [Everyone("10", "2", "136")]
    [Everyone("2", "2", "1")]
    [Everyone("2", "3", "1")]
    [Everyone("10", "3", "58")]
    [Everyone("10", "5", "0")]
    [Everyone("1", "2", "0")]
    [Everyone("16", "3", "0")]
    public void A_socket_is_as_without_the_supervisor_but_bound(Who who, string family, string type, string protocol)
    {
        var plain = Lab.Run(who, Program, "attributes", family, type, protocol);
        var bound = family is "2" or "10" ? plain.Output.Replace("device none", "device ovpn", StringComparison.Ordinal) : plain.Output;

        Assert.Equal(bound, Lab.Supervised(who, Strict, Program, "attributes", family, type, protocol).Output);
    }

    [LabTheory]
    [Everyone]
    public void The_lowest_number_is_taken_and_the_program_s_own_limit_counts(Who who)
    {
        Lab.Run(who, Program, "numbers").ExitsWith(1);
        var strict = Lab.Supervised(who, Strict, Program, "numbers").ExitsWith(1);

        Assert.Equal("1 1 0\nsocket EMFILE\n", strict.Output);
    }

    /// <summary>The supervisor is root, and the program is not any more.</summary>
    [RootFact]
    public void A_socket_belongs_to_the_user_that_the_program_has_become()
    {
        const int User = 1000;
        const string Rules = """
            nft add table inet makers
            nft add chain inet makers out '{ type filter hook output priority 0; }'
            nft add counter inet makers both
            nft add rule inet makers out udp dport 7 meta skuid 1000 meta skgid 1000 counter name both
            """;
        Lab.Run(Who.Root, "sh", "-ec", Rules).Succeeds();
        try
        {
            string[] words = [Program, "user", $"{User}", Internet.Web4];
            var plain = Lab.Run(Who.Root, words).Succeeds().Output;
            Lab.Run(Who.Root, "nft", "reset", "counters", "table", "inet", "makers").Succeeds();

            var strict = Lab.Supervised(Who.Root, Strict, words).Succeeds().Output;

            Assert.Contains("socket EPERM\n", strict, StringComparison.Ordinal);
            Assert.Equal(
                plain.Replace("device none", "device ovpn", StringComparison.Ordinal).Replace("lan0", "ovpn", StringComparison.Ordinal), strict);
            Assert.Contains("packets 1 ", Lab.Run(Who.Root, "nft", "list", "counters", "table", "inet", "makers").Output, StringComparison.Ordinal);
        }
        finally
        {
            Lab.Run(Who.Root, "nft", "delete", "table", "inet", "makers");
        }
    }

    [LabTheory]
    [Everyone(Internet.Web4)]
    [Everyone(Mapped)]
    public void Dissolving_an_association_leaves_the_socket_bound(Who who, string address)
    {
        Lab.Supervised(who, Strict, Program, "dissolve", address)
            .Says(string.Concat(Enumerable.Repeat("ovpn\ndevice ovpn\nsend EDESTADDRREQ\n", 2)));

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void An_IPv6_association_is_not_dissolved_as_on_other_systems(Who who) =>
        Assert.Equal("ovpn\ndissolve EAFNOSUPPORT\n", Lab.Supervised(who, Strict, Program, "dissolve", Internet.Web6).ExitsWith(1).Output);

    /// <summary>
    /// getaddrinfo connects one socket to each address, to learn which source the kernel takes: first ::1, then 127.0.0.1. If it found
    /// the source of the first one at the second, it would abort.
    /// </summary>
    [LabTheory]
    [Everyone]
    public void The_C_library_sorts_addresses_of_both_families(Who who)
    {
        string[] words = ["/usr/bin/python3", "-c", "import socket; print(*sorted({found[4][0] for found in socket.getaddrinfo(None, 80)}))"];
        Lab.Run(who, words).Says("127.0.0.1 ::1\n");

        Lab.Supervised(who, "--strict --interface lo", words).Says("127.0.0.1 ::1\n");
    }

    [LabTheory]
    [Everyone]
    public void A_connect_to_nobody_ends_with_an_interrupt(Who who)
    {
        using var running = Lab.Start(who, Lab.Supervise(Strict, Programs.C("talk"), Internet.Silent4, "7"));
        Wait.Until(() => Lab.Packets(Side.Ovpn) > 0, () => $"it never began to connect: {running}");
        running.Signal(SIGINT);

        running.Finish().DiesBy(SIGINT);
        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>The kernel gives up on it after two minutes, which is as long as this test waits.</summary>
    [LabTheory]
    [Everyone]
    public void A_connect_to_nobody_holds_up_nobody(Who who)
    {
        var talk = Programs.C("talk");
        var script = $"{talk} {Internet.Silent4} 7 & {talk} {Internet.Web4} 7 && {talk} -u {Internet.Web4} 7 && kill -TERM $!; wait $!; echo $? >&2";
        var result = Lab.Supervised(who, Strict, "sh", "-c", script).AnsweredBy(Side.Ovpn, Internet.Web4);

        Assert.Contains("143\n", result.Error, StringComparison.Ordinal);
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void A_connect_with_a_send_timeout_ends_as_without_the_supervisor(Who who)
    {
        Assert.Equal("connect EINPROGRESS\n", Lab.Run(who, Program, "timeout", Internet.Silent4).ExitsWith(1).Output);

        Assert.Equal("connect EINPROGRESS\n", Lab.Supervised(who, Strict, Program, "timeout", Internet.Silent4).ExitsWith(1).Output);
        Lab.Supervised(who, Strict, Program, "timeout", Internet.Web4).Says("ovpn\n");
    }

    [LabTheory]
    [Everyone]
    public void A_server_hears_on_the_interface_alone(Who who)
    {
        const string Port = "8017";
        using var server = Lab.Start(who, Lab.Supervise(Strict, Programs.C("serve"), "0.0.0.0", Port));
        server.WaitForOutput("listening");

        Assert.Contains($"%ovpn:{Port}", Lab.Run(Who.Root, "ss", "-ltnH", $"sport = :{Port}").Output, StringComparison.Ordinal);
        Assert.Equal("connect: ECONNREFUSED\n", Lab.Run(who, Programs.C("talk"), "127.0.0.1", Port).Output);
    }

    /// <summary>The supervisor connects to it for a program with threads: by its path, from its directory, and by an abstract name.</summary>
    [LabTheory]
    [Everyone]
    public void A_program_with_threads_reaches_Unix_sockets(Who who) =>
        Lab.Supervised(who, Strict, "sh", "-c", $"cd $(mktemp -d) && {Program} local").Says("absolute ok\nrelative ok\nabstract ok\nnone ENOENT\n");

    [LabTheory]
    [Everyone]
    public void Without_an_interface_there_is_no_strict_mode(Who who)
    {
        Assert.Contains("--strict: there is no interface to bind sockets to", Lab.Supervised(who, "--strict", "true").ExitsWith(125).Error, StringComparison.Ordinal);
        Assert.Contains("--strict: there is no interface to bind sockets to", Lab.Supervised(who, "--strict --interface none", "true").ExitsWith(125).Error, StringComparison.Ordinal);
    }

    [LabTheory]
    [Everyone]
    public void While_the_interface_is_not_there_no_socket_opens(Who who) =>
        Assert.Equal("socket ENETUNREACH\n", Lab.Supervised(who, "--strict --interface absent0", Program, "attributes", "2", "1", "0").ExitsWith(1).Output);

    [LabTheory]
    [Everyone]
    public void A_program_in_a_network_of_its_own_has_the_sockets_of_that_network(Who who) =>
        Lab.Supervised(who, Strict, "unshare", "-Urn", Program, "attributes", "2", "1", "0").Says(Attributes("device none", Who.Root));

    /// <summary>What a TCP socket is, as a plain run says.</summary>
    private string Attributes(string device, Who who) =>
        Lab.Run(who, Program, "attributes", "2", "1", "0").Succeeds().Output.Replace("device none", device, StringComparison.Ordinal);
}
