namespace BindToInterface.EndToEnd;

/// <summary>One socket that is used for destinations of several interfaces.</summary>
[Collection(RoutesCollection.Name)]
public sealed class RoutesSocketTests(Lab lab) : RoutesTest(lab)
{
    [LabTheory]
    [Everyone("udp4", Internet.Web4, Internet.OtherWeb4, ByOvpn4, ByLan4)]
    [Everyone("udp6", Internet.Web6, Internet.OtherWeb6, ByOvpn6, ByLan6)]
    [Everyone("udp6", Mapped, OtherMapped, ByOvpn4, ByLan4)]
    public void Datagrams_are_steered_one_by_one(Who who, string kind, string usual, string other, string byOvpn, string byLan) =>
        Several(who, Two, $"{kind} sendto {usual} sendto {other} sendmsg {usual} sendmsg {other} sendmmsg {usual} {usual} sendto {other}")
            .Says(byOvpn + byLan + byOvpn + byLan + byOvpn + byOvpn + byLan);

    /// <summary>The answers of two sides come in any order.</summary>
    [LabTheory]
    [Everyone("udp4", Internet.Web4, Internet.OtherWeb4, ByOvpn4, ByLan4)]
    [Everyone("udp6", Internet.Web6, Internet.OtherWeb6, ByOvpn6, ByLan6)]
    [Everyone("udp6", Mapped, OtherMapped, ByOvpn4, ByLan4)]
    public void Datagrams_of_one_vector_are_steered_one_by_one(Who who, string kind, string usual, string other, string byOvpn, string byLan) =>
        Assert.Equal([byLan.TrimEnd(), byOvpn.TrimEnd()], Several(who, Two, $"{kind} sendmmsg {other} {usual}").Succeeds().OutputLines.Order(StringComparer.Ordinal));

    [LabTheory]
    [Everyone("udp4", Internet.Web4, Internet.OtherWeb4, ByOvpn4, ByLan4)]
    [Everyone("udp6", Internet.Web6, Internet.OtherWeb6, ByOvpn6, ByLan6)]
    public void A_datagram_socket_is_connected_to_one_after_the_other(Who who, string kind, string usual, string other, string byOvpn, string byLan) =>
        Several(who, Two, $"{kind} connect {usual} send connect {other} send send connect {usual} send sendto {usual}")
            .Says(byOvpn + byLan + byLan + byOvpn + byOvpn);

    [LabTheory]
    [Everyone]
    public void A_connected_IPv4_socket_sends_elsewhere_and_keeps_its_peer(Who who) =>
        Several(who, Two, $"udp4 connect {Internet.Web4} send sendto {Internet.OtherWeb4} send").Says($"{ByOvpn4}sendto no answer\n{ByOvpn4}");

