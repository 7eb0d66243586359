namespace BindToInterface.EndToEnd;

/// <summary>A connected socket that is turned to another destination: what goes to its peer keeps its way.</summary>
[Collection(WaysSteeringCollection.Name)]
public sealed class WaysPeerTests(Lab lab) : WaysTest(lab)
{
    private const string Excluding = $"{Bound} --exclude {Internet.OtherWeb4},{Internet.OtherWeb6},255.255.255.255";

    [LabTheory]
    [Ways("peer-after-sendto")]
    public void What_goes_to_the_peer_is_bound_after_an_excluded_datagram(Who who, WaysDoor door, string way)
    {
        Send(who, door, way, Internet.Web4, "", Excluding).AnsweredBy(Side.Ovpn, Internet.Web4);
        Assert.Equal(1, Lab.Packets(Side.Lan0));
        Lab.Reset();

        // IPv6 could send that one only unbound, and the socket's peer with it.
        Send(who, door, way, Internet.Web6, "", Excluding).AnsweredBy(Side.Ovpn, Internet.Web6);
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("peer-after-connect")]
    public void What_goes_to_the_peer_is_bound_after_an_excluded_connect_that_failed(Who who, WaysDoor door, string way)
    {
        Send(who, door, way, Internet.Web4, "--other 255.255.255.255", Excluding).AnsweredBy(Side.Ovpn, Internet.Web4);

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("peer-after-connect-tcp")]
    public void A_connection_keeps_its_way_whatever_the_program_tries_to_connect_it_to(Who who, WaysDoor door, string way)
    {
        foreach (var address in (string[])[Internet.Web4, Internet.Web6])
        {
            Send(who, door, way, address, "", Excluding).AnsweredBy(Side.Ovpn, address);
        }

        Lab.NothingLeftBy(Side.Lan0);
        Lab.Reset();

        foreach (var address in (string[])[Internet.Web4, Internet.Web6])
        {
            Send(who, door, way, address, "", $"{Bound} --exclude {address}").AnsweredBy(Side.Lan0, address);
        }

        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Ways("portless-pktinfo")]
    public void Another_interface_is_refused_where_the_peer_has_no_port(Who who, WaysDoor door, string way)
    {
        foreach (var address in (string[])[Internet.Web4, Internet.Web6])
        {
            Send(who, door, way, address, "--device lan0", port: 0).Says("sendmsg EPERM\n");
            NothingLeft();

            Send(who, door, way, address, "--device ovpn", port: 0).Says("pong\n");
            Lab.NothingLeftBy(Side.Lan0);
            Lab.Reset();
        }
    }

    /// <summary>An option drops the route that the socket keeps, which is no sign of a peer.</summary>
    [LabTheory]
    [Ways("portless-forgotten-pktinfo", "portless-forgotten-pktinfo-udp")]
    public void Another_interface_is_refused_where_the_route_to_a_peer_without_a_port_is_forgotten(Who who, WaysDoor door, string way)
    {
        SendPlain(who, door, way, Internet.Web4, "--device ovpn --no-answer", port: 0).Says("sent\n");
        Assert.Equal(1, Lab.Packets(Side.Ovpn));
        Lab.Reset();

        foreach (var address in (string[])[Internet.Web4, Internet.Web6])
        {
            Send(who, door, way, address, "--device lan0 --no-answer", port: 0).Says("sendmsg EPERM\n");
            NothingLeft();

            Send(who, door, way, address, "--device ovpn --no-answer", port: 0).Says("sent\n");
            Assert.Equal(1, Lab.Packets(Side.Ovpn));
            Lab.NothingLeftBy(Side.Lan0);
            Lab.Reset();
        }
    }

    [LabTheory]
    [Ways("portless-forgotten-sendto", "portless-forgotten-sendto-udp")]
    public void A_peer_without_a_port_is_bound_after_an_excluded_datagram(Who who, WaysDoor door, string way)
    {
        using var leaks4 = new WaysCounter(Lab, $"oifname lan0 ip daddr {Internet.Web4}");
        using var leaks6 = new WaysCounter(Lab, $"oifname lan0 ip6 daddr {Internet.Web6}");
        foreach (var address in (string[])[Internet.Web4, Internet.Web6])
        {
            Send(who, door, way, address, "", Excluding, port: 0).Says("sent\n");
        }

        Assert.Equal((0, 0), (leaks4.Packets, leaks6.Packets));
        Assert.Equal(2, Lab.Packets(Side.Ovpn));
    }

    [LabTheory]
    [Ways("unconnected-pktinfo", "unconnected-pktinfo-ping")]
    public void Without_a_peer_the_kernel_asks_for_one(Who who, WaysDoor door, string way)
    {
        foreach (var address in (string[])[Internet.Web4, Internet.Web6])
        {
            SendPlain(who, door, way, address, "--device lan0", port: 0).Says("sendmsg EDESTADDRREQ\n");
            Send(who, door, way, address, "--device lan0", port: 0).Says("sendmsg EDESTADDRREQ\n");
        }

        NothingLeft();
    }

    [LabTheory]
    [Ways("portless-header", "portless-forgotten-header", As = [Who.Root])]
    public void Headers_of_its_own_are_refused_where_the_peer_has_no_port_and_is_excluded(Who who, WaysDoor door, string way)
    {
        foreach (var address in (string[])[Internet.Web4, Internet.Web6])
        {
            Send(who, door, way, address, "", $"{Bound} --exclude {address}", port: 0).Says("setsockopt EPERM\n");
            Send(who, door, way, address, port: 0).Says("headers\n");
        }
    }

    [LabTheory]
    [Ways("raw-mapped", As = [Who.Root])]
    public void A_raw_socket_s_mapped_destination_does_not_leave_by_the_default_route(Who who, WaysDoor door, string way)
    {
        SendPlain(who, door, way, Mapped, port: 0);
        Assert.Equal(1, Lab.Packets(Side.Lan0));
        Lab.Reset();

        Send(who, door, way, Mapped, port: 0).Succeeds();
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("raw-zerocopy", As = [Who.Root])]
    public void A_raw_socket_s_zero_copy_send_is_judged_like_any_other(Who who, WaysDoor door, string way)
    {
        SendPlain(who, door, way, Internet.Web6, port: 0).Says("sent\n");
        Assert.Equal(1, Lab.Packets(Side.Lan0));
        Lab.Reset();

        Send(who, door, way, Internet.Web6, port: 0).Says("sent\n");
        Assert.Equal(1, Lab.Packets(Side.Ovpn));
        Lab.NothingLeftBy(Side.Lan0);
    }
}
