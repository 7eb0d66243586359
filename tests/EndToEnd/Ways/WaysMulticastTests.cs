namespace BindToInterface.EndToEnd;

/// <summary>Multicast and broadcast, and the groups that a program joins.</summary>
[Collection(WaysSteeringCollection.Name)]
public sealed class WaysMulticastTests(Lab lab) : WaysTest(lab)
{
    private const string Group4 = "239.7.7.7";
    private const string Group6 = "ff0e::77";
    private static readonly WaysDoor Native = WaysDoor.Native;

    [LabTheory]
    [Ways("sendto-udp", "sendmsg-udp", "connect-udp")]
    public void A_group_is_sent_to_by_the_interface(Who who, WaysDoor door, string way)
    {
        string[] groups = [Group4, Group6, $"::ffff:{Group4}"];
        Lab.Run(who, Script(door, way, groups, "--no-answer")).Says("sent\nsent\nsent\n");
        Lab.NothingLeftBy(Side.Ovpn);
        Lab.Reset();

        Lab.Supervised(who, Bound, Script(door, way, groups, "--no-answer")).Says("sent\nsent\nsent\n");

        Assert.Equal(3, Lab.Packets(Side.Ovpn));
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone("255.255.255.255")]
    [Everyone("10.8.0.255")]
    public void A_broadcast_is_sent_by_the_interface(Who who, string address)
    {
        Send(who, Native, "broadcast", address, "--no-answer").Says("sent\n");

        Assert.Equal(1, Lab.Packets(Side.Ovpn));
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void A_broadcast_of_another_interface_s_network_does_not_leave_by_it(Who who)
    {
        Send(who, Native, "broadcast", "192.168.77.255", "--no-answer").Succeeds();

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void An_excluded_broadcast_is_left_alone(Who who)
    {
        Send(who, Native, "broadcast", "192.168.77.255", "--no-answer", $"{Bound} --exclude 192.168.77.").Says("sent\n");

        Assert.Equal(1, Lab.Packets(Side.Lan0));
        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Ways("multicast-if-mreqn", "multicast-if-connect")]
    public void Another_interface_is_refused_by_number(Who who, WaysDoor door, string way) =>
        OnlyOursIsTaken(who, door, way, Group4, "--device ovpn", "--device lan0");

    [LabTheory]
    [Ways("multicast-if-address", "multicast-if-mreq")]
    public void Another_interface_is_refused_by_address(Who who, WaysDoor door, string way) =>
        OnlyOursIsTaken(who, door, way, Group4, "--source 10.8.0.2", "--source 192.168.77.2");

    [LabTheory]
    [Ways("multicast-if-index6", "multicast-if-connect")]
    public void Another_interface_is_refused_in_IPv6(Who who, WaysDoor door, string way) =>
        OnlyOursIsTaken(who, door, way, Group6, "--device ovpn", "--device lan0");

    /// <summary>Joining sends membership reports by the interface that is named, which the lab's counters leave out.</summary>
    [LabTheory]
    [Ways("join-index", "join-group", "join-source-group")]
    [Ways("join-index", By = [WaysDoor.Int80])]
    public void A_group_is_joined_by_number_on_the_interface_only(Who who, WaysDoor door, string way)
    {
        SendPlain(who, door, way, Group4, "--device lan0").Says("joined lan0\n");

        Send(who, door, way, Group4, "--device lan0").Says("setsockopt ENODEV\n");
        Send(who, door, way, Group4, "--device ovpn").Says("joined ovpn\n");
    }

    [LabTheory]
    [Ways("join-address", "join-source-address")]
    public void A_group_is_joined_by_address_on_the_interface_only(Who who, WaysDoor door, string way)
    {
        SendPlain(who, door, way, Group4, "--source 192.168.77.2").Says("joined lan0\n");

        Send(who, door, way, Group4, "--source 192.168.77.2").Says("setsockopt EADDRNOTAVAIL\n");
        Send(who, door, way, Group4, "--source 10.8.0.2").Says("joined ovpn\n");
    }

    [LabTheory]
    [Ways("join-index6", "join-group")]
    public void A_group_of_IPv6_is_joined_on_the_interface_only(Who who, WaysDoor door, string way)
    {
        SendPlain(who, door, way, Group6, "--device lan0").Says("joined lan0\n");

        Send(who, door, way, Group6, "--device lan0").Says("setsockopt ENODEV\n");
        Send(who, door, way, Group6, "--device ovpn").Says("joined ovpn\n");
    }

    [LabTheory]
    [Ways("join-index", "join-group", "join-address", "join-source-group")]
    public void A_group_is_joined_on_the_interface_where_none_is_named(Who who, WaysDoor door, string way)
    {
        SendPlain(who, door, way, Group4, "--source 0.0.0.0").Says("joined lan0\n");

        Send(who, door, way, Group4, "--source 0.0.0.0").Says("joined ovpn\n");
    }

    [LabTheory]
    [Ways("join-index", "join-group")]
    public void Loopback_is_joined_where_it_is_excluded(Who who, WaysDoor door, string way)
    {
        Send(who, door, way, Group4, "--device lo").Says("setsockopt ENODEV\n");
        Send(who, door, way, Group4, "--device lo", $"{Bound} --exclude loopback").Says("joined lo\n");
    }

    [LabTheory]
    [Ways("join-address")]
    public void Loopback_is_joined_by_address_where_it_is_excluded(Who who, WaysDoor door, string way)
    {
        Send(who, door, way, Group4, "--source 127.0.0.1").Says("setsockopt EADDRNOTAVAIL\n");
        Send(who, door, way, Group4, "--source 127.0.0.1", $"{Bound} --exclude loopback").Says("joined lo\n");
    }

    [LabTheory]
    [Ways("source-filter")]
    public void A_group_s_sources_are_set_where_it_was_joined(Who who, WaysDoor door, string way)
    {
        SendPlain(who, door, way, Group4).Says("filtered\n");

        Send(who, door, way, Group4).Says("filtered\n");
    }

    [LabTheory]
    [Ways("leave")]
    public void A_group_is_left_where_it_was_joined(Who who, WaysDoor door, string way) =>
        Send(who, door, way, Group4).Says("left\n");

    [LabTheory]
    [Ways("join-index6", "join-group")]
    public void A_group_of_IPv6_is_joined_on_the_interface_where_none_is_named(Who who, WaysDoor door, string way)
    {
        SendPlain(who, door, way, Group6).Says("joined lan0\n");

        Send(who, door, way, Group6).Says("joined ovpn\n");
    }

    [LabTheory]
    [Ways("join-anycast6", As = [Who.Root], By = [WaysDoor.Native])]
    public void An_anycast_group_is_joined_on_the_interface_only(Who who, WaysDoor door, string way)
    {
        SendPlain(who, door, way, "fd00:77::aaaa", "--device lan0").Says("joined lan0\n");

        Send(who, door, way, "fd00:77::aaaa", "--device lan0").Says("setsockopt EPERM\n");
        Send(who, door, way, "fd00:8::aaaa", "--device ovpn").Says("joined ovpn\n");
    }

    private void OnlyOursIsTaken(Who who, WaysDoor door, string way, string group, string ours, string another)
    {
        SendPlain(who, door, way, group, $"{ours} --no-answer").Says("sent\n");
        Assert.Equal(1, Lab.Packets(Side.Ovpn));
        Lab.Reset();

        var error = another.StartsWith("--source", StringComparison.Ordinal) ? "EADDRNOTAVAIL" : "ENODEV";
        Send(who, door, way, group, $"{another} --no-answer").Says($"setsockopt {error}\n");
        NothingLeft();

        Send(who, door, way, group, $"{ours} --no-answer").Says("sent\n");
        Assert.Equal(1, Lab.Packets(Side.Ovpn));
        Lab.NothingLeftBy(Side.Lan0);
    }
}
