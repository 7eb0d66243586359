using System.Text;

namespace BindToInterface.EndToEnd;

/// <summary>A profile that is changed while the program runs: new connections use it, and what is wrong changes nothing.</summary>
[Collection(Collections.Parent)]
public sealed class ProfileReloadTests(Lab lab) : LabTest(lab), IDisposable
{
    private const string TakenOver = "taken over for new connections: ";

    private const string Curls = "while read -r url; do curl -sS --max-time 60 \"$url\"; done";

    /// <summary>Makes connections as it is told: "new HOST", "kept HOST" uses the first connection again, "udp HOST" one socket for all.</summary>
    private const string Talk =
        """
        import errno, socket, sys
        kept, udp = None, {}
        for line in sys.stdin:
            what, host = line.split()
            family = socket.AF_INET6 if ':' in host else socket.AF_INET
            try:
                if what == 'new':
                    connection = socket.create_connection((host, 7), 60)
                    said = connection.recv(1000)
                    kept = kept or connection
                    if connection is not kept:
                        connection.close()
                elif what == 'kept':
                    kept.sendall(b'again ')
                    said = kept.recv(1000)
                elif what == 'unix':
                    with socket.socket(socket.AF_UNIX) as daemon:
                        daemon.connect(host)
                    said = b'connected'
                else:
                    udp.setdefault(family, socket.socket(family, socket.SOCK_DGRAM)).sendto(b'x', (host, 7))
                    said = udp[family].recv(1000)
                print(what, said.decode().strip(), flush=True)
            except OSError as error:
                print(what, errno.errorcode[error.errno], flush=True)
        """;

    private readonly Profiles profiles = new();

    public void Dispose() => profiles.Dispose();

    [LabTheory]
    [Everyone(false)]
    [Everyone(true)]
    public void The_second_connection_of_a_program_takes_the_changed_route(Who who, bool replaces)
    {
        Action<string> change = replaces ? profiles.Replace : profiles.Write;
        profiles.Write("""{ "interface": "ovpn" }""");
        using Running program = Start(who, "@vpn", "sh", "-c", Curls);
        Get(program, Side.Ovpn, Side.Lan0);

        change("""{ "interface": "lan0" }""");
        program.WaitForError($"profile {profiles.Path}: {TakenOver}interface: lan0");
        Get(program, Side.Lan0, Side.Ovpn);

        // A broken one changes nothing.
        change("{\n\"interface\": \"ovpn\",\n\"exclde\": []\n}");
        program.WaitForError($"the settings from before stay: {profiles.Path}, line 3: exclde: there is no such key; did you mean exclude?");
        Get(program, Side.Lan0, Side.Ovpn);

        change("""{ "interface": "ovpn", "exclude": ["198.51.100.1", "2001:db8:1::/64"] }""");
        program.WaitForError($"{TakenOver}interface: ovpn; exclude: 198.51.100.1,2001:db8:1::/64");
        Get(program, Side.Lan0, Side.Ovpn);

        change("""{ "interface": "ovpn", "exclude": [], "quiet": true }""");
        program.WaitForError($"{TakenOver}exclude: none");
        program.WaitForError($"profile {profiles.Path}: a change of quiet needs a restart of the program");
        Get(program, Side.Ovpn, Side.Lan0);

        // Without an interface everything would take the normal route.
        change("{ }");
        program.WaitForError("but not taken away; start the program again");
        Get(program, Side.Ovpn, Side.Lan0);

        profiles.Remove();
        program.WaitForError($"the settings from before stay: {profiles.Path}: it cannot be read: No such file or directory");
        Get(program, Side.Ovpn, Side.Lan0);

        change("""{ "interface": "lan0", "quiet": true }""");
        Wait.Until(() => Count(program, $"{TakenOver}interface: lan0") == 2, () => $"not taken over: {program}");
        Get(program, Side.Lan0, Side.Ovpn);

        program.Finish().Succeeds();
    }

