namespace BindToInterface.EndToEnd;

/// <summary>Which sockets open at all, and the entries that are closed.</summary>
[Collection(WaysShapesCollection.Name)]
public sealed class WaysFamilyTests(Lab lab) : WaysTest(lab)
{
    private const int AF_UNIX = 1;
    private const int AF_INET = 2;
    private const int AF_INET6 = 10;
    private const int AF_NETLINK = 16;
    private const int AF_ALG = 38;
    private const int SOCK_PACKET = 10;
    private static readonly int[] Allowed = [AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_ALG];

    [LabTheory]
    [Ways("families", By = [WaysDoor.Native, WaysDoor.Int80, WaysDoor.Int80Socketcall, WaysDoor.Program32, WaysDoor.Program32Socketcall])]
    public void Only_the_families_of_a_list_open_and_the_others_answer_as_if_the_kernel_lacked_them(Who who, WaysDoor door, string way)
    {
        var plain = Lab.Run(who, WaysProgram.Words(door, "", way)).Succeeds().OutputLines;
        var supervised = Do(who, door, way).Succeeds().OutputLines;

        Assert.Equal(51 * 6, supervised.Length);
        Assert.All(plain.Zip(supervised), lines =>
        {
            var words = lines.First.Split(' ');
            var (family, type) = (int.Parse(words[1], null), int.Parse(words[3], null));
            var legacyPacket = family == AF_INET && type == SOCK_PACKET;
            var expected = Allowed.Contains(family) && !legacyPacket ? lines.First : $"family {family} type {type} EAFNOSUPPORT";
            if (expected != lines.Second)
            {
                // IPv6 knows no such spelling; what is no type at all may be told either way.
                Assert.Equal((AF_INET6, SOCK_PACKET, "EAFNOSUPPORT"), (family, type, lines.Second.Split(' ')[4]));
            }
        });
    }

    [LabTheory]
    [Ways("packet", As = [Who.Root], By = [WaysDoor.Native, WaysDoor.Int80, WaysDoor.Int80Socketcall, WaysDoor.Program32])]
    public void A_packet_socket_does_not_open(Who who, WaysDoor door, string way)
    {
        Lab.Run(who, WaysProgram.Words(door, "--device lan0", way)).Says("sent\n");

        Lab.Supervised(who, Bound, WaysProgram.Words(door, "--device lan0", way)).Says("socket EAFNOSUPPORT\n");
    }

    [LabTheory]
    [Ways("packet-by-inet", "family-high-bits", As = [Who.Root], By = [WaysDoor.Native])]
    [Ways("packet-by-inet", As = [Who.Root], By = [WaysDoor.Int80, WaysDoor.Int80Socketcall, WaysDoor.Program32])]
    public void A_packet_socket_does_not_open_by_another_spelling(Who who, WaysDoor door, string way)
    {
        Lab.Run(who, WaysProgram.Words(door, "", way)).Says("ok\n");

        Do(who, door, way).Says("socket EAFNOSUPPORT\n");
    }

