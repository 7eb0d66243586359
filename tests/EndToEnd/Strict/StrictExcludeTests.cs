namespace BindToInterface.EndToEnd;

/// <summary>Strict mode with --exclude: which sockets are taken from the interface for a destination with the normal route, and which stay bound.</summary>
[Collection(StrictCollection.Name)]
public sealed class StrictExcludeTests(Lab lab) : LabTest(lab)
{
    private const string Strict = "--strict --interface ovpn";

    private static string Program => Programs.C("strict");

    [LabTheory]
    [Everyone(Internet.Web4, Internet.OtherWeb4)]
    [Everyone(Internet.Web6, Internet.OtherWeb6)]
    public void An_excluded_destination_has_the_normal_route_where_the_socket_may_be_unbound(Who who, string address, string excluded)
    {
        var options = $"{Strict} --exclude {excluded}";
        Lab.Supervised(who, options, Programs.C("talk"), "-u", excluded, "7").AnsweredBy(Side.Lan0, excluded);
        var stream = Lab.Supervised(who, options, Programs.C("talk"), excluded, "7");
        if (who == Who.Root)
        {
            stream.AnsweredBy(Side.Lan0, excluded);
        }
        else
        {
            Assert.Equal("connect: ENETUNREACH\n", stream.ExitsWith(1).Output);
            Assert.Contains("CAP_NET_RAW", stream.Error, StringComparison.Ordinal);
        }

        Lab.Reset();
        Lab.Supervised(who, options, Programs.C("talk"), address, "7").AnsweredBy(Side.Ovpn, address);
        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>What the same socket sends to others leaves by the interface.</summary>
    [LabTheory]
    [Everyone(Internet.Web4, Internet.OtherWeb4)]
    [Everyone(Internet.Web6, Internet.OtherWeb6)]
    public void An_excluded_destination_is_heard_that_a_datagram_was_sent_to_without_connect(Who who, string address, string excluded)
    {
        const string Ask = """
            import socket, sys
            with socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM) as asking:
                for destination in sys.argv[1:]:
                    asking.sendto(b"x", (destination, 7))
                    print(asking.recv(100).decode().split()[0])
            """;

        Lab.Supervised(who, $"{Strict} --exclude {excluded}", "python3", "-c", Ask, excluded, address).Says("lan0\novpn\n");
        Lab.Supervised(who, $"{Strict} --exclude {excluded}", "python3", "-c", Ask, address, address).Says("ovpn\novpn\n");
    }

    /// <summary>So do resolvers of musl. What the same socket sends to others leaves by the interface.</summary>
    [LabTheory]
    [Everyone(Internet.Web4, Internet.OtherWeb4)]
    [Everyone(Internet.Web6, Internet.OtherWeb6)]
    public void An_excluded_destination_is_heard_by_a_socket_that_was_bound_to_port_0(Who who, string address, string excluded)
    {
        const string Ask = """
            import socket, sys
            with socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM) as asking:
                asking.bind(("", 0))
                port = asking.getsockname()[1]
                for destination in sys.argv[1:]:
                    asking.sendto(b"x", (destination, 7))
                    print(asking.recv(100).decode().split()[0], asking.getsockname()[1] == port)
            """;

        Lab.Supervised(who, $"{Strict} --exclude {excluded}", "python3", "-c", Ask, address, excluded, address).Says("ovpn True\nlan0 True\novpn True\n");
    }

    [LabTheory]
    [Everyone]
    public void A_resolver_of_musl_hears_a_nameserver_that_is_excluded(Who who)
    {
        var found = Lab.Supervised(who, $"{Strict} --exclude {Internet.Dns4}", Programs.Musl("resolve"), "side.test", "4").Succeeds().Output.Trim();

        Assert.Equal(Internet.Answer4(Side.Lan0, Internet.Dns4), found);
        Lab.NothingLeftBy(Side.Ovpn);
    }

    /// <summary>A socket that has a port of the program's choice is a server's, and hears on the interface alone.</summary>
    [LabTheory]
    [Everyone(Internet.OtherWeb4)]
    public void A_server_that_sends_to_an_excluded_destination_stays_bound(Who who, string excluded)
    {
        const string Serve = """
            import socket, sys
            for port in (6881, 40000):
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as serving:
                    serving.bind(("", port))
                    serving.sendto(b"x", (sys.argv[1], 7))
                    print(serving.getsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, 16).rstrip(b"\0").decode(), serving.getsockname()[1])
            """;

        Lab.Supervised(who, $"{Strict} --exclude {excluded}", "python3", "-c", Serve, excluded).Says("ovpn 6881\novpn 40000\n");
    }

    [LabTheory]
    [Everyone(Internet.OtherWeb4)]
    [Everyone(Internet.OtherWeb6)]
    public void A_datagram_socket_that_was_bound_is_connected_to_an_excluded_destination(Who who, string excluded)
    {
        const string Ask = """
            import socket, sys
            with socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM) as asking:
                asking.bind(("", 6881))
                asking.connect((sys.argv[1], 7))
                asking.send(b"x")
                print(asking.recv(100).decode().split()[0], asking.getsockname()[1])
            """;

        Lab.Supervised(who, $"{Strict} --exclude {excluded}", "python3", "-c", Ask, excluded).Says("lan0 6881\n");
        Lab.NothingLeftBy(Side.Ovpn);
    }

    /// <summary>A send of another thread that has looked at the peer would leave by the normal route.</summary>
    [LabTheory]
    [Everyone]
    public void A_datagram_socket_that_was_connected_is_not_new_without_its_peer(Who who)
    {
        const string Ask = """
            import ctypes, socket, sys
            asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            asking.connect((sys.argv[1], 7))
            print(ctypes.CDLL(None).connect(asking.fileno(), bytes(16), 16))
            try:
                asking.getpeername()
            except OSError as error:
                print(error.strerror)
            try:
                asking.connect((sys.argv[2], 7))
            except OSError as error:
                print(error.strerror)
            asking.sendto(b"x", (sys.argv[2], 7))
            print(asking.getsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, 16).rstrip(b"\0").decode())
            """;

        Lab.Supervised(who, $"{Strict} --exclude {Internet.OtherWeb4}", "python3", "-c", Ask, Internet.Web4, Internet.OtherWeb4)
            .Says("0\nTransport endpoint is not connected\nNetwork is unreachable\novpn\n");
    }

    [LabTheory]
    [InlineData(Internet.Web4)]
    [InlineData(Internet.Web6)]
    public void A_second_connect_leaves_an_excluded_connection_as_it_is(string excluded)
    {
        var plain = Lab.Run(Who.Root, Program, "again", excluded).Succeeds().Output;
        Assert.Equal("connect EISCONN\nlan0\n", plain);

        Lab.Supervised(Who.Root, $"{Strict} --exclude {excluded}", Program, "again", excluded).Says(plain);
    }

    [LabTheory]
    [Everyone(Internet.Web4, Internet.OtherWeb4)]
    [Everyone(Internet.Web6, Internet.OtherWeb6)]
    public void A_datagram_socket_stays_with_excluded_destinations(Who who, string address, string excluded)
    {
        Lab.Supervised(who, $"{Strict} --exclude {excluded}", Program, "stay", excluded, address)
            .Says("lan0\nconnect ENETUNREACH\ndissolve EAFNOSUPPORT\nlan0\n");

        Lab.Supervised(who, $"{Strict} --exclude {excluded},{address}", Program, "stay", excluded, address)
            .Says("lan0\ndissolve EAFNOSUPPORT\nlan0\n");
    }

    [LabTheory]
    [InlineData(Internet.Web4, Internet.OtherWeb4)]
    [InlineData(Internet.Web6, Internet.OtherWeb6)]
    public void After_a_refusal_by_an_excluded_destination_another_is_reached_by_the_interface(string address, string excluded)
    {
        Assert.Equal("connect ECONNREFUSED\nlan0\n", Lab.Run(Who.Root, Program, "refused", excluded, address).Output);

        Lab.Supervised(Who.Root, $"{Strict} --exclude {excluded}", Program, "refused", excluded, address).Says("connect ECONNREFUSED\novpn\n");
    }

    [LabFact]
    public void A_socket_that_was_set_free_listens_on_the_interface() =>
        Lab.Supervised(Who.Root, $"{Strict} --exclude {Internet.Silent4}", Program, "listen", Internet.Silent4).Says("device none\ndevice ovpn\n");

    [LabTheory]
    [Everyone]
    public void A_server_listens_where_something_is_excluded(Who who)
    {
        const string Port = "8018";
        using var server = Lab.Start(who, Lab.Supervise($"{Strict} --exclude {Internet.OtherWeb4}", Programs.C("serve"), "0.0.0.0", Port));
        server.WaitForOutput("listening");

        Assert.Contains($"%ovpn:{Port}", Lab.Run(Who.Root, "ss", "-ltnH", $"sport = :{Port}").Output, StringComparison.Ordinal);
        Lab.Supervised(who, $"{Strict} --exclude {Internet.OtherWeb4}", "sh", "-c", $"cd $(mktemp -d) && {Program} local").Says("absolute ok\nrelative ok\nabstract ok\nnone ENOENT\n");
    }

    [LabTheory]
    [Everyone]
    public void What_needs_CAP_NET_RAW_is_said_at_the_start(Who who)
    {
        var said = Lab.Supervised(who, $"{Strict} --exclude {Internet.OtherWeb4}", "true").Succeeds().Error;

        Assert.Equal(who == Who.User, said.Contains("CAP_NET_RAW", StringComparison.Ordinal));
        Assert.DoesNotContain("CAP_NET_RAW", Lab.Supervised(who, Strict, "true").Succeeds().Error, StringComparison.Ordinal);
    }
}