    [LabTheory]
    [Everyone]
    public void What_breaks_something_by_a_change_is_told_as_at_the_start(Who who)
    {
        profiles.Write("""{ "interface": "ovpn" }""");
        using Running program = Start(who, "@vpn", "sh", "-c", "echo started; cat");
        // The file has been read. Until then it is written in place under its reader.
        program.WaitForOutput("started\n");

        profiles.Write("""{ "interface": "ovpn", "source-ip": "10.8.0.77" }""");
        program.WaitForError("10.8.0.77 is not an address of this host: sockets cannot be bound to it; use an address of ovpn");

        program.Finish().Succeeds();
    }

    [LabTheory]
    [Everyone]
    public void Connections_from_before_stay_and_sockets_that_are_used_again_are_judged_anew(Who who)
    {
        profiles.Write("""{ "interface": "ovpn", "exclude": ["198.51.100.2"] }""");
        using Running program = Start(who, "@vpn", "/usr/bin/python3", "-c", Talk);
        Say(program, $"new {Internet.Web4}", "new ovpn 10.8.0.2");
        Say(program, $"udp {Internet.Web4}", "udp ovpn 10.8.0.2");
        Say(program, $"udp {Internet.OtherWeb4}", "udp lan0 192.168.77.2");
        Lab.Reset();

        profiles.Write("""{ "interface": "lan0" }""");
        program.WaitForError($"{TakenOver}interface: lan0; exclude: none");
        Say(program, $"new {Internet.Web4}", "new lan0 192.168.77.2");
        Say(program, $"udp {Internet.Web4}", "udp lan0 192.168.77.2");
        Lab.NothingLeftBy(Side.Ovpn);
        Say(program, $"kept {Internet.Web4}", "kept again");
        Assert.NotEqual(0, Lab.Packets(Side.Ovpn));

        Lab.Reset();
        profiles.Write("""{ "interface": "ovpn" }""");
        program.WaitForError($"{TakenOver}interface: ovpn");
        Say(program, $"new {Internet.Web4}", "new ovpn 10.8.0.2");
        Say(program, $"new {Internet.Web6}", "new ovpn fd00:8::2");
        Lab.NothingLeftBy(Side.Lan0);

        program.Finish().Succeeds();
    }

    /// <summary>What was found of the LAN and of names counts only as long as the profile names it.</summary>
    [LabTheory]
    [Everyone]
    public void Routes_the_LAN_and_names_can_come_and_go(Who who)
    {
        profiles.Write("""{ "interface": "ovpn" }""");
        using Running program = Start(who, "@vpn -v", "/usr/bin/python3", "-c", Talk);
        Say(program, $"new {Internet.LanPeer4}", "new ovpn 10.8.0.2");

        profiles.Write("""{ "interface": "ovpn", "route": ["198.51.100.1=lan0", "::/0=deny"] }""");
        program.WaitForError($"{TakenOver}route: 198.51.100.1=lan0,::/0=deny");
        Say(program, $"new {Internet.Web4}", "new lan0 192.168.77.2");
        Say(program, $"udp {Internet.OtherWeb4}", "udp ovpn 10.8.0.2");
        Say(program, $"udp {Internet.Web4}", "udp lan0 192.168.77.2");
        Say(program, $"new {Internet.Web6}", "new ENETUNREACH");

        profiles.Write("""{ "interface": "ovpn", "exclude": ["lan", "web6.test"] }""");
        program.WaitForError($"{TakenOver}route: none; exclude: lan,web6.test");
        program.WaitForError($"--exclude web6.test: {Internet.Web6}");
        Say(program, $"new {Internet.LanPeer4}", "new lan0 192.168.77.2");
        Say(program, $"new {Internet.Web6}", "new lan0 fd00:77::2");
        Say(program, $"new {Internet.Web4}", "new ovpn 10.8.0.2");

        profiles.Write("""{ "interface": "ovpn" }""");
        program.WaitForError($"{TakenOver}exclude: none");
        Lab.Reset();
        Say(program, $"new {Internet.LanPeer4}", "new ovpn 10.8.0.2");
        Say(program, $"new {Internet.Web6}", "new ovpn fd00:8::2");
        Lab.NothingLeftBy(Side.Lan0);

        program.Finish().Succeeds();
    }

