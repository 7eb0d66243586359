namespace BindToInterface.EndToEnd;

/// <summary>While the program runs, a line tells of each thing that happens to the interface.</summary>
public sealed class InterfaceEventTests
{
    private const string Prefix = "bti-supervise: interface ovpn: ";

    /// <summary>Each event is told, in one line, before the next is made.</summary>
    [LabTheory]
    [Everyone]
    public void Each_event_is_a_line(Who who)
    {
        using var own = new Lab();
        using Running program = own.Start(who, Lab.Supervise("--interface ovpn", "cat"));
        HasStarted(program);
        (string Event, string Line)[] events =
        [
            ("ip route del default dev ovpn", "IPv4 has no route through it any more: connections fail; type: ip route add default via 10.8.0.1 dev ovpn metric 1000"),
            ("ip route add default via 10.8.0.1 dev ovpn metric 1000", "IPv4 has a route through it again"),
            ("ip address del 10.8.0.3/24 dev ovpn", "10.8.0.3 is no address of it any more: connections from there break"),
            ("ip address add 10.8.0.9/24 dev ovpn", "10.8.0.9 is an address of it now"),
            ("ip link set ovpn down", "down: connections fail until it is up"),
            ("ip address add fd00:8::2/64 dev ovpn nodad; ip address add fd00:8::3/64 dev ovpn nodad preferred_lft 0; ip link set ovpn up; ip route add default via 10.8.0.1 dev ovpn metric 1000; ip -6 route add default via fd00:8::1 dev ovpn metric 2048", "up again"),
            ("ip -netns ovpn link set client down", "no carrier any more: nothing goes out until it is back"),
            ("ip -netns ovpn link set client up", "the carrier is back"),
            ("ip link set ovpn down; ip link set ovpn name unplugged", "no such device; connections are refused until it appears"),
            ("ip link set unplugged name ovpn; ip link set ovpn up; ip route add default via 10.8.0.1 dev ovpn metric 1000", "it is back, connections work"),
        ];

        foreach ((string command, string line) in events)
        {
            own.Run(Who.Root, "sh", "-ec", command).Succeeds();
            program.WaitForError($"{Prefix}{line}\n");
        }

        Assert.Equal(events.Select(each => $"{Prefix}{each.Line}"), program.Finish().Succeeds().ErrorLines[..events.Length]);
        own.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void Made_anew_is_a_line(Who who)
    {
        using var own = new Lab();
        using Running program = own.Start(who, Lab.Supervise("--interface ovpn", "cat"));
        HasStarted(program);

        own.Run(Who.Root, "sh", "-ec", "ip link del ovpn; ip link add ovpn type veth peer name client netns ovpn; ip address add 10.8.0.2/24 dev ovpn; ip link set ovpn up; ip -netns ovpn link set client up").Succeeds();

        program.WaitForError($"{Prefix}made anew\n");
        Assert.Equal($"{Prefix}made anew", program.Finish().Succeeds().ErrorLines[0]);
    }

    [LabTheory]
    [Everyone]
    public void Quiet_says_nothing(Who who)
    {
        using var own = new Lab();
        using Running program = own.Start(who, Lab.Supervise("-q --interface ovpn", "cat"));
        HasStarted(program, isWatched: false);

        own.Run(Who.Root, "ip", "link", "set", "ovpn", "down").Succeeds();

        Assert.Empty(program.Finish().Succeeds().Error);
    }

    /// <summary>
    /// From here on all is told. What happens once the warnings of the start have been written is told as well, but nothing shows from
    /// outside when that is.
    /// </summary>
    private static void HasStarted(Running program, bool isWatched = true)
    {
        program.Input.Write("started\n"u8);
        program.Input.Flush();
        program.WaitForOutput("started\n");
        if (isWatched)
        {
            Wait.Until(() => Threads(program.Pid).Contains("interface watch"), () => $"no thread watches the interfaces of {program}");
        }
    }

    private static IEnumerable<string> Threads(int pid)
    {
        foreach (string thread in Directory.GetDirectories($"/proc/{pid}/task"))
        {
            string name = "";
            try
            {
                name = File.ReadAllText($"{thread}/comm").TrimEnd('\n');
            }
            catch (IOException)
            {
                // It has ended meanwhile.
            }

            yield return name;
        }
    }
}
