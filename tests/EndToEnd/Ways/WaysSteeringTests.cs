namespace BindToInterface.EndToEnd;

/// <summary>Control messages and options that name an interface: the configured one is fine, another is EPERM.</summary>
[Collection(WaysSteeringCollection.Name)]
public sealed class WaysSteeringTests(Lab lab) : WaysTest(lab)
{
    private static readonly string[] Both = [Internet.Web4, Internet.Web6];

    [LabTheory]
    [Ways("pktinfo-device", "pktinfo-device-sendmmsg", "unicast-if", "unicast-if-connect")]
    [Ways("bind-device-sendto", "bind-device-connect-tcp", "bind-device-padded", "bind-index-sendto", "bind-index-connect-tcp")]
    [Ways("pktinfo-device", "pktinfo-device-sendmmsg", "unicast-if", "bind-device-sendto", "bind-index-sendto", As = [Who.User], By = [WaysDoor.Int80])]
    public void Another_interface_is_refused_and_the_configured_one_is_fine(Who who, WaysDoor door, string way)
    {
        // Elsewhere than below the supervisor, each of them steers.
        SendEachPlain(who, door, way, Both, Side.Ovpn, "--device ovpn");
        Lab.Reset();

        var refusal = $"{Call(way)} EPERM\n";
        Lab.Supervised(who, Bound, Script(door, way, Both, "--device lan0")).Says(refusal + refusal);
        NothingLeft();

        SendEach(who, door, way, Both, Side.Ovpn, "--device ovpn");
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("sticky-pktinfo", "pktinfo-2292")]
    public void Another_interface_is_refused_in_IPv6(Who who, WaysDoor door, string way)
    {
        SendPlain(who, door, way, Internet.Web6, "--device ovpn").AnsweredBy(Side.Ovpn, Internet.Web6);
        Lab.Reset();

        Send(who, door, way, Internet.Web6, "--device lan0").Says($"{Call(way)} EPERM\n");
        NothingLeft();

        Send(who, door, way, Internet.Web6, "--device ovpn").AnsweredBy(Side.Ovpn, Internet.Web6);
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("pktinfo-device", "pktinfo-ipv4-on-mapped", "unicast-if-ipv4-on-mapped", "bind-device-sendto", "bind-index-connect-tcp")]
    public void Another_interface_is_refused_for_mapped_addresses(Who who, WaysDoor door, string way)
    {
        SendPlain(who, door, way, Mapped, "--device ovpn").AnsweredBy(Side.Ovpn, Mapped);
        Lab.Reset();

        Send(who, door, way, Mapped, "--device lan0").Says($"{Call(way)} EPERM\n");
        NothingLeft();

        Send(who, door, way, Mapped, "--device ovpn").AnsweredBy(Side.Ovpn, Mapped);
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("pktinfo-device-connected", "pktinfo-own-then-device")]
    public void Another_interface_is_refused_wherever_it_is_named(Who who, WaysDoor door, string way)
    {
        foreach (var address in Both)
        {
            // The kernel refuses two interfaces that differ in IPv6, and takes the last in IPv4.
            var expected = way == "pktinfo-own-then-device" && address == Internet.Web6 ? "sendmsg (EPERM|EINVAL)\n" : "sendmsg EPERM\n";
            Assert.Matches(expected, Send(who, door, way, address, "--device lan0 --own ovpn").Succeeds().Output);
        }

        NothingLeft();
    }

