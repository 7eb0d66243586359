namespace BindToInterface.EndToEnd;

/// <summary>Datagrams of every size and shape reach the far side whole, and sends that block behave as ever.</summary>
[Collection(WaysShapesCollection.Name)]
public sealed class WaysSizeTests(Lab lab) : WaysTest(lab)
{

    private static readonly string[] Both = [Internet.Web4, Internet.Web6];

    [LabTheory]
    [Ways("size-zero", "size-large", "pieces-most", "pieces-large")]
    public void It_reaches_the_far_side_whole(Who who, WaysDoor door, string way)
    {
        foreach (var address in Both)
        {
            // The answer says what came.
            Assert.Equal(Content(SendPlain(who, door, way, address)), Content(Send(who, door, way, address).AnsweredBy(Side.Ovpn, address)));
        }

        static string Content(Result result) => result.Succeeds().Output.Split(' ', 4)[3];
    }

    [LabTheory]
    [Ways("size-largest", "pieces-largest")]
    public void The_largest_datagram_is_sent(Who who, WaysDoor door, string way)
    {
        Lab.Supervised(who, Bound, Script(door, way, Both, "--no-answer")).Says("sent\nsent\n");

        Assert.Equal(2, Lab.Packets(Side.Ovpn)); // counted before they are cut into fragments
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("size-too-large", "pieces-too-many")]
    public void One_that_is_too_large_is_EMSGSIZE(Who who, WaysDoor door, string way)
    {
        Assert.Matches("^(sendto|sendmsg) EMSGSIZE\n$", Send(who, door, way, Internet.Web4).Succeeds().Output);
        Assert.Matches("^(sendto|sendmsg) EMSGSIZE\n$", Send(who, door, way, Internet.Web6).Succeeds().Output);

        NothingLeft();
    }

    [LabTheory]
    [Ways("segments-by-message", "segments-by-option")]
    public void A_send_of_several_segments_is_several_datagrams(Who who, WaysDoor door, string way)
    {
        Send(who, door, way, Internet.Web4).Says("answers 5 ovpn\n");
        Send(who, door, way, Internet.Web6).Says("answers 5 ovpn\n");

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("zero-copy", By = [WaysDoor.Native])]
    public void A_zero_copy_send_is_the_kernel_s(Who who, WaysDoor door, string way)
    {
        foreach (var address in Both)
        {
            var lines = Send(who, door, way, address).Succeeds().OutputLines;
            Assert.Equal(2, lines.Length);
            Assert.StartsWith("ovpn ", lines[0], StringComparison.Ordinal);
            Assert.Equal("completed", lines[1]);
        }

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("zero-copy", By = [WaysDoor.Native])]
    public void A_zero_copy_send_that_the_supervisor_makes_is_to_be_made_without(Who who, WaysDoor door, string way)
    {
        foreach (var address in Both)
        {
            Send(who, door, way, address, supervise: Mixing).Says("sendto ENOBUFS\n");
        }

        NothingLeft();
    }

    [LabTheory]
    [Ways("zero-copy-unasked", By = [WaysDoor.Native])]
    public void The_flag_alone_means_nothing(Who who, WaysDoor door, string way)
    {
        foreach (var address in Both)
        {
            Send(who, door, way, address).AnsweredBy(Side.Ovpn, address);
        }

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone("blocked-timeout", "sendto EAGAIN", Bound)]
    [Everyone("blocked-interrupted", "sendto EINTR", Bound)]
    [Everyone("blocked-timeout", "sendto EAGAIN", Mixing)]
    [Everyone("blocked-interrupted", "sendto EINTR", Mixing)]
    public void A_send_that_blocks_ends_as_the_program_wants_it(Who who, string way, string outcome, string options)
    {
        Lab.Run(who, WaysProgram.Words(WaysDoor.Native, $"--other {Neighbours.Nobody()}", way, Internet.Web4, "7")).Says($"{outcome}\n");

        Lab.Supervised(who, options, WaysProgram.Words(WaysDoor.Native, $"--other {Neighbours.Nobody()}", way, Internet.Web4, "7")).Says($"{outcome}\n");

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone(Bound)]
    [Everyone(Mixing)]
    public void While_a_send_blocks_others_go_on(Who who, string options)
    {
        var lines = Lab
            .Supervised(who, options, WaysProgram.Words(WaysDoor.Native, $"--other {Neighbours.Nobody()}", "blocked-meanwhile", Internet.Web4, "7"))
            .Succeeds().OutputLines;

        Assert.Equal("meanwhile", lines[^1]);
        Assert.Equal(50, lines.Count(line => line.StartsWith("ovpn ", StringComparison.Ordinal)));
        Lab.NothingLeftBy(Side.Lan0);
    }
}
