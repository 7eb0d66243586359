namespace BindToInterface.EndToEnd;

/// <summary>
/// Below an outer filter that refuses pidfd_getfd and process_vm_readv, as the default profile of a container engine does: the
/// supervisor makes the program's sockets, keeps a copy of each, and binds that. No capability is added.
/// </summary>
[Collection(Collections.Container)]
public sealed class CopiesTests(Lab lab) : LabTest(lab)
{
    private const string Mapped = $"::ffff:{Internet.Web4}";
    private const string Bound = "--interface ovpn";
    private const string Strict = $"--strict {Bound}";
    private const string Excluding = "--interface ovpn --exclude loopback";

    [LabTheory]
    [Everyone("", Internet.Web4)]
    [Everyone("", Internet.Web6)]
    [Everyone("", Mapped)]
    [Everyone("-n", Internet.Web4)]
    [Everyone("-n", Internet.Web6)]
    [Everyone("-u", Internet.Web4)]
    [Everyone("-u", Internet.Web6)]
    [Everyone("-u", Mapped)]
    [Everyone("-t 8", Internet.Web4)]
    public void A_socket_of_each_kind_is_bound(Who who, string options, string address)
    {
        Supervised(who, Bound, [Programs.C("talk"), .. Words(options), address, "7"]).AnsweredBy(Side.Ovpn, address);
        Supervised(who, Bound, [Programs.Musl("talk"), .. Words(options), address, "7"]).AnsweredBy(Side.Ovpn, address);

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone("tcp", Internet.Web4, $"{Internet.Web4}:7")]
    [Everyone("udp", Internet.Web6, $"[{Internet.Web6}]:7")]
    public void A_static_Go_program_is_bound(Who who, string network, string address, string destination)
    {
        Supervised(who, Bound, Programs.Go("talk"), network, destination).AnsweredBy(Side.Ovpn, address);

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone(Internet.Web4)]
    [Everyone(Internet.Web6)]
    public void Curl_and_wget_leave_by_the_interface(Who who, string address)
    {
        Supervised(who, Bound, "curl", "-sS", Internet.WebUrl(address)).AnsweredBy(Side.Ovpn, address);
        Supervised(who, Bound, "sh", "-c", $"wget -q -O - {Internet.WebUrl(address)} | cat").AnsweredBy(Side.Ovpn, address);
        Supervised(who, "--interface ovpn --source-ip 10.8.0.3,fd00:8::3", "curl", "-sS", Internet.WebUrl(address))
            .Says($"ovpn {(address == Internet.Web4 ? "10.8.0.3" : "fd00:8::3")}\n");

        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>It judges sockets by their copies, and binds none, strict or not.</summary>
    [LabTheory]
    [Everyone("")]
    [Everyone(" --strict")]
    public void A_dry_run_tells_and_changes_nothing(Who who, string strict)
    {
        Result result = Supervised(who, $"{Bound}{strict} --dry-run", Programs.C("talk"), Internet.Web4, "7").AnsweredBy(Side.Lan0, Internet.Web4);

        Assert.Contains(result.ErrorLines, line => line.Contains($"{Internet.Web4}:7 would be bound ovpn", StringComparison.Ordinal));
        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Everyone]
    public void Names_are_asked_at_the_override(Who who)
    {
        string answer = Internet.Answer4(Side.Ovpn, Internet.Override4);
        string options = $"--interface ovpn --dns {Internet.Override4},{Internet.Override6}";

        Assert.Contains(answer, Supervised(who, options, "dig", "+short", "side.test").Succeeds().Output, StringComparison.Ordinal);
        Assert.Contains(answer, Supervised(who, options, "dig", "+short", "+tcp", "side.test").Succeeds().Output, StringComparison.Ordinal);
        Assert.StartsWith(answer + " ", Supervised(who, options, "getent", "ahostsv4", "side.test").Succeeds().Output, StringComparison.Ordinal);
        Supervised(who, options, Programs.Musl("resolve"), "side.test", "4").Says(answer + "\n");
        // Without an interface, too.
        Supervised(who, $"--dns {Internet.Override4}", Programs.Musl("resolve"), "side.test", "4").Says(Internet.Answer4(Side.Lan0, Internet.Override4) + "\n");
    }

    [LabTheory]
    [Everyone("", Internet.LanPeer4)]
    [Everyone("-n", Internet.LanPeer4)]
    [Everyone("-u", Internet.LanPeer4)]
    [Everyone("", Internet.LanPeer6)]
    [Everyone("-u", Internet.LanPeer6)]
    public void An_excluded_destination_keeps_the_normal_route(Who who, string options, string address) =>
        Supervised(who, "--interface ovpn --exclude 192.168.77.0/24,fd00:77::/64", [Programs.C("talk"), .. Words(options), address, "7"])
            .AnsweredBy(Side.Lan0, address);

    /// <summary>All that the supervisor needs to find out which sockets are closed takes descriptors, too.</summary>
    [LabTheory]
    [Everyone(Bound)]
    [Everyone(Strict)]
    public void Sockets_that_are_opened_and_closed_fast_do_not_use_up_the_descriptors(Who who, string options) =>
        Lab.Run(who, ["prlimit", "--nofile=256:256", .. Sandbox.Supervise(options, Programs.C("copies"), "many")]).Says("0 failed, EMFILE, again\n");

    [LabTheory]
    [Everyone("closed", Internet.Web4, "closed\n")]
    [Everyone("closed", Internet.Web6, "closed\n")]
    [Everyone("eof", "", "eof\n")]
    [Everyone("listener", "", "ECONNREFUSED\n")]
    [Everyone("port", "", "bound\n")]
    [Everyone("child-port", "", "bound\n")]
    [Everyone("gone", "", "gone\n")]
    [Everyone("poll", Internet.Web4, "EISCONN\n")]
    [Everyone("options", Internet.Web4, "ok EPERM ok ok\nok EPERM ok ok\n")]
    public void Nothing_of_a_socket_is_held_back(Who who, string what, string address, string said)
    {
        Supervised(who, Excluding, [Programs.C("copies"), what, .. address.Length == 0 ? (string[])[] : [address, "7"]]).Says(said);

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone("long", Internet.Web4)]
    [Everyone("long", Internet.Web6)]
    [Everyone("hand", Internet.Web4)]
    [Everyone("again", Internet.Web4)]
    public void A_socket_is_found_again_as_long_as_anybody_has_it(Who who, string what, string address)
    {
        Supervised(who, Bound, Programs.C("copies"), what, address, "7").AnsweredBy(Side.Ovpn, address);

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void A_socket_that_was_not_made_here_is_refused_and_the_remedy_named(Who who)
    {
        Result refused = Lab.Run(
            who, [Programs.C("copies"), "pair", Programs.C("sandbox"), Sandbox.Refused, .. Lab.Supervise(Bound, Programs.C("copies"), "inherited", "9", Internet.Web4, "7")]);

        Assert.Equal("sendto: EPERM\n", refused.ExitsWith(1).Output);
        Assert.Contains("docker run --cap-add SYS_PTRACE", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>Root's supervisor without CAP_SYS_PTRACE, as in a container, and a worker of another user.</summary>
    [RootFact]
    public void A_worker_of_another_user_is_refused_and_the_remedy_named()
    {
        Result refused = Lab.Run(
            Who.Root,
            ["setpriv", "--bounding-set", "-sys_ptrace", Programs.C("sandbox"), Sandbox.Refused,
                .. Lab.Supervise(Bound, "setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups", Programs.C("talk"), Internet.Web4, "7")]);

        Assert.Equal("connect: EPERM\n", refused.ExitsWith(1).Output);
        Assert.Contains("--cap-add SYS_PTRACE", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>Where root may look into it, the socket is the worker's own.</summary>
    [RootFact]
    public void A_worker_of_another_user_has_sockets_of_its_own_where_root_may_look_into_it()
    {
        Supervised(Who.Root, Bound, "setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups", Programs.C("talk"), Internet.Web4, "7")
            .AnsweredBy(Side.Ovpn, Internet.Web4);

        Lab.NothingLeftBy(Side.Lan0);
    }

    [RootFact]
    public void Ssh_logs_in_by_the_interface()
    {
        using var server = new WaysSshServer(Lab);
        foreach (Who who in (Who[])[Who.Root, Who.User])
        {
            foreach (string options in (string[])[Bound, Excluding, Strict])
            {
                Assert.Equal("ovpn\n", Supervised(who, options, server.Words(who)).Succeeds().Output);
            }

            Result refused = Supervised(who, Bound, server.Words(who, "-b", "192.168.77.2")).ExitsWith(255);
            Assert.Contains("Cannot assign requested address", refused.Error, StringComparison.Ordinal);
        }

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone("", Internet.Web4)]
    [Everyone("", Internet.Web6)]
    [Everyone("-n", Mapped)]
    [Everyone("-u", Internet.Web4)]
    [Everyone("-u", Internet.Web6)]
    [Everyone("-t 8", Internet.Web4)]
    public void In_strict_mode_a_socket_of_each_kind_is_bound(Who who, string options, string address)
    {
        Supervised(who, Strict, [Programs.C("talk"), .. Words(options), address, "7"]).AnsweredBy(Side.Ovpn, address);
        Supervised(who, Strict, [Programs.Musl("talk"), .. Words(options), address, "7"]).AnsweredBy(Side.Ovpn, address);

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void In_strict_mode_a_nameserver_that_is_excluded_is_heard(Who who)
    {
        foreach (string resolve in (string[])[Programs.C("resolve"), Programs.Musl("resolve")])
        {
            var found = Supervised(who, $"{Strict} --exclude {Internet.Dns4}", resolve, "side.test", "4").Succeeds().Output.Trim();

            Assert.Equal(Internet.Answer4(Side.Lan0, Internet.Dns4), found);
        }

        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Everyone]
    public void So_are_those_of_Go_curl_and_dig(Who who)
    {
        Supervised(who, Strict, Programs.Go("talk"), "tcp", $"{Internet.Web4}:7").AnsweredBy(Side.Ovpn, Internet.Web4);
        Supervised(who, Strict, Programs.Go("talk"), "udp", $"[{Internet.Web6}]:7").AnsweredBy(Side.Ovpn, Internet.Web6);
        Supervised(who, $"{Strict} --dns {Internet.Override4}", "curl", "-sS", "http://web4.test/").AnsweredBy(Side.Ovpn, Internet.Web4);
        Supervised(who, $"{Strict} --dns {Internet.Override4}", "curl", "-sS", "http://web6.test/").AnsweredBy(Side.Ovpn, Internet.Web6);
        foreach (string by in (string[])["+notcp", "+tcp"])
        {
            Supervised(who, $"{Strict} --dns {Internet.Override4}", "dig", "+short", by, "side.test").Says(Internet.Answer4(Side.Ovpn, Internet.Override4) + "\n");
        }

        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>A proxy that listens on loopback, and whose connections leave by the interface.</summary>
    [LabTheory]
    [Everyone]
    public void A_proxy_is_reached_on_loopback_and_leaves_by_the_interface(Who who)
    {
        using Running proxy = Lab.Start(who, Sandbox.Supervise(Excluding, "microsocks", "-i", "127.0.0.1", "-p", "1080"));
        string[] curl = ["curl", "-sS", "--retry", "50", "--retry-connrefused", "--retry-delay", "0", "--proxy", "socks5://127.0.0.1:1080", Internet.WebUrl(Internet.Web4)];

        Lab.Run(who, curl).AnsweredBy(Side.Ovpn, Internet.Web4);
        Lab.Run(who, curl).AnsweredBy(Side.Ovpn, Internet.Web4);

        proxy.Signal(15);
        proxy.Finish();
        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>The same of nginx: it answers on loopback, and asks its upstream by the interface.</summary>
    [LabTheory]
    [Everyone]
    public void Nginx_answers_on_loopback_and_asks_its_upstream_by_the_interface(Who who)
    {
        using var scratch = new Scratch();
        string folder = scratch.Folder;
        File.WriteAllText(Path.Combine(folder, "nginx.conf"), $$"""
            daemon off;
            {{(who == Who.Root ? "user root;" : "")}}
            pid {{folder}}/nginx.pid;
            error_log stderr;
            events {}
            http {
                access_log off;
                client_body_temp_path {{folder}}/body;
                proxy_temp_path {{folder}}/proxy;
                fastcgi_temp_path {{folder}}/fastcgi;
                uwsgi_temp_path {{folder}}/uwsgi;
                scgi_temp_path {{folder}}/scgi;
                server {
                    listen 127.0.0.1:8081;
                    location / { proxy_pass {{Internet.WebUrl(Internet.Web4)}}; }
                }
            }
            """);
        using Running nginx = Lab.Start(who, Sandbox.Supervise(Excluding, "nginx", "-e", "stderr", "-c", Path.Combine(folder, "nginx.conf")));

        for (int i = 0; i < 3; i++)
        {
            Lab.Run(who, "curl", "-sS", "--retry", "50", "--retry-connrefused", "--retry-delay", "0", "http://127.0.0.1:8081/").AnsweredBy(Side.Ovpn, Internet.Web4);
        }

        nginx.Signal(15);
        nginx.Finish();
        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>The manager takes messages from its main process, which is the supervisor. One with a descriptor the program sends itself.</summary>
    [LabTheory]
    [Everyone(Bound, "@")]
    [Everyone(Bound, "")]
    [Everyone($"{Bound} --strict", "@")]
    [Everyone($"{Bound} --strict", "")]
    public void Notifications_arrive_from_the_supervisor(Who who, string options, string kind)
    {
        using var scratch = new Scratch();
        var socket = kind == "@" ? $"@{scratch.File("notify")}" : scratch.File("notify");

        var result = Lab.Run(who, [Programs.C("proc_notify"), "receive", socket, .. Sandbox.Supervise(options, Programs.C("proc_notify"), "send", "READY=1")]).Succeeds();

        var program = result.OutputLines.Single(line => line.EndsWith(" sends", StringComparison.Ordinal)).Split(' ')[0];
        Assert.Contains(result.OutputLines, line => line.EndsWith(": READY=1", StringComparison.Ordinal) && !line.StartsWith($"{program} ", StringComparison.Ordinal));
        Assert.Contains(result.OutputLines, line => line.StartsWith($"{program} ", StringComparison.Ordinal) && line.EndsWith(": READY=1 +1", StringComparison.Ordinal));
    }

    private Result Supervised(Who who, string options, params string[] command) => Lab.Run(who, Sandbox.Supervise(options, command));

    private static string[] Words(string options) => options.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