    [LabTheory]
    [Ways("pktinfo-device-connected")]
    public void The_configured_interface_is_fine_on_a_connected_socket(Who who, WaysDoor door, string way)
    {
        SendEach(who, door, way, Both, Side.Ovpn, "--device ovpn");

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("pktinfo-address")]
    public void An_address_of_the_interface_is_sent_from(Who who, WaysDoor door, string way)
    {
        Assert.StartsWith("ovpn 10.8.0.3 ", Send(who, door, way, Internet.Web4, "--source 10.8.0.3").Succeeds().Output, StringComparison.Ordinal);
        Assert.StartsWith("ovpn 10.8.0.3 ", Send(who, door, way, Mapped, "--source ::ffff:10.8.0.3").Succeeds().Output, StringComparison.Ordinal);
        Assert.StartsWith("ovpn fd00:8::3 ", Send(who, door, way, Internet.Web6, "--source fd00:8::3").Succeeds().Output, StringComparison.Ordinal);

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("pktinfo-address-connected")]
    public void An_address_of_the_interface_is_sent_from_on_a_connected_socket(Who who, WaysDoor door, string way)
    {
        // The answer finds no socket: this one is connected from the interface's first address.
        using var second = new WaysCounter(Lab, "oifname ovpn ip saddr 10.8.0.3");

        Send(who, door, way, Internet.Web4, "--source 10.8.0.3 --no-answer").Says("sent\n");

        Assert.Equal(1, second.Packets);
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("pktinfo-address", "pktinfo-address-connected")]
    public void An_address_of_another_interface_is_refused(Who who, WaysDoor door, string way)
    {
        foreach (var address in (string[])[Internet.Web4, Internet.Web6, Mapped])
        {
            Send(who, door, way, address, $"--source {Local(Side.Lan0, address)}").Says("sendmsg EADDRNOTAVAIL\n");
        }

        NothingLeft();
    }

    [LabTheory]
    [Ways("pktinfo-device-and-address")]
    public void Interface_and_address_are_judged_together(Who who, WaysDoor door, string way)
    {
        Assert.StartsWith(
            "ovpn 10.8.0.3 ", Send(who, door, way, Internet.Web4, "--device ovpn --source 10.8.0.3").Succeeds().Output, StringComparison.Ordinal);
        Send(who, door, way, Internet.Web4, "--device lan0 --source 192.168.77.2").Says("sendmsg EPERM\n");
        Send(who, door, way, Internet.Web4, "--device ovpn --source 192.168.77.2").Says("sendmsg EADDRNOTAVAIL\n");

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("sticky-pktinfo-address")]
    public void A_sticky_address_of_another_interface_does_not_leak(Who who, WaysDoor door, string way)
    {
        SendPlain(who, door, way, Internet.Web6, "--source fd00:77::2").AnsweredBy(Side.Lan0, Internet.Web6);
        Lab.Reset();

        Send(who, door, way, Internet.Web6, "--source fd00:77::2").Says("setsockopt EPERM\n");
        NothingLeft();
    }

    /// <summary>Whatever length is given, as much of a value is judged as the kernel reads of it.</summary>
    [LabTheory]
    [Ways("long-bind-device", "long-bind-index", By = [WaysDoor.Native, WaysDoor.Int80, WaysDoor.Program32])]
    public void Another_interface_is_refused_in_a_value_of_any_length(Who who, WaysDoor door, string way)
    {
        SendEachPlain(who, door, way, Both, Side.Ovpn, "--device ovpn");
        Lab.Reset();

        Lab.Supervised(who, Bound, Script(door, way, Both, "--device lan0")).Says("setsockopt EPERM\nsetsockopt EPERM\n");
        NothingLeft();

        SendEach(who, door, way, Both, Side.Ovpn, "--device ovpn");
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("long-sticky-pktinfo")]
    public void Another_interface_is_refused_in_a_sticky_option_of_any_length(Who who, WaysDoor door, string way)
    {
        Send(who, door, way, Internet.Web6, "--device lan0").Says("setsockopt EPERM\n");
        NothingLeft();

        Send(who, door, way, Internet.Web6, "--device ovpn").AnsweredBy(Side.Ovpn, Internet.Web6);
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("long-multicast-if", "long-join")]
    public void Another_interface_is_refused_in_a_multicast_option_of_any_length(Who who, WaysDoor door, string way)
    {
        Send(who, door, way, "239.7.7.7", "--device lan0 --no-answer").Says("setsockopt ENODEV\n");
        NothingLeft();

        Assert.Matches("^(sent|joined)\n$", Send(who, door, way, "239.7.7.7", "--device ovpn --no-answer").Succeeds().Output);
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("long-headers", As = [Who.Root])]
    public void Headers_of_its_own_are_refused_on_an_excluded_connection_by_an_option_of_any_length(Who who, WaysDoor door, string way)
    {
        Send(who, door, way, Internet.Web4, "", $"{Bound} --exclude {Internet.Web4}").Says("setsockopt EPERM\n");
        Send(who, door, way, Internet.Web4).Says("headers\n");
    }

