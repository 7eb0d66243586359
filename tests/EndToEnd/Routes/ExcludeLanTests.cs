namespace BindToInterface.EndToEnd;

/// <summary><c>--exclude lan</c>: what the other interfaces reach on their own link, as it is at the moment.</summary>
[Collection(RoutesCollection.Name)]
public sealed class ExcludeLanTests(Lab lab) : RoutesTest(lab)
{
    private const string Lan = "--interface ovpn --exclude lan -v";

    [LabTheory]
    [Everyone(Internet.LanPeer4, Internet.Web4)]
    [Everyone(Internet.LanPeer6, Internet.Web6)]
    public void What_is_on_the_link_is_excluded_and_nothing_else(Who who, string inside, string outside)
    {
        foreach (string[] kind in (string[][])[[], ["-n"], ["-u"]])
        {
            Lab.Reset();
            Lab.Supervised(who, Lan, [Programs.C("talk"), .. kind, inside, "7"]).AnsweredBy(Side.Lan0, inside);
            Lab.NothingLeftBy(Side.Ovpn);
            Lab.Reset();
            Lab.Supervised(who, Lan, [Programs.C("talk"), .. kind, outside, "7"]).AnsweredBy(Side.Ovpn, outside);
            Lab.NothingLeftBy(Side.Lan0);
        }
    }

    /// <summary>A LAN of another organisation is none of the user's, and the network of the policy's interface is no LAN.</summary>
    [LabTheory]
    [Everyone]
    public void The_interface_s_own_network_and_what_the_user_closed_are_not_excluded(Who who)
    {
        Lab.Supervised(who, Lan, Programs.C("talk"), "10.8.0.1", "7").AnsweredBy(Side.Ovpn, "10.8.0.1");
        Lab.Supervised(who, $"{Lan} --route 192.168.0.0/16=ovpn", Programs.C("talk"), Internet.LanPeer4, "7").AnsweredBy(Side.Ovpn, Internet.LanPeer4);
        Lab.NothingLeftBy(Side.Lan0);
        Assert.Equal("connect: ENETUNREACH\n", Lab.Supervised(who, $"{Lan} --route 192.168.0.0/16=deny", Programs.C("talk"), Internet.LanPeer4, "7").Output);
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void An_address_that_comes_and_goes_is_followed(Who who)
    {
        const string Peer = "192.168.78.9";
        using var own = new Lab();
        using var program = own.Start(who, Lab.Supervise(Lan, Programs.C("talk"), "-l", Peer, "7"));
        program.WaitForError("--exclude lan: 192.168.77.0/24, fd00:77::/64");
        Assert.StartsWith("ovpn 10.8.0.2 ", Ask(program, 1), StringComparison.Ordinal);
        own.NothingLeftBy(Side.Lan0);

        own.Run(Who.Root, "sh", "-ec", "ip -netns lan0 address add 192.168.78.1/24 dev client; ip address add 192.168.78.2/24 dev lan0").Succeeds();
        program.WaitForError("--exclude lan: 192.168.77.0/24, 192.168.78.0/24, fd00:77::/64");
        Assert.StartsWith("lan0 192.168.78.2 ", Ask(program, 2), StringComparison.Ordinal);

        // The connection has ended: without its address it would try to end it for minutes.
        own.Reset();
        own.Run(Who.Root, "ip", "address", "delete", "192.168.78.2/24", "dev", "lan0").Succeeds();
        Wait.Until(() => program.Error.Split("--exclude lan: 192.168.77.0/24, fd00:77::/64").Length == 3, () => $"the address is still there for {program}");
        own.Reset();
        Assert.StartsWith("ovpn 10.8.0.2 ", Ask(program, 3), StringComparison.Ordinal);
        own.NothingLeftBy(Side.Lan0);
        program.Finish().Succeeds();
    }

    /// <summary>The VPN is given a network that the LAN is in, or a part of it: the VPN wins.</summary>
    [LabTheory]
    [Everyone("192.168.77.6/29", false)]
    [Everyone("192.168.0.6/16", true)]
    public void Where_the_interface_s_network_overlaps_the_LAN_the_interface_wins(Who who, string address, bool all)
    {
        using var own = new Lab();
        own.Run(Who.Root, "ip", "address", "add", address, "dev", "ovpn").Succeeds();
        using var program = own.Start(who, Lab.Supervise(Lan, "sh", "-c", $"{Programs.C("several")} udp4 quiet 192.168.77.3 quiet 192.168.77.200"));

        program.Finish().Succeeds();
        // To .200 an unbound packet is sent where only a part of the LAN is the VPN's.
        Assert.Contains($"udp 192.168.77.3:7 bound ovpn", program.Error, StringComparison.Ordinal);
        Assert.Contains($"udp 192.168.77.200:7 {(all ? "bound ovpn" : "excluded -")}", program.Error, StringComparison.Ordinal);
    }

    [LabTheory]
    [Everyone]
    public void Discovery_on_the_LAN_works_and_other_multicast_is_bound(Who who)
    {
        Several(who, Lan, "udp4 multicast-if 192.168.77.2 join-on 224.0.0.251 lan0 quiet 224.0.0.251 quiet 239.255.255.250").Says("");
        Several(who, Lan, "udp6 multicast-index lan0 join-on ff02::fb lan0 quiet ff02::fb").Says("");
        Lab.NothingLeftBy(Side.Ovpn);
        Assert.Equal(3, Lab.Packets(Side.Lan0));

        Lab.Reset();
        Several(who, Lan, "udp4 multicast-if 192.168.77.2 quiet 239.1.1.1 join-on 239.1.1.1 lan0").Says("join-on ENODEV\n");
        Lab.NothingLeftBy(Side.Lan0);
        Assert.Equal(1, Lab.Packets(Side.Ovpn));
    }

    /// <summary>Names would be asked for outside of the interface, which the user may not expect.</summary>
    [LabTheory]
    [Everyone]
    public void A_nameserver_on_the_LAN_is_a_line(Who who)
    {
        using IDisposable restored = Lab.ResolvConf($"nameserver {Internet.LanPeer4}\n");

        Result result = Lab.Supervised(who, "--interface ovpn --exclude lan", "true").Succeeds();

        Assert.Contains($"nameserver {Internet.LanPeer4} of /etc/resolv.conf is excluded: DNS queries take the normal route", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    private static string Ask(Running program, int lines)
    {
        program.Input.Write("\n"u8);
        program.Input.Flush();
        Wait.Until(() => program.Output.Count(letter => letter == '\n') >= lines, () => $"no answer of {program}");
        return program.Output.Split('\n')[lines - 1];
    }
}
