namespace BindToInterface.EndToEnd;

/// <summary>The ways that ordinary programs use: each leaves by the interface and is answered.</summary>
[Collection(WaysCollection.Name)]
public sealed class WaysSendTests(Lab lab) : WaysTest(lab)
{
    private static readonly string[] Addresses = [Internet.Web4, Internet.Web6, Mapped];

    /// <summary>Where sockets are disconnected: an IPv6 one then hears nobody but its former peer (kernel 6.18).</summary>
    private static readonly string[] Addresses4 = [Internet.Web4, Mapped];

    [LabTheory]
    [Ways("connect-tcp", "connect-tcp-nonblocking", "connect-tcp-bound-port", "connect-tcp-fastopen")]
    [Ways("connect-udp", "connect-udp-nonblocking", "connect-udplite", "reconnect-udp", "reconnect-udp-at-once", "reconnect-tcp")]
    [Ways("sendto-udp", "sendto-udp-bound-port", "sendto-udplite", "sendto-corked", "sendto-more")]
    [Ways("sendto-connected-tcp", "sendto-fastopen", "sendmsg-udp", "sendmsg-no-address", "sendmsg-fastopen", "sendmsg-pieces")]
    [Ways("sendmsg-hop-limit", "received-sendto", "received-connect", "sendto-edge")]
    [Ways("connect-udp", "sendto-udp", "sendmsg-udp", "sendmsg-fastopen", By = [WaysDoor.Int80Socketcall, WaysDoor.Program32Socketcall])]
    [Ways("connect-tcp", "connect-udp", "reconnect-udp", "sendto-udp", "sendto-more", "sendto-fastopen", By = [WaysDoor.Int80])]
    [Ways("sendmsg-udp", "sendmsg-fastopen", "sendmsg-pieces", "sendmsg-hop-limit", By = [WaysDoor.Int80])]
    [Ways("sendto-read-only", "connect-read-only", "sendto-low-half-zero", "connect-high-bits", "sendto-high-bits", By = [WaysDoor.Native])]
    public void It_leaves_by_the_interface(Who who, WaysDoor door, string way)
    {
        SendEach(who, door, way, Addresses, Side.Ovpn);

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("sendto-unspec-family", "sendto-inet-on-inet6", "connect-inet-on-inet6", "disconnect-sendto")]
    public void It_leaves_by_the_interface_in_IPv4(Who who, WaysDoor door, string way)
    {
        Send(who, door, way, Internet.Web4).AnsweredBy(Side.Ovpn, Internet.Web4);

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("connect-ping", "sendto-ping", "sendmsg-ping")]
    public void A_ping_without_root_leaves_by_the_interface(Who who, WaysDoor door, string way)
    {
        Send(who, door, way, Internet.Web4).Says("pong\n");
        Send(who, door, way, Internet.Web6).Says("pong\n");

        Assert.Equal(2, Lab.Packets(Side.Ovpn));
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("sendto-udp-connected-elsewhere", "sendmsg-udp-connected-elsewhere")]
    public void An_address_on_a_connected_socket_is_where_the_packet_goes(Who who, WaysDoor door, string way)
    {
        // The answer is dropped by the kernel: it does not come from where the socket is connected.
        Lab.Supervised(who, Bound, Script(door, way, Addresses, "--no-answer")).Says("sent\nsent\nsent\n");

        Assert.Equal(3, Lab.Packets(Side.Ovpn));
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("connect-tcp", "connect-tcp-nonblocking", "connect-tcp-bound-port", "connect-tcp-fastopen", "connect-udp", "connect-udp-nonblocking")]
    [Ways("connect-udplite", "reconnect-udp", "reconnect-udp-at-once", "reconnect-tcp", "sendto-udp", "sendto-udp-bound-port", "sendto-udplite")]
    [Ways("sendto-corked", "sendto-more", "sendto-connected-tcp", "sendto-fastopen", "sendmsg-udp", "sendmsg-no-address")]
    [Ways("sendmsg-fastopen", "sendmsg-pieces", "sendmsg-hop-limit", "received-sendto", "received-connect", "sendto-edge")]
    public void An_excluded_destination_is_left_alone(Who who, WaysDoor door, string way)
    {
        const string excluding = $"{Bound} --exclude {Internet.Web4},{Internet.OtherWeb4},{Internet.Web6},{Internet.OtherWeb6}";

        SendEach(who, door, way, Addresses, Side.Lan0, supervise: excluding);

        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Ways("connect-tcp", "connect-tcp-nonblocking", "connect-tcp-bound-port", "connect-tcp-fastopen", As = [Who.User], By = [WaysDoor.Native])]
    [Ways("connect-udp", "connect-udp-nonblocking", "connect-udplite", "reconnect-udp", As = [Who.User], By = [WaysDoor.Native])]
    [Ways("reconnect-udp-at-once", "reconnect-tcp", "sendto-udp", "sendto-udp-bound-port", As = [Who.User], By = [WaysDoor.Native])]
    [Ways("sendto-udplite", "sendto-corked", "sendto-more", "sendto-connected-tcp", "sendto-fastopen", As = [Who.User], By = [WaysDoor.Native])]
    [Ways("sendmsg-udp", "sendmsg-no-address", "sendmsg-fastopen", "sendmsg-pieces", "sendmsg-hop-limit", As = [Who.User], By = [WaysDoor.Native])]
    [Ways("received-sendto", "received-connect", "sendto-edge", "sendto-read-only", "connect-read-only", As = [Who.User], By = [WaysDoor.Native])]
    [Ways("sendto-low-half-zero", "connect-high-bits", "sendto-high-bits", As = [Who.User], By = [WaysDoor.Native])]
    public void Without_the_supervisor_it_leaks(Who who, WaysDoor door, string way)
    {
        SendEachPlain(who, door, way, Addresses, Side.Lan0);

        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Ways("reconnect-udp", "disconnect-sendto")]
    public void A_socket_that_was_connected_to_an_excluded_destination_leaves_by_the_interface(Who who, WaysDoor door, string way)
    {
        const string excluding = $"{Bound} --exclude {Internet.OtherWeb4},{Internet.OtherWeb6}";

        SendEach(who, door, way, Addresses4, Side.Ovpn, supervise: excluding);

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("reconnect-udp-at-once", "sendto-udp-connected-elsewhere")]
    public void A_socket_with_the_source_of_an_excluded_destination_does_not_leak(Who who, WaysDoor door, string way)
    {
        const string excluding = $"{Bound} --exclude {Internet.OtherWeb4},{Internet.OtherWeb6}";

        Lab.Supervised(who, excluding, Script(door, way, Addresses, "--no-answer")).Succeeds();

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("reconnect-udp", "disconnect-sendto")]
    public void A_socket_that_was_bound_reaches_an_excluded_destination_once_it_is_disconnected(Who who, WaysDoor door, string way)
    {
        const string excluding = $"{Bound} --exclude {Internet.Web4},{Internet.Web6}";

        SendEach(who, door, way, Addresses4, Side.Lan0, supervise: excluding);

        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Everyone("connect-timeout", "connect EINPROGRESS", WaysDoor.Native)]
    [Everyone("connect-timeout", "connect EINPROGRESS", WaysDoor.Program32)]
    [Everyone("connect-interrupted", "connect EINTR", WaysDoor.Native)]
    [Everyone("connect-interrupted", "connect EINTR", WaysDoor.Program32)]
    public void A_connection_without_an_answer_ends_as_the_program_wants_it(Who who, string way, string outcome, WaysDoor door)
    {
        SendPlain(who, door, way, Internet.Silent4).Says($"{outcome}\n");
        Lab.Reset();

        Send(who, door, way, Internet.Silent4).Says($"{outcome}\n");
        Lab.NothingLeftBy(Side.Lan0);

        Lab.Reset();
        Send(who, door, way, Internet.Silent4, supervise: $"{Bound} --exclude {Internet.Silent4}").Says($"{outcome}\n");
        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Everyone]
    public void A_send_on_an_unconnected_TCP_socket_fails_as_ever(Who who)
    {
        Send(who, WaysDoor.Native, "sendto-unconnected-tcp", Internet.Web4).Says("sendto EPIPE\n");

        NothingLeft();
    }

    [LabTheory]
    [Everyone(WaysDoor.Native)]
    [Everyone(WaysDoor.Program32)]
    public void A_control_message_that_names_no_interface_is_kept(Who who, WaysDoor door)
    {
        using var hops = new WaysCounter(Lab, "oifname ovpn meta l4proto udp ip ttl 77");
        using var hops6 = new WaysCounter(Lab, "oifname ovpn meta l4proto udp ip6 hoplimit 77");

        Send(who, door, "sendmsg-hop-limit", Internet.Web4).AnsweredBy(Side.Ovpn, Internet.Web4);
        Send(who, door, "sendmsg-hop-limit", Internet.Web6).AnsweredBy(Side.Ovpn, Internet.Web6);

        Assert.Equal(1, hops.Packets);
        Assert.Equal(1, hops6.Packets);
    }
}
