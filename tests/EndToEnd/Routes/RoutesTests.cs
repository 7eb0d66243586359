namespace BindToInterface.EndToEnd;

/// <summary>Each destination leaves by the interface of its route, and by no other.</summary>
[Collection(RoutesCollection.Name)]
public sealed class RoutesTests(Lab lab) : RoutesTest(lab)
{
    [LabTheory]
    [Everyone(Internet.Web4, Internet.OtherWeb4)]
    [Everyone(Internet.Web6, Internet.OtherWeb6)]
    [Everyone(Mapped, OtherMapped)]
    public void A_connection_leaves_by_the_interface_of_its_route(Who who, string usual, string other)
    {
        foreach (string[] kind in (string[][])[[], ["-n"], ["-u"], ["-t", "8"]])
        {
            Lab.Reset();
            Lab.Supervised(who, Two, [Programs.C("talk"), .. kind, usual, "7"]).AnsweredBy(Side.Ovpn, usual);
            Lab.NothingLeftBy(Side.Lan0);

            Lab.Reset();
            Result result = Lab.Supervised(who, $"{Two} -v", [Programs.C("talk"), .. kind, other, "7"]);
            Assert.Contains("bound lan0", result.AnsweredBy(Side.Lan0, other).Error, StringComparison.Ordinal);
            Lab.NothingLeftBy(Side.Ovpn);
        }
    }

    [LabTheory]
    [Everyone]
    public void The_routes_of_the_kernel_do_not_count(Who who)
    {
        using var own = Lab.WithTheOtherDefaultRoute();

        string program = Programs.C("several");
        own.Supervised(who, Two, program, "udp4", "sendto", Internet.OtherWeb4, "connect", Internet.OtherWeb4, "send").Says(ByLan4 + ByLan4);
        own.Supervised(who, Two, program, "udp6", "sendto", Internet.OtherWeb6, "connect", Internet.OtherWeb6, "send").Says(ByLan6 + ByLan6);
        own.Supervised(who, Two, program, "tcp4", "connect", Internet.OtherWeb4).Says(ByLan4);
        own.Supervised(who, Two, program, "tcp6", "connect", Internet.OtherWeb6).Says(ByLan6);
        own.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Everyone]
    public void The_longest_prefix_wins_and_the_order_does_not_count(Who who)
    {
        const string options = "--interface ovpn --route 198.51.100.0/24=lan0 -x 198.51.0.0/16 --route 198.51.100.0/31=ovpn,198.51.100.2=deny --route 198.51.100.1=lan0";

        Lab.Supervised(who, options, Programs.C("talk"), Internet.Web4, "7").AnsweredBy(Side.Lan0, Internet.Web4);
        Lab.Supervised(who, options, Programs.C("talk"), Internet.LanPeer4, "7").AnsweredBy(Side.Ovpn, Internet.LanPeer4);
        Assert.Equal("connect: ENETUNREACH\n", Lab.Supervised(who, options, Programs.C("talk"), Internet.OtherWeb4, "7").Output);
    }

