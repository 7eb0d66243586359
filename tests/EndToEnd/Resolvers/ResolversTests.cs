namespace BindToInterface.EndToEnd;

/// <summary>
/// Every resolver asks the override, by the interface, and takes its first answer: as many packets to port 53 as
/// without the supervisor, where one that dropped the answer would ask again.
/// </summary>
[Collection(ResolversCollection.Name)]
public sealed class ResolversTests(Lab lab) : LabTest(lab)
{
    private const string Bound = "--interface ovpn";
    private const string Only4 = $"{Bound} --dns {Internet.Override4}";
    private const string Both = $"{Bound} --dns {Internet.Override4},{Internet.Override6}";
    private const string Dns = "meta l4proto { tcp, udp } th dport 53";

    [LabTheory]
    [MemberData(nameof(ResolversPrograms.ThatReadResolvConf), MemberType = typeof(ResolversPrograms))]
    public void It_resolves_through_the_override(Who who, string program) =>
        Compare(who, Only4, ResolversPrograms.Words(program, "side.test"), Internet.Dns4, Internet.Override4);

    [LabTheory]
    [MemberData(nameof(ResolversPrograms.WithCodeOfTheirOwn), MemberType = typeof(ResolversPrograms))]
    public void It_resolves_through_the_override_where_resolv_conf_names_an_IPv6_server(Who who, string program)
    {
        using var _ = Lab.ResolvConf($"nameserver {Internet.Dns6}\n");

        Compare(who, Both, ResolversPrograms.Words(program, "side.test"), Internet.Dns6, Internet.Override6);
    }

    [LabTheory]
    [Everyone("glibc getaddrinfo")]
    [Everyone("musl")]
    [Everyone("Go")]
    [Everyone("node dns.resolve4")]
    [Everyone("dnspython")]
    public void Without_an_override_it_asks_its_server_by_the_interface(Who who, string program) =>
        Compare(who, Bound, ResolversPrograms.Words(program, "side.test"), Internet.Dns4, Internet.Dns4);

    [LabTheory]
    [MemberData(nameof(ResolversPrograms.ThatAreToldAServer), MemberType = typeof(ResolversPrograms))]
    public void A_server_that_it_is_told_is_overridden_as_well(Who who, string program) =>
        Compare(who, Only4, ResolversPrograms.Words(program, "side.test", "8.8.8.8"), "8.8.8.8", Internet.Override4);

    [LabTheory]
    [Everyone("glibc getaddrinfo")]
    [Everyone("Go")]
    [Everyone("dig")]
    [Everyone("kdig")]
    [Everyone("node dns.resolve4")]
    [Everyone("dnspython")]
    public void A_long_answer_is_fetched_over_TCP(Who who, string program) =>
        Compare(who, Only4, ResolversPrograms.Words(program, "big.test"), Internet.Dns4, Internet.Override4, countsRepeat: false);

    /// <summary>A server that is asked in vain would be waited for, longer than a test may take.</summary>
    [LabTheory]
    [MemberData(nameof(ResolversPrograms.WithCodeOfTheirOwn), MemberType = typeof(ResolversPrograms))]
    public void Several_servers_cost_no_timeout(Who who, string program)
    {
        string[] servers = [Internet.Dns6, Internet.Dns4, "8.8.8.8"];
        foreach (var order in (string[][])[[servers[1], servers[2]], servers, [servers[1], servers[0]]])
        {
            using var _ = Lab.ResolvConf(string.Concat(order.Select(server => $"nameserver {server}\n")) + "options timeout:25\n");

            Resolves(Lab.Supervised(who, Only4, ResolversPrograms.Words(program, "side.test")), Side.Ovpn, Internet.Override4);
        }

        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>c-ares in a downloader.</summary>
    [LabTheory]
    [Everyone]
    public void Aria2_resolves_through_the_override(Who who)
    {
        const string fetch = "d=$(mktemp -d); aria2c --async-dns=true --disable-ipv6=true -q -d $d -o out http://web.test/ && cat $d/out; rm -r $d";
        var plain = Count(Side.Lan0, () => Lab.Run(who, "sh", "-c", fetch).AnsweredBy(Side.Lan0, Internet.Web4));

        var packets = Count(Side.Ovpn, () => Lab.Supervised(who, Only4, "sh", "-c", fetch).AnsweredBy(Side.Ovpn, Internet.Web4));

        Assert.Equal(plain, packets);
    }

    private void Compare(Who who, string options, string[] words, string plainServer, string server, bool countsRepeat = true)
    {
        var plain = Count(Side.Lan0, () => Resolves(Lab.Run(who, words), Side.Lan0, plainServer));

        var packets = Count(Side.Ovpn, () => Resolves(Lab.Supervised(who, options, words), Side.Ovpn, server));

        // Over TCP the number of acknowledgements varies.
        Assert.True(!countsRepeat || words.Contains("+tcp") || plain == packets, $"{packets} packets in place of {plain}");
    }

    private static void Resolves(Result result, Side side, string server) =>
        Assert.True(
            result.Succeeds().Output.Contains(Internet.Answer4(side, server), StringComparison.Ordinal),
            $"expected {Internet.Answer4(side, server)} of {result}");

    /// <summary>Packets to port 53 that ACTION sends by this uplink. By the other it sends nothing at all.</summary>
    private int Count(Side side, Action action)
    {
        Lab.Reset();
        using var packets = new WaysCounter(Lab, $"oifname {side} {Dns}");
        action();
        Lab.NothingLeftBy(side == Side.Lan0 ? Side.Ovpn : Side.Lan0);
        return packets.Packets;
    }

    /// <summary>Of the threads that wait the kernel interrupts one, and any other would see an errno that nobody knows (512).</summary>
    [LabTheory]
    [Everyone]
    public void A_signal_for_the_process_is_handled_while_its_threads_wait_for_answers(Who who)
    {
        const string script = """
            import os, signal, socket, threading, time
            handled, failed = [], []
            signal.signal(signal.SIGUSR1, lambda *_: handled.append(1))
            def ask():
                query = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                query.sendto(b"no question", ("203.0.113.53", 53))
                try:
                    query.recvfrom(512)
                except OSError as error:
                    failed.append(error)
            for _ in range(5):
                threading.Thread(target=ask, daemon=True).start()
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
            for round in range(1, 9):
                os.kill(os.getpid(), signal.SIGUSR1)
                while len(handled) < round:
                    time.sleep(0.005)
            print(len(handled), failed, flush=True)
            os._exit(0)
            """;

        Lab.Supervised(who, "--interface ovpn --dns 10.8.0.99", "python3", "-c", script).Says("8 []\n");
    }
}