    [LabTheory]
    [Ways("short-memory", By = [WaysDoor.Native])]
    public void No_more_of_a_value_is_read_than_the_kernel_reads(Who who, WaysDoor door, string way)
    {
        SendEachPlain(who, door, way, Both, Side.Ovpn, "--device ovpn");
        SendEach(who, door, way, Both, Side.Ovpn, "--device ovpn");
    }

    /// <summary>The kernel reads these options in 64-bit layout from everybody, so that a 32-bit program's are not valid.</summary>
    [LabTheory]
    [Ways("flow-label-routed", By = [WaysDoor.Native])]
    public void A_flow_label_with_a_routing_header_is_refused(Who who, WaysDoor door, string way)
    {
        // A kernel without MIPv6 finds it invalid by itself, and says EINVAL.
        Assert.Matches("^(sent|setsockopt EINVAL)\n$", SendPlain(who, door, way, Internet.Web6, "--no-answer").Succeeds().Output);
        Lab.Reset();

        Send(who, door, way, Internet.Web6, "--no-answer", $"{Bound} --exclude {Internet.Web6}").Says("setsockopt EPERM\n");
        NothingLeft();
    }

    [LabTheory]
    [Ways("flow-label-plain")]
    public void A_flow_label_without_options_is_fine(Who who, WaysDoor door, string way)
    {
        Send(who, door, way, Internet.Web6).AnsweredBy(Side.Ovpn, Internet.Web6);
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void An_alternative_name_of_the_interface_may_be_bound_to(Who who)
    {
        using var own = new Lab();
        own.Run(Who.Root, "ip", "link", "property", "add", "dev", "ovpn", "altname", "vpn-alt").Succeeds();
        own.Run(Who.Root, "ip", "link", "property", "add", "dev", "lan0", "altname", "lan-alt").Succeeds();

        own.Supervised(who, Bound, WaysProgram.Words(WaysDoor.Native, "--device vpn-alt", "bind-device-sendto", Internet.Web4, "7"))
            .AnsweredBy(Side.Ovpn, Internet.Web4);
        own.Supervised(who, "--interface vpn-alt", WaysProgram.Words(WaysDoor.Native, "--device ovpn", "bind-device-sendto", Internet.Web4, "7"))
            .AnsweredBy(Side.Ovpn, Internet.Web4);
        own.Supervised(who, Bound, WaysProgram.Words(WaysDoor.Native, "--device lan-alt", "bind-device-sendto", Internet.Web4, "7"))
            .Says("setsockopt EPERM\n");
        own.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("unbind-device", "unbind-index", "rebind-device", "rebind-index")]
    public void The_binding_cannot_be_taken_away_or_changed(Who who, WaysDoor door, string way)
    {
        Lab.Supervised(who, Bound, Script(door, way, Both, "--device lan0")).Says("setsockopt EPERM\nsetsockopt EPERM\n");

        NothingLeft();
    }

    [LabTheory]
    [Ways("misbound-sendto", "misbound-connect")]
    public void A_bind_that_fails_and_leaves_its_interface_behind_does_not_leak(Who who, WaysDoor door, string way)
    {
        foreach (var address in (string[])[Internet.Web6, Mapped])
        {
            SendPlain(who, door, way, address, "--device ovpn").AnsweredBy(Side.Ovpn, address);
            Lab.Reset();

            Send(who, door, way, address, "--device lan0 --no-answer").Succeeds();
            Lab.NothingLeftBy(Side.Lan0);
        }
    }

    [LabTheory]
    [Ways("rebind-device", "rebind-index")]
    public void Naming_the_configured_interface_again_is_fine(Who who, WaysDoor door, string way)
    {
        SendEach(who, door, way, Both, Side.Ovpn, "--device ovpn");

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("connect-tcp-nonblocking", "connect-udp", "sendto-udp", "sendmsg-udp")]
    public void A_link_local_destination_of_another_interface_is_refused(Who who, WaysDoor door, string way)
    {
        Send(who, door, way, "fe80::77%lan0", "--no-answer").Says($"{way.Split('-')[0]} ENETUNREACH\n");

        NothingLeft();
    }

    [LabTheory]
    [Ways("connect-udp", "sendto-udp", "sendmsg-udp")]
    public void A_link_local_multicast_of_another_interface_is_refused(Who who, WaysDoor door, string way)
    {
        SendPlain(who, door, way, "ff02::77%lan0", "--no-answer").Says("sent\n");
        Assert.Equal(1, Lab.Packets(Side.Lan0));
        Lab.Reset();

        Send(who, door, way, "ff02::77%lan0", "--no-answer").Says($"{way.Split('-')[0]} ENETUNREACH\n");

        NothingLeft();
    }

    [LabTheory]
    [Ways("connect-udp", "sendto-udp", "sendmsg-udp")]
    public void A_link_local_multicast_of_the_configured_interface_is_sent(Who who, WaysDoor door, string way)
    {
        Send(who, door, way, "ff02::77%ovpn", "--no-answer").Says("sent\n");

        Assert.Equal(1, Lab.Packets(Side.Ovpn));
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("source-route-option", "source-route-option-tcp", "source-route-message", As = [Who.Root])]
    public void A_source_route_does_not_lead_an_excluded_packet_elsewhere(Who who, WaysDoor door, string way)
    {
        // It goes to the route's first hop (--other), which is not excluded, whatever its destination says.
        using var leaks = new WaysCounter(Lab, $"oifname lan0 ip daddr {Internet.OtherWeb4}");
        SendPlain(who, door, way, Internet.Web4, "--no-answer").Says("sent\n");
        var before = leaks.Packets;
        Assert.NotEqual(0, before);

        Send(who, door, way, Internet.Web4, "--no-answer", $"{Bound} --exclude {Internet.Web4}").Succeeds();

        Assert.Equal(before, leaks.Packets);
    }

    [LabTheory]
    [Ways("source-route-option", "source-route-option-tcp")]
    public void A_routing_header_does_not_lead_an_excluded_packet_elsewhere(Who who, WaysDoor door, string way)
    {
        using var leaks = new WaysCounter(Lab, $"oifname lan0 ip6 daddr {Internet.OtherWeb6}");
        SendPlain(who, door, way, Internet.Web6, "--no-answer").Says("sent\n");
        var before = leaks.Packets;
        Assert.NotEqual(0, before);

        Send(who, door, way, Internet.Web6, "--no-answer", $"{Bound} --exclude {Internet.Web6}").Succeeds();

        Assert.Equal(before, leaks.Packets);
    }

    /// <summary>The call that names the interface.</summary>
    private static string Call(string way) =>
        way == "pktinfo-device-sendmmsg" ? "sendmmsg" : way.StartsWith("pktinfo", StringComparison.Ordinal) ? "sendmsg" : "setsockopt";

    [RootFact]
    public void What_is_sent_for_a_program_has_no_more_capabilities_than_it_has()
    {
        string[] words = WaysProgram.Words(WaysDoor.Native, "", "mark-message", Internet.Web4, "7");
        string[] nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", .. words];

        Lab.Supervised(Who.Root, Bound, words).AnsweredBy(Side.Ovpn, Internet.Web4);
        Lab.Run(Who.Root, nobody).Says("sendmsg EPERM\n");
        Lab.Supervised(Who.Root, Bound, nobody).Says("sendmsg EPERM\n");

        Lab.NothingLeftBy(Side.Lan0);
    }
}