    [LabTheory]
    [Everyone]
    public void A_denied_destination_is_refused_with_a_line(Who who)
    {
        Result result = Lab.Supervised(who, $"--interface ovpn --route {Internet.Web4}=deny --route ::/0=deny", "sh", "-c", $"""
            {Programs.C("talk")} {Internet.Web4} 7
            {Programs.C("talk")} {Internet.Web6} 7
            {Programs.C("several")} udp4 sendto {Internet.Web4} sendto {Internet.OtherWeb4}
            """).Says($"connect: ENETUNREACH\nconnect: ENETUNREACH\nsendto ENETUNREACH\n{ByOvpn4}");

        Assert.Contains(result.ErrorLines, line => line.EndsWith($"ENETUNREACH: --route {Internet.Web4}=deny refuses it", StringComparison.Ordinal));
        Assert.Contains(result.ErrorLines, line => line.EndsWith("ENETUNREACH: --route ::/0=deny refuses it", StringComparison.Ordinal));
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void Interface_none_refuses_all_but_routes_and_excludes(Who who)
    {
        string talk = Programs.C("talk");
        const string options = $"--interface none --route {Internet.OtherWeb4}=ovpn --exclude {Internet.LanPeer4} --dns {Internet.OtherWeb4} --require-interface";
        Result result = Lab.Supervised(
            who, options, "sh", "-c", $"{talk} {Internet.Web4} 7; {talk} {Internet.Web6} 7; {talk} -u {Internet.Web4} 7; {talk} 127.0.0.1 7");

        Assert.Equal(string.Concat(Enumerable.Repeat("connect: ENETUNREACH\n", 4)), result.Output);
        Assert.Contains("--interface none refuses it", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Lab.NothingLeftBy(Side.Lan0);
        Lab.NothingLeftBy(Side.Ovpn);

        Lab.Supervised(who, options, talk, Internet.OtherWeb4, "7").AnsweredBy(Side.Ovpn, Internet.OtherWeb4);
        Lab.Supervised(who, options, talk, Internet.LanPeer4, "7").AnsweredBy(Side.Lan0, Internet.LanPeer4);
        var environment = new Dictionary<string, string> { ["BIND_INTERFACE"] = "none", ["BIND_ROUTE"] = $"{Internet.OtherWeb4}=ovpn" };
        Lab.Run(who, [Lab.Supervisor, talk, Internet.OtherWeb4, "7"], environment).AnsweredBy(Side.Ovpn, Internet.OtherWeb4);
        Assert.Equal("connect: ENETUNREACH\n", Lab.Run(who, [Lab.Supervisor, talk, Internet.Web4, "7"], environment).Output);
    }

    [LabTheory]
    [Everyone]
    public void Without_an_interface_the_rest_takes_the_normal_route_with_a_line(Who who)
    {
        Result result = Lab.Supervised(
            who, $"--route {Internet.Web4}=ovpn", Programs.C("several"), "udp4", "sendto", Internet.Web4, "sendto", Internet.OtherWeb4, "sendto", Internet.Web4);

        result.Says(ByOvpn4 + ByLan4 + ByOvpn4);
        Assert.Contains("traffic that no --route names takes the normal route", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Lab.Supervised(who, $"--route {Internet.Web4}=ovpn --require-interface", "true").ExitsWith(125);
    }

    /// <summary>The --dns server, too, leaves by the interface of its route.</summary>
    [LabTheory]
    [Everyone("")]
    [Everyone($" --route {Internet.Override4}=lan0", "lan0")]
    public void Names_are_asked_for_by_the_server_s_route(Who who, string route, string side = "ovpn")
    {
        Side answering = side == "lan0" ? Side.Lan0 : Side.Ovpn, other = side == "lan0" ? Side.Ovpn : Side.Lan0;
        Result result = Lab.Supervised(who, $"--interface ovpn{route} --dns {Internet.Override4}", "getent", "ahostsv4", "side.test").Succeeds();

        Assert.StartsWith(Internet.Answer4(answering, Internet.Override4), result.Output, StringComparison.Ordinal);
        Lab.NothingLeftBy(other);
    }

    [LabTheory]
    [Everyone("--route 10.0.0.0/8", "--route: '10.0.0.0/8' names no way; accepted is NETWORK=INTERFACE")]
    [Everyone("--route 192.168.x=lan0", "--route: '192.168.x' is not a network; accepted are addresses")]
    [Everyone("--route 10.0.0.0/8=lan0 --route 10.0.0.0/8=ovpn", "--route: '10.0.0.0/8=lan0' and '10.0.0.0/8=ovpn' are two ways for one network")]
    [Everyone("--route 10.0.0.0/8=lan0 -x 10.0.0.0/8", "--route: '10.0.0.0/8=lan0' is a network that --exclude names as well")]
    [Everyone("-x 192.168.x", "-x: '192.168.x' is not a destination; accepted are addresses")]
    [Everyone("-x lann", "-x: 'lann' is not a destination; accepted are addresses")]
    public void A_mistake_is_an_error_and_nothing_runs(Who who, string options, string error)
    {
        Result result = Lab.Supervised(who, $"--interface ovpn {options}", "echo", "ran").ExitsWith(125);

        Assert.Contains(error, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Equal("", result.Output);
    }
}
