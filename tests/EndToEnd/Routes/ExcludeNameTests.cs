using System.Globalization;
using System.Text;

namespace BindToInterface.EndToEnd;

/// <summary><c>--exclude NAME</c>: looked up the way the program would do it, at the start and as its time to live says.</summary>
[Collection(RoutesCollection.Name)]
public sealed class ExcludeNameTests(Lab lab) : RoutesTest(lab)
{
    /// <summary>
    /// A nameserver beyond ovpn, at 10.8.0.1 port 5400, UDP and TCP. What it says of nas.test comes from its standard input:
    /// "SECONDS ADDRESS…". alias.test is an alias of nas.test; of big.test there is an answer over TCP only.
    /// </summary>
    private const string Server = """
        import select, socket, struct, sys, threading
        told = ["1", "198.51.100.2"]
        def record(name, kind, seconds, data):
            return name + struct.pack(">HHIH", kind, 1, seconds, len(data)) + data
        def wire(name):
            return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"
        def answer(query, udp):
            end = query.index(0, 12) + 5
            question, kind = query[12:end], struct.unpack(">H", query[end - 4:end - 2])[0]
            name = question[:-4]
            if udp and b"big" in name.lower():
                return query[:2] + struct.pack(">HHHHH", 0x8780, 1, 0, 0, 0) + question
            records = []
            if b"alias" in name.lower():
                records.append(record(name, 5, 1, wire("nas.test")))
                name = wire("nas.test")
            for address in told[1:]:
                family = socket.AF_INET6 if ":" in address else socket.AF_INET
                if kind == (28 if ":" in address else 1):
                    records.append(record(name, kind, int(told[0]), socket.inet_pton(family, address)))
            return query[:2] + struct.pack(">HHHHH", 0x8580, 1, len(records), 0, 0) + question + b"".join(records)
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("10.8.0.1", 5400))
        tcp = socket.create_server(("10.8.0.1", 5400))
        def serve_tcp():
            while True:
                client, _ = tcp.accept()
                with client:
                    query = client.recv(4096)
                    reply = answer(query[2:], False)
                    client.sendall(struct.pack(">H", len(reply)) + reply)
        threading.Thread(target=serve_tcp, daemon=True).start()
        print("serving", flush=True)
        while True:
            for ready in select.select([udp, sys.stdin], [], [])[0]:
                if ready is udp:
                    query, client = udp.recvfrom(4096)
                    udp.sendto(answer(query, True), client)
                else:
                    line = sys.stdin.readline()
                    if not line:
                        sys.exit()
                    told = line.split()
                    print("told", flush=True)
        """;

    private const string AtServer = "--interface ovpn --dns 10.8.0.1:5400 -v";

    [LabTheory]
    [Everyone]
    public void Its_addresses_are_excluded_and_the_question_leaves_by_the_interface(Who who)
    {
        Lab.Supervised(who, "--interface ovpn --exclude web.test", Programs.C("talk"), Internet.OtherWeb4, "7").AnsweredBy(Side.Ovpn, Internet.OtherWeb4);
        Lab.NothingLeftBy(Side.Lan0);

        Lab.Supervised(who, "--interface ovpn --exclude web.test", Programs.C("talk"), Internet.Web4, "7").AnsweredBy(Side.Lan0, Internet.Web4);
        Lab.Supervised(who, "--interface ovpn --exclude WEB.test.", Programs.C("talk"), Internet.Web6, "7").AnsweredBy(Side.Lan0, Internet.Web6);
    }