    /// <summary>IPv6 takes no other interface than that of the device: the peer would lose it.</summary>
    [LabTheory]
    [Everyone]
    public void A_connected_IPv6_socket_keeps_its_interface(Who who)
    {
        Result result = Several(who, Two, $"udp6 connect {Internet.Web6} send sendto {Internet.OtherWeb6} send").Says($"{ByOvpn6}sendto ENETUNREACH\n{ByOvpn6}");

        Assert.Contains("needs a second socket", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>Port 9 answers by a reset.</summary>
    [LabTheory]
    [Everyone("tcp4", Internet.Web4, Internet.OtherWeb4, ByLan4)]
    [Everyone("tcp6", Internet.Web6, Internet.OtherWeb6, ByLan6)]
    public void A_TCP_socket_that_failed_is_used_for_another_interface_by_root_and_refused_to_others(Who who, string kind, string usual, string other, string byLan)
    {
        Result result = Several(who, Two, $"{kind} connect-port {usual} 9 connect {other}");

        if (who == Who.Root)
        {
            result.Says($"connect-port ECONNREFUSED\n{byLan}");
            return;
        }

        result.Says("connect-port ECONNREFUSED\nconnect EPERM\n");
        Assert.Contains("only CAP_NET_RAW (run as root) could change that; a new socket works", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>That the program bound its socket to an interface of the policy changes no destination's way.</summary>
    [LabTheory]
    [Everyone("udp4", Internet.Web4, Internet.OtherWeb4, ByOvpn4, ByLan4)]
    [Everyone("udp6", Internet.Web6, Internet.OtherWeb6, ByOvpn6, ByLan6)]
    public void A_socket_that_the_program_bound_to_an_interface_sends_by_the_right_one(
        Who who, string kind, string usual, string other, string byOvpn, string byLan)
    {
        Several(who, Two, $"{kind} device lan0 sendto {usual} sendmsg {usual}").Says(byOvpn + byOvpn);
        Several(who, Two, $"{kind} device lan0 connect {usual} send").Says(byOvpn);
        Several(who, Two, $"{kind} unicast-if lan0 sendto {usual} connect {usual} send").Says(byOvpn + byOvpn);
        Lab.NothingLeftBy(Side.Lan0);

        Lab.Reset();
        Several(who, Two, $"{kind} device lan0 sendto {other} connect {other} send").Says(byLan + byLan);
        Lab.NothingLeftBy(Side.Ovpn);
        Several(who, Two, $"{kind} device ovpn sendto {other} sendto {usual} sendto {other}").Says(byLan + byOvpn + byLan);
    }

    [LabTheory]
    [Everyone("tcp4", Internet.Web4, ByOvpn4)]
    [Everyone("tcp6", Internet.Web6, ByOvpn6)]
    public void A_TCP_socket_that_the_program_bound_to_another_interface_leaves_by_the_right_one_or_not_at_all(Who who, string kind, string usual, string byOvpn)
    {
        Several(who, Two, $"{kind} device lan0 connect {usual}").Says(who == Who.Root ? byOvpn : "connect EPERM\n");
        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>A connection would leave by the other interface.</summary>
    [LabTheory]
    [Everyone("tcp4", Internet.Web4, ByOvpn4)]
    [Everyone("udp4", Internet.Web4, "")]
    public void A_socket_that_is_connected_keeps_its_interface(Who who, string kind, string usual, string answer)
    {
        Several(who, Two, $"{kind} connect {usual} device lan0 device ovpn").Says($"{answer}device EPERM\n");
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void An_interface_that_is_not_of_the_policy_is_refused(Who who) =>
        Several(who, $"--interface ovpn --route {Internet.OtherWeb4}=absent0", $"udp4 device lan0 unicast-if lan0 multicast-if 192.168.77.2 device ovpn")
            .Says("device EPERM\nunicast-if EPERM\nmulticast-if EADDRNOTAVAIL\n");

    [LabTheory]
    [Everyone]
    public void The_source_of_the_other_interface_is_refused(Who who)
    {
        Several(who, Two, $"udp4 bind 10.8.0.2 sendto {Internet.OtherWeb4} sendto {Internet.Web4}").Says($"sendto EADDRNOTAVAIL\n{ByOvpn4}");
        Several(who, Two, $"udp4 bind 192.168.77.2 sendto {Internet.Web4} sendto {Internet.OtherWeb4}").Says($"sendto EADDRNOTAVAIL\n{ByLan4}");
    }

    /// <summary>A group leaves by the interface of its route, wherever the program wants to send it.</summary>
    [LabTheory]
    [Everyone]
    public void Multicast_has_the_way_of_its_group(Who who)
    {
        const string options = "--interface ovpn --route 232.0.0.0/8=lan0 --route ff3e::/16=lan0";
        Several(who, options, "udp4 multicast-if 192.168.77.2 quiet 239.1.1.1").Says("");
        Several(who, options, "udp6 multicast-index lan0 quiet ff0e::7").Says("");
        Lab.NothingLeftBy(Side.Lan0);
        Assert.Equal(2, Lab.Packets(Side.Ovpn));

        Lab.Reset();
        Several(who, options, "udp4 multicast-if 10.8.0.2 quiet 232.1.1.1").Says("");
        Several(who, options, "udp6 quiet ff3e::7").Says("");
        Lab.NothingLeftBy(Side.Ovpn);
        Assert.Equal(2, Lab.Packets(Side.Lan0));
    }

    [LabTheory]
    [Everyone]
    public void A_group_is_joined_on_the_interface_of_its_route(Who who) => Several(
        who,
        "--interface ovpn --route 232.0.0.0/8=lan0 --route 233.0.0.0/8=deny",
        "udp4 join 239.1.1.1 join-on 239.1.1.2 ovpn join-on 239.1.1.3 lan0 join 232.1.1.1 join-on 232.1.1.2 lan0 join-on 232.1.1.3 ovpn join 233.1.1.1")
        .Says("join-on ENODEV\njoin-on ENODEV\njoin ENODEV\n");
}
