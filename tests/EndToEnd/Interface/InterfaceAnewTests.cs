namespace BindToInterface.EndToEnd;

/// <summary>An interface that is deleted and made anew, with the same name and addresses: the kernel gives it another number.</summary>
[Collection(WaysCollection.Name)]
public sealed class InterfaceAnewTests(Lab lab) : WaysTest(lab)
{
    private const string Remake = """
        ip link del ovpn
        ip link add ovpn type veth peer name client netns ovpn
        ip -netns ovpn -batch - <<COMMANDS
        address add 10.8.0.1/24 dev client
        address add fd00:8::1/64 dev client nodad
        link set client up
        COMMANDS
        ip -batch - <<COMMANDS
        address add 10.8.0.2/24 dev ovpn
        address add fd00:8::2/64 dev ovpn nodad
        link set ovpn up
        route add default via 10.8.0.1 dev ovpn metric 500
        route add default via fd00:8::1 dev ovpn metric 2048
        COMMANDS
        """;

    private static readonly string[] Families = [Internet.Web4, Internet.Web6];

    /// <summary>What is done with a socket before the interface is made anew ("wait"), and afterwards.</summary>
    private static readonly string[] UsedAgain =
    [
        "connect wait connect ask",
        "try-sendto hear wait try-sendto hear",
        "connect try-sendto hear wait try-sendto hear",
        "bind-source connect wait connect ask",
        "bind-source try-sendto hear wait try-sendto hear",
        "bind-port try-sendto hear wait try-sendto hear",
        "ping connect wait connect ask",
        "ping try-sendto hear wait try-sendto hear",
    ];

    [LabTheory]
    [Everyone]
    public void A_datagram_socket_from_before_is_used_again(Who who)
    {
        using var own = new Lab();
        List<(string Address, Running Program)> programs =
            [.. from address in Families from steps in UsedAgain select (address, Start(own, who, Bound, address, steps))];

        MakeAnew(own, programs.Select(each => each.Program));

        foreach ((string address, Running program) in programs)
        {
            using (program)
            {
                // Connected UDP sockets are told as lost, until they are used again.
                string answer = GoOn(program).OutputLines[^1];
                Assert.True(
                    answer == "pong" || answer.StartsWith($"ovpn {Side.Ovpn.ClientFor(address)} ", StringComparison.Ordinal), $"{answer} of {program}");
                Assert.DoesNotMatch(@" refused ovpn: ", program.Error);
            }
        }

        own.NothingLeftBy(Side.Lan0);
    }

    /// <summary>A server's datagrams are steered by the number of the interface, which stays when another name is given to it.</summary>
    [LabTheory]
    [Everyone(Internet.Web4)]
    [Everyone(Internet.Web6)]
    public void A_server_s_datagrams_leave_no_more_once_the_interface_has_another_name(Who who, string address)
    {
        using var own = new Lab();
        using Running program = Start(own, who, Bound, address, "bind-port try-sendto hear wait try-sendto");
        program.WaitForOutput("waits\n");

        own.Run(Who.Root, "sh", "-ec", "ip link set ovpn down; ip link set ovpn name former; ip link set former up").Succeeds();
        Result result = GoOn(program);

        Assert.Equal("sendto ENETUNREACH", result.OutputLines[^1]);
        Assert.Contains("interface ovpn: no such device", result.Error, StringComparison.Ordinal);
        own.NothingLeftBy(Side.Lan0);
    }

