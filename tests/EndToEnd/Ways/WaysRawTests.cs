namespace BindToInterface.EndToEnd;

/// <summary>Raw sockets, which need root: bound like the rest, with a header of the program's own and without.</summary>
[Collection(WaysSteeringCollection.Name)]
public sealed class WaysRawTests(Lab lab) : WaysTest(lab)
{
    private const string Options = "--source fd00:8::2";
    private static readonly string[] Both = [Internet.Web4, Internet.Web6];

    [LabTheory]
    [Ways("raw-ping", "raw-ping-sendmsg", "connect-raw", As = [Who.Root])]
    public void A_raw_ping_leaves_by_the_interface(Who who, WaysDoor door, string way)
    {
        Lab.Run(who, Script(door, way, Both)).Says("pong\npong\n");
        Lab.NothingLeftBy(Side.Ovpn);
        Lab.Reset();

        Lab.Supervised(who, Bound, Script(door, way, Both)).Says("pong\npong\n");

        Assert.Equal(2, Lab.Packets(Side.Ovpn));
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("raw-unspec-family", As = [Who.Root])]
    public void Family_0_is_read_as_the_kernel_reads_it(Who who, WaysDoor door, string way)
    {
        Lab.Supervised(who, Bound, Script(door, way, Both)).Says("pong\npong\n");

        Assert.Equal(2, Lab.Packets(Side.Ovpn));
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("raw-udp", "raw-header", "raw-header-protocol-raw", As = [Who.Root])]
    public void A_datagram_made_by_hand_leaves_by_the_interface(Who who, WaysDoor door, string way)
    {
        SendEach(who, door, way, Both, Side.Ovpn, Options);
        Lab.NothingLeftBy(Side.Lan0);

        Lab.Reset();
        SendEach(who, door, way, [Internet.Web4], Side.Lan0, supervise: $"{Bound} --exclude {Internet.Web4}");
        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Ways("raw-udp", "raw-header", "raw-header-protocol-raw", As = [Who.Root], By = [WaysDoor.Native])]
    public void Without_the_supervisor_it_leaks(Who who, WaysDoor door, string way) =>
        SendEachPlain(who, door, way, Both, Side.Lan0, "--source fd00:77::2");

    [LabTheory]
    [Ways("raw-header-disguised", "raw-header-connected-disguised", "raw-header-late-disguised", As = [Who.Root])]
    public void A_header_that_names_another_destination_than_the_excluded_one_does_not_leak(Who who, WaysDoor door, string way)
    {
        using var leaks4 = new WaysCounter(Lab, $"oifname lan0 ip daddr {Internet.Web4} meta l4proto udp");
        using var leaks6 = new WaysCounter(Lab, $"oifname lan0 ip6 daddr {Internet.Web6} meta l4proto udp");
        Lab.Run(who, Script(door, way, Both, "--source fd00:77::2")).Succeeds();
        Assert.Equal((1, 1), (leaks4.Packets, leaks6.Packets));

        Lab.Supervised(who, $"{Bound} --exclude {Internet.OtherWeb4},{Internet.OtherWeb6}", Script(door, way, Both, "--source fd00:77::2")).Succeeds();

        Assert.Equal((1, 1), (leaks4.Packets, leaks6.Packets));
    }

    [LabTheory]
    [Ways("pktinfo-ping")]
    [Ways("pktinfo-raw", As = [Who.Root])]
    public void A_ping_that_names_another_interface_is_refused(Who who, WaysDoor door, string way)
    {
        Lab.Supervised(who, Bound, Script(door, way, Both, "--device lan0")).Says("sendmsg EPERM\nsendmsg EPERM\n");
        NothingLeft();

        Lab.Supervised(who, Bound, Script(door, way, Both, "--device ovpn")).Says("pong\npong\n");
        Lab.NothingLeftBy(Side.Lan0);
    }
}