    [LabTheory]
    [Everyone("nas.test")]
    [Everyone("alias.test")]
    [Everyone("big.test")]
    public void Addresses_that_change_are_followed(Who who, string name)
    {
        using var own = new Lab();
        using Running server = Serve(own);
        using var program = own.Start(who, Lab.Supervise($"{AtServer} --exclude {name}", "sh", "-c", $"while read address; do {Programs.C("talk")} $address 7; done"));
        program.WaitForError($"--exclude {name}: {Internet.OtherWeb4}\n");
        Assert.StartsWith("lan0 ", Ask(program, Internet.OtherWeb4), StringComparison.Ordinal);
        own.Reset();
        Assert.StartsWith("ovpn ", Ask(program, Internet.Web4), StringComparison.Ordinal);
        own.NothingLeftBy(Side.Lan0);

        Tell(server, $"1 {Internet.Web4} {Internet.Web6}");
        program.WaitForError($"--exclude {name}: {Internet.Web4}, {Internet.Web6}\n");
        own.Reset();
        Assert.StartsWith("ovpn ", Ask(program, Internet.OtherWeb4), StringComparison.Ordinal);
        own.NothingLeftBy(Side.Lan0);
        Assert.StartsWith("lan0 ", Ask(program, Internet.Web4), StringComparison.Ordinal);
        Assert.StartsWith("lan0 ", Ask(program, Internet.Web6), StringComparison.Ordinal);

        server.Finish();
        program.WaitForError($"--exclude {name}: it could not be looked up again (");
        Assert.Contains($"it keeps {Internet.Web4}, {Internet.Web6}\n", program.Error, StringComparison.Ordinal);
        Assert.StartsWith("lan0 ", Ask(program, Internet.Web4), StringComparison.Ordinal);
        program.Finish().Succeeds();
    }

    /// <summary>An answer that names this host would open more than the user named.</summary>
    [LabTheory]
    [Everyone]
    public void An_address_of_this_host_or_of_a_link_is_not_taken(Who who)
    {
        using var own = new Lab();
        using Running server = Serve(own);
        Tell(server, "1 127.0.0.1 0.0.0.0 ::1 fe80::1 224.0.0.1 255.255.255.255");

        Result result = own.Supervised(who, $"{AtServer} --exclude nas.test", Programs.C("talk"), "127.0.0.1", "7");

        Assert.Equal("connect: ENETUNREACH\n", result.Output);
        Assert.Contains("--exclude nas.test: it has no address; nothing is excluded by it", result.Error, StringComparison.Ordinal);
    }

    [LabTheory]
    [Everyone]
    public void A_name_that_cannot_be_looked_up_is_a_line_and_the_program_runs(Who who)
    {
        using var own = new Lab();
        Result result = own.Supervised(
            who, $"--interface ovpn --dns 10.8.0.1:5400 --exclude nas.test,no.such.test", Programs.C("talk"), Internet.Web4, "7");

        result.AnsweredBy(Side.Ovpn, Internet.Web4);
        Assert.All(result.ErrorLines, line => Assert.Contains("it could not be looked up (10.8.0.1:5400: ", line, StringComparison.Ordinal));
        Assert.Equal(2, result.ErrorLines.Length);
        own.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void A_name_of_etc_hosts_needs_no_server(Who who)
    {
        using var own = new Lab();
        own.Run(Who.Root, "sh", "-ec", $"echo '{Internet.Web4} nas nas.home.test' >>/etc/hosts").Succeeds();

        foreach (string name in (string[])["nas", "nas.home.test"])
        {
            own.Supervised(who, $"--interface none --exclude {name}", Programs.C("talk"), Internet.Web4, "7").AnsweredBy(Side.Lan0, Internet.Web4);
        }

        own.Supervised(who, "--interface ovpn --exclude nass", "true").ExitsWith(125);
    }

    private static Running Serve(Lab own)
    {
        Running server = own.Start(Who.Root, ["ip", "netns", "exec", "ovpn", "python3", "-c", Server]);
        server.WaitForOutput("serving");
        return server;
    }

    private static void Tell(Running server, string line)
    {
        int before = server.Output.Length;
        Type(server, line);
        Wait.Until(() => server.Output.Length > before, () => $"not told: {server}");
    }

    private static string Ask(Running program, string address)
    {
        int before = program.Output.Split('\n').Length;
        Type(program, address);
        Wait.Until(() => program.Output.Split('\n').Length > before, () => string.Create(CultureInfo.InvariantCulture, $"no line {before} of {program}"));
        return program.Output.Split('\n')[before - 1];
    }

    private static void Type(Running running, string line)
    {
        running.Input.Write(Encoding.ASCII.GetBytes($"{line}\n"));
        running.Input.Flush();
    }
}
