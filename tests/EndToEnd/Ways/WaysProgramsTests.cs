namespace BindToInterface.EndToEnd;

/// <summary>Programs that people run, whose ways are more than connect.</summary>
[Collection(WaysShapesCollection.Name)]
public sealed class WaysProgramsTests(Lab lab) : WaysTest(lab)
{
    [LabTheory]
    [Everyone(Internet.Web4)]
    [Everyone(Internet.Web6)]
    public void Ping_leaves_by_the_interface(Who who, string address)
    {
        string[] ping = ["ping", "-n", "-c", "2", "-i", "0.2", "-W", "3", address];
        Lab.Run(who, ping).Succeeds();
        Lab.NothingLeftBy(Side.Ovpn);
        Lab.Reset();

        Assert.Contains("2 received", Lab.Bound(who, ping).Succeeds().Output, StringComparison.Ordinal);
        Assert.Equal(2, Lab.Packets(Side.Ovpn));
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone("lan0")]
    [Everyone("192.168.77.2")]
    public void Ping_by_another_interface_is_refused(Who who, string source)
    {
        var result = Lab.Bound(who, "ping", "-n", "-c", "1", "-W", "1", "-I", source, Internet.Web4);

        Assert.NotEqual(0, result.ExitCode);
        NothingLeft();
    }

    [LabTheory]
    [Everyone]
    public void An_excluded_address_is_pinged_by_the_default_route(Who who)
    {
        Lab.Supervised(who, $"{Bound} --exclude {Internet.Web4}", "ping", "-n", "-c", "1", "-W", "3", Internet.Web4).Succeeds();

        Assert.Equal(1, Lab.Packets(Side.Lan0));
        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Everyone("-n", Internet.Web4)]
    [Everyone("-n", Internet.Web6)]
    public void Traceroute_leaves_by_the_interface(Who who, string options, string address)
    {
        AnswerEveryProbe();
        var lines = Lab.Bound(who, "traceroute", options, "-m", "4", "-w", "2", address).Succeeds().OutputLines;

        Assert.Contains($" 1  {address} ", lines[1], StringComparison.Ordinal);
        Assert.NotEqual(0, Lab.Packets(Side.Ovpn));
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [InlineData("-I", Internet.Web4)]
    [InlineData("-T", Internet.Web4)]
    [InlineData("-I", Internet.Web6)]
    [InlineData("-T", Internet.Web6)]
    public void Traceroute_of_root_s_kinds_leaves_by_the_interface(string kind, string address)
    {
        AnswerEveryProbe();
        var lines = Lab.Bound(Who.Root, "traceroute", "-n", kind, "-m", "4", "-w", "2", address).Succeeds().OutputLines;

        Assert.Contains($" 1  {address} ", lines[1], StringComparison.Ordinal);
        Assert.NotEqual(0, Lab.Packets(Side.Ovpn));
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void A_Go_program_s_unconnected_socket_leaves_by_the_interface(Who who)
    {
        // On a dual-stack socket it sends to IPv4 by mapped addresses.
        foreach (var network in (string[])["udp", "udp4"])
        {
            Lab.Bound(who, Programs.Go("way_packet"), network, $"{Internet.Web4}:7").AnsweredBy(Side.Ovpn, Internet.Web4);
        }

        Lab.Bound(who, Programs.Go("way_packet"), "udp", $"[{Internet.Web6}]:7").AnsweredBy(Side.Ovpn, Internet.Web6);
        Lab.NothingLeftBy(Side.Lan0);
    }

    [RootFact]
    public void Ssh_from_an_address_of_another_interface_is_refused()
    {
        using var server = new WaysSshServer(Lab);
        SshAs(server, Who.Root);
        SshAs(server, Who.User);
    }

    private void SshAs(WaysSshServer server, Who who)
    {
        Lab.Reset();
        Assert.Contains("ovpn", server.Connect(who, supervised: true).Succeeds().Output, StringComparison.Ordinal);
        Lab.NothingLeftBy(Side.Lan0);

        Lab.Reset();
        Assert.Contains("lan0", server.Connect(who, supervised: false, "-b", "192.168.77.2").Succeeds().Output, StringComparison.Ordinal);

        Lab.Reset();
        var refused = server.Connect(who, supervised: true, "-b", "192.168.77.2").ExitsWith(255);
        Assert.Contains("Cannot assign requested address", refused.Error, StringComparison.Ordinal);
        Assert.Contains(refused.ErrorLines, line => line.Contains("192.168.77.2", StringComparison.Ordinal) && !line.StartsWith("ssh:", StringComparison.Ordinal));
        NothingLeft();
    }

    /// <summary>The far side's kernel would send an ICMP error a second.</summary>
    private void AnswerEveryProbe() => Lab
        .Run(
            Who.Root, "nsenter", "--net=/run/netns/ovpn", "sh", "-ec",
            "echo 0 >/proc/sys/net/ipv4/icmp_ratelimit; echo 0 >/proc/sys/net/ipv6/icmp/ratelimit")
        .Succeeds();
}
