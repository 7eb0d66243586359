namespace BindToInterface.EndToEnd;

/// <summary>
/// Strict mode with several interfaces: each socket is bound to the first one at its birth, and what is for another one goes out
/// through that, or not at all.
/// </summary>
[Collection(RoutesCollection.Name)]
public sealed class StrictRoutesTests(Lab lab) : RoutesTest(lab)
{
    private const string Strict = $"--strict {Two}";

    [LabTheory]
    [Everyone(Internet.Web4)]
    [Everyone(Internet.Web6)]
    [Everyone(Mapped)]
    public void What_no_route_names_leaves_by_the_first_interface(Who who, string address)
    {
        foreach (string[] kind in (string[][])[[], ["-n"], ["-u"], ["-t", "8"]])
        {
            Lab.Supervised(who, Strict, [Programs.C("talk"), .. kind, address, "7"]).AnsweredBy(Side.Ovpn, address);
            Lab.Supervised(who, Strict, [Programs.Musl("talk"), .. kind, address, "7"]).AnsweredBy(Side.Ovpn, address);
        }

        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>Without CAP_NET_RAW the kernel lets a TCP socket be bound once. No new one is any better: that is said.</summary>
    [LabTheory]
    [Everyone(Internet.OtherWeb4)]
    [Everyone(Internet.OtherWeb6)]
    [Everyone(OtherMapped)]
    public void A_TCP_connection_leaves_by_the_interface_of_its_route_or_is_refused(Who who, string address)
    {
        foreach (string[] kind in (string[][])[[], ["-n"], ["-t", "8"]])
        {
            Result result = Lab.Supervised(who, Strict, [Programs.C("talk"), .. kind, address, "7"]);
            if (who == Who.Root)
            {
                result.AnsweredBy(Side.Lan0, address);
                continue;
            }

            Assert.Contains("connect: ENETUNREACH\n", result.ExitsWith(1).Output, StringComparison.Ordinal);
            Assert.Contains("only with CAP_NET_RAW", result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("a new socket works", result.Error, StringComparison.Ordinal);
            Lab.NothingLeftBy(Side.Lan0);
        }

        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Everyone]
    public void So_do_those_of_Go_and_curl(Who who)
    {
        string[][] programs = [["curl", "-sS", Internet.WebUrl(Internet.OtherWeb4)], ["curl", "-sS", Internet.WebUrl(Internet.OtherWeb6)], [Programs.Go("talk"), "tcp", $"{Internet.OtherWeb4}:7"]];
        foreach (string[] words in programs)
        {
            Result result = Lab.Supervised(who, Strict, words);
            Assert.Equal(who == Who.Root, result.ExitCode == 0 && result.Output.StartsWith("lan0 ", StringComparison.Ordinal));
        }

        Assert.Equal(who == Who.Root, Lab.Packets(Side.Lan0) > 0);
        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Everyone("udp4", Internet.Web4, Internet.OtherWeb4, ByOvpn4, ByLan4)]
    [Everyone("udp6", Internet.Web6, Internet.OtherWeb6, ByOvpn6, ByLan6)]
    [Everyone("udp6", Mapped, OtherMapped, ByOvpn4, ByLan4)]
    public void Datagrams_are_steered_one_by_one(Who who, string kind, string usual, string other, string byOvpn, string byLan)
    {
        Several(who, Strict, $"{kind} sendto {other} sendmsg {other} sendmmsg {other} {other}").Says(byLan + byLan + byLan + byLan);
        Lab.NothingLeftBy(Side.Ovpn);

        Lab.Reset();
        Several(who, Strict, $"{kind} sendto {usual} sendmsg {usual} sendmmsg {usual} {usual}").Says(byOvpn + byOvpn + byOvpn + byOvpn);
        Lab.NothingLeftBy(Side.Lan0);

        Several(who, Strict, $"{kind} sendto {usual} sendto {other} sendmsg {usual} sendmsg {other} sendto {usual}").Says(byOvpn + byLan + byOvpn + byLan + byOvpn);
        Assert.Equal(2, Lab.Packets(Side.Lan0));
    }

    [LabTheory]
    [Everyone("udp4", Internet.Web4, Internet.OtherWeb4, ByOvpn4, ByLan4)]
    [Everyone("udp6", Internet.Web6, Internet.OtherWeb6, ByOvpn6, ByLan6)]
    public void A_datagram_socket_that_is_connected_stays_with_its_interface(Who who, string kind, string usual, string other, string byOvpn, string byLan)
    {
        Several(who, Strict, $"{kind} connect {other} send connect {usual} send").Says($"{byLan}connect ENETUNREACH\n{byLan}");
        Lab.NothingLeftBy(Side.Ovpn);

        Lab.Reset();
        Several(who, Strict, $"{kind} connect {usual} send connect {other} send").Says($"{byOvpn}connect ENETUNREACH\n{byOvpn}");
        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>IPv6 takes no other interface than that of the device, and the peer would lose it.</summary>
    [LabTheory]
    [Everyone]
    public void A_connected_IPv6_socket_keeps_its_interface(Who who)
    {
        Several(who, Strict, $"udp6 connect {Internet.Web6} send sendto {Internet.OtherWeb6} send").Says($"{ByOvpn6}sendto ENETUNREACH\n{ByOvpn6}");

        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>What the program names itself changes no destination's way. Port 9 answers by a reset.</summary>
    [LabTheory]
    [Everyone]
    public void What_a_socket_was_before_changes_no_way(Who who)
    {
        string device = who == Who.Root ? "" : "device EPERM\n";
        Several(who, Strict, $"udp4 device lan0 sendto {Internet.Web4} connect {Internet.Web4} send").Says($"{device}{ByOvpn4}{ByOvpn4}");
        Several(who, Strict, $"udp6 unicast-if lan0 sendto {Internet.Web6} connect {Internet.Web6} send").Says(ByOvpn6 + ByOvpn6);
        Several(who, Strict, $"tcp4 device lan0 connect {Internet.Web4}").Says($"{device}{ByOvpn4}");
        Several(who, Strict, $"udp4 bind 192.168.77.2 sendto {Internet.Web4}").Says("sendto EADDRNOTAVAIL\n");
        Lab.NothingLeftBy(Side.Lan0);

        Lab.Reset();
        Several(who, Strict, $"tcp4 connect-port {Internet.Web4} 9 connect {Internet.OtherWeb4}")
            .Says($"connect-port ECONNREFUSED\n{(who == Who.Root ? ByLan4 : "connect ENETUNREACH\n")}");
        Assert.Equal(1, Lab.Packets(Side.Ovpn));
    }

    [LabTheory]
    [Everyone]
    public void The_routes_of_the_kernel_do_not_count(Who who)
    {
        using var own = Lab.WithTheOtherDefaultRoute();

        string program = Programs.C("several");
        own.Supervised(who, Strict, program, "udp4", "sendto", Internet.OtherWeb4, "connect", Internet.OtherWeb4, "send").Says(ByLan4 + ByLan4);
        own.Supervised(who, Strict, program, "udp6", "sendto", Internet.OtherWeb6, "connect", Internet.OtherWeb6, "send").Says(ByLan6 + ByLan6);
        own.Supervised(who, Strict, program, "tcp4", "connect", Internet.OtherWeb4).Says(who == Who.Root ? ByLan4 : "connect ENETUNREACH\n");
        own.Supervised(who, Strict, program, "tcp6", "connect", Internet.OtherWeb6).Says(who == Who.Root ? ByLan6 : "connect ENETUNREACH\n");
        own.NothingLeftBy(Side.Ovpn);
    }

    /// <summary>Networks that are refused, and an interface that is not there: nothing else takes its place.</summary>
    [LabTheory]
    [Everyone]
    public void A_denied_network_and_an_absent_interface_are_refused(Who who)
    {
        const string options = $"--strict --interface ovpn --route {Internet.OtherWeb4}=deny --route {Internet.OtherWeb6}=absent0";
        foreach (string kind in (string[])["tcp", "udp"])
        {
            Several(who, options, $"{kind}4 connect {Internet.OtherWeb4}").Says("connect ENETUNREACH\n");
            Several(who, options, $"{kind}6 connect {Internet.OtherWeb6}").Says("connect ENETUNREACH\n");
        }

        Several(who, options, $"udp4 sendto {Internet.OtherWeb4} sendmsg {Internet.OtherWeb4}").Says("sendto ENETUNREACH\nsendmsg ENETUNREACH\n");
        Several(who, options, $"udp6 sendto {Internet.OtherWeb6} sendmsg {Internet.OtherWeb6}").Says("sendto ENETUNREACH\nsendmsg ENETUNREACH\n");
        Lab.NothingLeftBy(Side.Lan0);
        Lab.NothingLeftBy(Side.Ovpn);
    }

    /// <summary>Another lan0, made anew with the same name, is that interface from then on.</summary>
    [LabTheory]
    [Everyone]
    public void The_first_interface_may_come_and_go(Who who)
    {
        using var own = new Lab();
        string program = Programs.C("several");
        own.Unplug();
        own.Supervised(who, Strict, program, "udp4", "sendto", Internet.Web4).Says("sendto EBADF\n");
        own.NothingLeftBy(Side.Lan0);

        own.Plug();
        own.Supervised(who, Strict, program, "udp4", "sendto", Internet.Web4).Says(ByOvpn4);
        own.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void What_needs_CAP_NET_RAW_is_said_at_the_start(Who who) =>
        Assert.Equal(who == Who.User, Lab.Supervised(who, Strict, "true").Succeeds().Error.Contains("CAP_NET_RAW", StringComparison.Ordinal));
}