    /// <summary>A UDP socket that was bound to the former interface: root's is bound again; another user's is steered, or refused.</summary>
    [LabTheory]
    [Everyone(Internet.Web4)]
    [Everyone(Internet.Web6)]
    public void A_datagram_socket_of_the_former_interface_sends_by_the_new_one_or_not_at_all(Who who, string address)
    {
        profiles.Write("""{ "interface": "lan0" }""");
        using Running program = Start(who, "@vpn", "/usr/bin/python3", "-c", Talk);
        Say(program, $"udp {address}", $"udp lan0 {Side.Lan0.ClientFor(address)}");

        profiles.Write("""{ "interface": "ovpn" }""");
        program.WaitForError($"{TakenOver}interface: ovpn");
        Lab.Reset();
        program.Input.Write(Encoding.UTF8.GetBytes($"udp {address}\n"));
        program.Input.Flush();
        Wait.Until(() => program.Output.Count(c => c == '\n') == 2, () => $"no answer: {program}");
        Assert.Matches($"^udp (ovpn {Side.Ovpn.ClientFor(address)}.*|E[A-Z]+)$", program.Output.Split('\n')[1]);
        Lab.NothingLeftBy(Side.Lan0);

        program.Finish().Succeeds();
    }

    [LabTheory]
    [Everyone]
    public void The_source_the_nameserver_and_the_daemons_can_change_as_well(Who who)
    {
        // dnspython compares the source of an answer, which the supervisor restores.
        const string Resolve = "while read -r name; do /usr/bin/python3 -c \"import dns.resolver, sys; print(dns.resolver.resolve(sys.argv[1], 'A')[0])\" \"$name\"; done";
        profiles.Write("""{ "interface": "ovpn" }""");
        using Running resolver = Start(who, "@vpn", "sh", "-c", Resolve);
        Say(resolver, "side.test", Internet.Answer4(Side.Ovpn, Internet.Dns4));
        using Running program = Start(who, "@vpn", "/usr/bin/python3", "-c", Talk);
        Say(program, $"new {Internet.Web4}", "new ovpn 10.8.0.2");

        profiles.Write("""{ "interface": "ovpn", "dns": "203.0.113.54", "source-ip": "10.8.0.3" }""");
        resolver.WaitForError($"{TakenOver}dns: 203.0.113.54; source-ip: 10.8.0.3");
        Say(resolver, "side.test", Internet.Answer4(Side.Ovpn, Internet.Override4));
        program.WaitForError(TakenOver);
        Say(program, $"new {Internet.Web4}", "new ovpn 10.8.0.3");

        profiles.Write("""{ "interface": "ovpn", "dns": "203.0.113.54", "dns-port": 5353 }""");
        resolver.WaitForError($"{TakenOver}dns-port: 5353; source-ip: none");
        Say(resolver, "side.test", Internet.Answer4(Side.Ovpn, Internet.Override4, 5353));
        Lab.NothingLeftBy(Side.Lan0);

        resolver.Finish().Succeeds();
        program.Finish().Succeeds();
    }

    [LabFact]
    public void Resolver_daemons_can_be_allowed_and_refused_again()
    {
        const string Daemon = "/run/nscd/socket";
        using Running nscd = Lab.Start(Who.Root,
        [
            "/usr/bin/python3", "-c",
            $"import os, socket, sys; os.makedirs('/run/nscd', exist_ok=True); s = socket.socket(socket.AF_UNIX); s.bind('{Daemon}'); s.listen(9); print('ready', flush=True); sys.stdin.read(); os.remove('{Daemon}')",
        ]);
        nscd.WaitForOutput("ready");
        profiles.Write("""{ "interface": "ovpn" }""");
        using Running program = Start(Who.Root, "@vpn", "/usr/bin/python3", "-c", Talk);
        Say(program, $"unix {Daemon}", "unix ECONNREFUSED");

        profiles.Write("""{ "interface": "ovpn", "resolver-daemons": "allow" }""");
        program.WaitForError($"{TakenOver}resolver-daemons: allow");
        Say(program, $"unix {Daemon}", "unix connected");

        profiles.Write("""{ "interface": "ovpn", "resolver-daemons": "refuse" }""");
        program.WaitForError($"{TakenOver}resolver-daemons: refuse");
        Say(program, $"unix {Daemon}", "unix ECONNREFUSED");

        program.Finish().Succeeds();
        nscd.Finish().Succeeds();
    }

