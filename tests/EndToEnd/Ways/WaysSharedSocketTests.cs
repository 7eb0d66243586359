namespace BindToInterface.EndToEnd;

/// <summary>One datagram socket that talks to excluded and to other destinations: each packet takes its right way.</summary>
[Collection(WaysShapesCollection.Name)]
public sealed class WaysSharedSocketTests(Lab lab) : WaysTest(lab)
{
    private const string Excluding = $"{Bound} --exclude {Internet.OtherWeb4},{Internet.OtherWeb6}";
    private const int Threads = 8;

    [LabTheory]
    [Ways("many-threads")]
    public void Many_threads_send_to_both_at_once(Who who, WaysDoor door, string way)
    {
        const int count = 200;

        foreach (var address in (string[])[Internet.Web4, Internet.Web6, Mapped])
        {
            Send(who, door, way, address, $"--count {count}", Excluding)
                .Says(string.Concat(new[] { $"{address} ovpn {Threads * count}\n", $"{Other(address)} lan0 {Threads * count}\n" }.Order(StringComparer.Ordinal)));
        }

        Assert.Equal((3 * Threads * count, 3 * Threads * count), (Lab.Packets(Side.Lan0), Lab.Packets(Side.Ovpn)));
    }

    [LabTheory]
    [Everyone("server", Internet.Web4)]
    [Everyone("server-by-pktinfo", Internet.Web4)]
    [Everyone("server", Internet.Web6)]
    [Everyone("server-by-pktinfo", Internet.Web6)]
    public void A_server_on_all_interfaces_hears_and_answers_both_sides_after_it_sent_by_both(Who who, string way, string address)
    {
        var four = address == Internet.Web4;
        const string port = "4040";
        var excluding = $"{Bound} --exclude {Internet.OtherWeb4},{Internet.OtherWeb6},192.168.77.0/24,fd00:77::/64";
        string[] words = WaysProgram.Words(WaysDoor.Native, $"--other {Other(address)} --count 2", way, address, "7", port);
        using var server = Lab.Start(who, Lab.Supervise(excluding, words));
        server.WaitForOutput("ready");

        Ask(Side.Lan0, four ? "192.168.77.1" : "fd00:77::1");
        Ask(Side.Ovpn, four ? "10.8.0.1" : "fd00:8::1");

        var lines = server.Finish().Succeeds().OutputLines;
        Assert.StartsWith("ovpn ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("lan0 ", lines[1], StringComparison.Ordinal);
        Assert.Equal(
            ["ready", four ? "from 192.168.77.1" : "from fd00:77::1", four ? "from 10.8.0.1" : "from fd00:8::1"],
            lines[2..]);

        void Ask(Side side, string from) => Lab
            .Run(
                Who.Root,
                [
                    "nsenter", $"--net=/run/netns/{side}",
                    .. WaysProgram.Words(WaysDoor.Native, $"--source {from}", "sendto-udp-bound-address", Local(side, address), port),
                ])
            .Says("server\n");
    }

    [LabTheory]
    [Everyone("server")]
    [Everyone("server-by-pktinfo")]
    public void A_server_s_answer_to_a_side_that_is_not_excluded_does_not_leave_by_it(Who who, string way)
    {
        string[] words = WaysProgram.Words(WaysDoor.Native, $"--other {Internet.OtherWeb4} --count 1", way, Internet.Web4, "7", "4040");
        using var server = Lab.Start(who, Lab.Supervise(Bound, words));
        server.WaitForOutput("ready");

        Lab.Run(Who.Root, ["nsenter", "--net=/run/netns/lan0", .. WaysProgram.Words(WaysDoor.Native, "--no-answer", "sendto-udp", "192.168.77.2", "4040")])
            .Says("sent\n");

        server.Finish().Succeeds();
        Lab.NothingLeftBy(Side.Lan0);
    }
}