    /// <summary>Its sends do not stop in the supervisor.</summary>
    [LabFact]
    public void A_connected_datagram_socket_of_root_s_goes_on()
    {
        using var own = new Lab();
        Running[] programs = [.. Families.Select(address => Start(own, Who.Root, $"{Bound} -v", address, "connect wait send hear"))];

        MakeAnew(own, programs);

        foreach ((string address, Running program) in Families.Zip(programs))
        {
            using (program)
            {
                program.WaitForError("made anew; connections from before go on: ways[");
                Assert.StartsWith($"ovpn {Side.Ovpn.ClientFor(address)} ", GoOn(program).OutputLines[^1], StringComparison.Ordinal);
            }
        }

        own.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [InlineData(Internet.Web4)]
    [InlineData(Internet.Web6)]
    public void A_connection_of_root_s_goes_on(string address)
    {
        using var own = new Lab();
        using var program = own.Start(Who.Root, Lab.Supervise($"{Bound} -v", WaysProgram.Words(WaysDoor.Native, "", "keep-tcp", address, "7")));
        program.WaitForOutput($"ovpn {Side.Ovpn.ClientFor(address)} ");
        Type(program, "before\n");
        program.WaitForOutput("before\n");

        own.Run(Who.Root, "sh", "-ec", Remake).Succeeds();
        program.WaitForError("made anew; connections from before go on: ways[");
        Type(program, "after\n");

        Assert.Equal(["before", "after"], program.Finish().Succeeds().OutputLines[1..]);
        own.NothingLeftBy(Side.Lan0);
    }

    [LabFact]
    public void A_connection_of_root_s_goes_on_when_the_supervisor_has_descriptors_again()
    {
        using var own = new Lab();
        using var program = own.Start(Who.Root, Lab.Supervise($"{Bound} -v", WaysProgram.Words(WaysDoor.Native, "", "keep-tcp", Internet.Web4, "7")));
        program.WaitForOutput($"ovpn {Side.Ovpn.ClientFor(Internet.Web4)} ");
        // Then the interface is watched.
        own.Run(Who.Root, "sh", "-ec", Remake).Succeeds();
        program.WaitForError("made anew; connections from before go on: ways[");
        void Limit(string descriptors) => own.Run(Who.Root, "prlimit", "--pid", $"{program.Pid}", $"--nofile={descriptors}:").Succeeds();

        Limit("3");
        own.Run(Who.Root, "sh", "-ec", Remake).Succeeds();
        own.Run(Who.Root, "sh", "-ec", Remake).Succeeds();
        Limit("1000");

        Wait.Until(() => program.Error.Split("connections from before go on").Length > 2, () => $"they do not go on: {program}");
        Type(program, "after\n");
        Assert.Equal(["after"], program.Finish().Succeeds().OutputLines[1..]);
        own.NothingLeftBy(Side.Lan0);
    }

    [LabFact]
    public void One_line_tells_an_ordinary_user_which_program_has_lost_connections()
    {
        using var own = new Lab();
        string[] keep = WaysProgram.Words(WaysDoor.Native, "", "keep-tcp", Internet.Web4, "7");
        using var program = own.Start(Who.User, Lab.Supervise(Bound, "sh", "-c", $"sleep 1000 | {string.Join(' ', keep)} & exec {string.Join(' ', keep)}"));
        Wait.Until(() => program.Output.Count(letter => letter == '\n') == 2, () => $"not both are connected of {program}");

        own.Run(Who.Root, "sh", "-ec", Remake).Succeeds();
        program.WaitForError("interface ovpn: made anew; connections from before are lost: ways[");
        program.WaitForError("(1); with CAP_NET_RAW");
        // A second time they are not told again.
        own.Run(Who.Root, "sh", "-ec", Remake).Succeeds();
        own.Supervised(Who.User, Bound, WaysProgram.Words(WaysDoor.Native, "", "connect-tcp", Internet.Web4, "7")).AnsweredBy(Side.Ovpn, Internet.Web4);

        string line = Assert.Single(program.Error.Split('\n'), line => line.Contains("connections from before", StringComparison.Ordinal));
        Assert.Equal(2, line.Split("ways[").Length - 1);
        own.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void An_interface_that_returns_without_the_address_loses_the_connection(Who who)
    {
        using var own = new Lab();
        using var program = own.Start(who, Lab.Supervise(Bound, WaysProgram.Words(WaysDoor.Native, "", "keep-tcp", Internet.Web4, "7")));
        program.WaitForOutput("ovpn 10.8.0.2 ");

        own.Run(Who.Root, "sh", "-ec", Remake.Replace("10.8.0.2/", "10.8.0.9/", StringComparison.Ordinal)).Succeeds();

        program.WaitForError("interface ovpn: made anew; connections from before are lost: ways[");
        own.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone(Internet.Web4)]
    [Everyone(Internet.Web6)]
    public void A_TCP_socket_from_before_is_connected_by_root_and_refused_to_others_in_true_words(Who who, string address)
    {
        using var own = new Lab();
        using var program = own.Start(who, Lab.Supervise(Bound, WaysProgram.Words(WaysDoor.Native, "", "retry-tcp", address, "7")));
        program.WaitForOutput("connect ECONNREFUSED\n");

        own.Run(Who.Root, "sh", "-ec", Remake).Succeeds();
        var result = GoOn(program);

        if (who == Who.Root)
        {
            Assert.StartsWith($"ovpn {Side.Ovpn.ClientFor(address)} ", result.OutputLines[^1], StringComparison.Ordinal);
        }
        else
        {
            result.Says("connect ECONNREFUSED\nconnect ENETUNREACH\n");
            Assert.Contains(
                "ENETUNREACH: the socket was bound to ovpn before that was made anew, and only CAP_NET_RAW could bind it again; a new socket works",
                result.Error, StringComparison.Ordinal);
        }

        own.NothingLeftBy(Side.Lan0);
    }

    private static Running Start(Lab own, Who who, string options, string address, string steps) => own.Start(
        who, Lab.Supervise(options, [.. WaysProgram.Words(WaysDoor.Native, $"--source {Local(Side.Ovpn, address)}", "steps", address, "7"), .. steps.Split(' ')]));

    private static void MakeAnew(Lab own, IEnumerable<Running> programs)
    {
        foreach (Running program in programs)
        {
            program.WaitForOutput("waits\n");
        }

        own.Run(Who.Root, "sh", "-ec", Remake).Succeeds();
    }

    private static Result GoOn(Running program)
    {
        Type(program, "\n");
        return program.Finish().Succeeds();
    }

    private static void Type(Running program, string text)
    {
        program.Input.Write(System.Text.Encoding.ASCII.GetBytes(text));
        program.Input.Flush();
    }
}