    [LabTheory]
    [Everyone]
    public void A_change_before_the_file_is_watched_is_not_missed(Who who)
    {
        profiles.Write("""{ "interface": "ovpn" }""");
        File.SetUnixFileMode(Path.GetDirectoryName(profiles.Path)!, (UnixFileMode)0b111_111_111);
        File.WriteAllText(profiles.File("other"), """{ "interface": "lan0" }""");

        // The first that the program does; watching begins when it has run for a moment. As an ordinary user it replaces a file of root by its own.
        using Running program = Start(who, "@vpn", "sh", "-c", "cp -f --remove-destination \"$1\" \"$2\" && read -r url && curl -sS \"$url\"", "sh", profiles.File("other"), profiles.Path);
        program.WaitForError($"{TakenOver}interface: lan0");
        Get(program, Side.Lan0, Side.Ovpn);

        program.Finish().Succeeds();
    }

    [LabTheory]
    [Everyone]
    public void A_change_that_an_option_replaces_is_told_and_changes_nothing(Who who)
    {
        profiles.Write("""{ "interface": "lan0" }""");
        using Running program = Start(who, "@vpn -i ovpn", "sh", "-c", Curls);
        Get(program, Side.Ovpn, Side.Lan0);

        profiles.Write("""{ "interface": "lo" }""");
        program.WaitForError($"profile {profiles.Path}: changed, but nothing is different for this program");
        Get(program, Side.Ovpn, Side.Lan0);

        program.Finish().Succeeds();
    }

    [LabFact]
    public void A_new_interface_that_does_not_exist_is_warned_about()
    {
        profiles.Write("""{ "interface": "ovpn" }""");
        using Running program = Start(Who.Root, "@vpn", "/usr/bin/python3", "-c", Talk);
        Say(program, $"new {Internet.Web4}", "new ovpn 10.8.0.2");

        profiles.Write("""{ "interface": "nosuch0" }""");
        program.WaitForError($"{TakenOver}interface: nosuch0");
        program.WaitForError("interface nosuch0: no such device");
        Lab.Reset();
        Say(program, $"new {Internet.Web4}", "new ENETUNREACH");
        Lab.NothingLeftBy(Side.Lan0);
        Lab.NothingLeftBy(Side.Ovpn);

        program.Finish().Succeeds();
    }

    private Running Start(Who who, string words, params string[] command) => Lab.Start(who, ["env", profiles.Home, .. Lab.Supervise(words, command)]);

    /// <summary>Has the program say a line, and waits for the answer as a line of its own after all that there was.</summary>
    private static void Say(Running program, string line, string answer)
    {
        int before = program.Output.Length;
        program.Input.Write(Encoding.UTF8.GetBytes($"{line}\n"));
        program.Input.Flush();
        Wait.Until(() => program.Output.IndexOf('\n', before) >= 0, () => $"no answer to {line}: {program}");
        Assert.StartsWith(answer, program.Output[before..], StringComparison.Ordinal);
    }

    /// <summary>Has the program fetch a page, by one side and not by the other.</summary>
    private void Get(Running program, Side side, Side other)
    {
        Lab.Reset();
        Say(program, Internet.WebUrl(Internet.Web4), $"{side.Name} {side.Address4}\n");
        Lab.NothingLeftBy(other);
    }

    private static int Count(Running program, string text) => program.Error.Split(text).Length - 1;
}