    [LabTheory]
    [Ways("connect-mptcp", By = [WaysDoor.Native, WaysDoor.Int80, WaysDoor.Int80Socketcall, WaysDoor.Program32, WaysDoor.Program32Socketcall])]
    public void A_multipath_socket_is_a_TCP_socket_and_bound(Who who, WaysDoor door, string way)
    {
        SendPlain(who, door, way, Internet.Web4, port: Internet.MultipathEcho).AnsweredBy(Side.Lan0, Internet.Web4);
        Lab.Reset();

        Send(who, door, way, Internet.Web4, port: Internet.MultipathEcho).AnsweredBy(Side.Ovpn, Internet.Web4);
        Send(who, door, way, Internet.Web6, port: Internet.MultipathEcho).AnsweredBy(Side.Ovpn, Internet.Web6);

        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>mptcpize has a program ask for multipath TCP wherever it asks for TCP.</summary>
    [LabTheory]
    [Everyone("--interface ovpn", Internet.Web4)]
    [Everyone("--interface ovpn", Internet.Web6)]
    [Everyone("--interface ovpn --strict", Internet.Web4)]
    public void A_program_that_wants_multipath_TCP_gets_TCP(Who who, string options, string address)
    {
        Lab.Supervised(who, options, "mptcpize", "run", "curl", "-sS", Internet.WebUrl(address)).AnsweredBy(Side.Ovpn, address);
        const string Script = "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262); print(s.getsockopt(1, 38), s.proto)";
        Lab.Supervised(who, options, "/usr/bin/python3", "-c", Script).Says("6 262\n");

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("connect-smc-protocol", By = [WaysDoor.Native, WaysDoor.Int80Socketcall, WaysDoor.Program32])]
    public void SMC_by_its_protocol_number_does_not_open(Who who, WaysDoor door, string way)
    {
        Send(who, door, way, Internet.Web4).Says("socket EPROTONOSUPPORT\n");

        NothingLeft();
    }

    /// <summary>TLS may take a connection over; what would send by ways of its own is not there.</summary>
    [LabTheory]
    [Ways("ulp", By = [WaysDoor.Native, WaysDoor.Int80Socketcall, WaysDoor.Program32])]
    public void A_connection_is_not_turned_into_SMC(Who who, WaysDoor door, string way) =>
        Send(who, door, way, Internet.Web4).Says("setsockopt ENOENT\n");

    [LabTheory]
    [Ways("request-key", By = [WaysDoor.Native, WaysDoor.Program32])]
    public void A_key_is_found_but_no_helper_of_the_kernel_is_asked_to_make_one(Who who, WaysDoor door, string way)
    {
        Lab.Run(who, WaysProgram.Words(door, "", way)).Says("search ENOKEY\nown found\ncall-out found\n");

        Do(who, door, way).Says("search ENOKEY\nown found\ncall-out ENOKEY\n");
        Do(who, door, way, "--dns 203.0.113.54").Says("search ENOKEY\nown found\ncall-out found\n");
    }

    /// <summary>Nobody answers: what counts is by which uplink it is asked for.</summary>
    [LabTheory]
    [Ways("connect-sctp", "sctp-connectx")]
    public void SCTP_does_not_leak(Who who, WaysDoor door, string way)
    {
        Lab.Supervised(who, Bound, ["timeout", "1", .. WaysProgram.Words(door, "--no-answer", way, Internet.Web4, "7")]);

        Assert.NotEqual(0, Lab.Packets(Side.Ovpn));
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("uring-sendmsg", "uring-connect")]
    public void Io_uring_is_not_there(Who who, WaysDoor door, string way)
    {
        SendPlain(who, door, way, Internet.Web4).AnsweredBy(Side.Lan0, Internet.Web4);
        Lab.Reset();

        Send(who, door, way, Internet.Web4).Says("io_uring_setup ENOSYS\n");

        NothingLeft();
    }

    [LabTheory]
    [Ways("uring-calls")]
    public void A_ring_from_elsewhere_is_of_no_use(Who who, WaysDoor door, string way)
    {
        Lab.Run(who, WaysProgram.Words(door, "", way)).Says("setup ok\nenter EBADF\nregister EINVAL\n");

        Do(who, door, way).Says("setup ENOSYS\nenter ENOSYS\nregister ENOSYS\n");
    }

    /// <summary>Most kernels lack x32: that the filter refuses it is proved by its own tests, this that nothing else lets it by.</summary>
    [LabTheory]
    [Ways("connect-udp", "sendto-udp", By = [WaysDoor.X32])]
    public void The_x32_numbers_are_refused(Who who, WaysDoor door, string way)
    {
        Send(who, door, way, Internet.Web4).Says("socket ENOSYS\n");

        NothingLeft();
    }
}
