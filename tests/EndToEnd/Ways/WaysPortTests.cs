namespace BindToInterface.EndToEnd;

/// <summary>A datagram socket that is turned between excluded and other destinations keeps its port, as it does plain.</summary>
[Collection(WaysCollection.Name)]
public sealed class WaysPortTests(Lab lab) : WaysTest(lab)
{
    private const string Way = "steps";
    private const string Sources = "--source-ip 10.8.0.3,fd00:8::3";
    private static readonly string[] Addresses = [Internet.Web4, Internet.Web6, Mapped];

    [LabTheory]
    [InlineData("connect-other connect ask")]
    [InlineData("bind-0 connect-other connect ask")]
    [InlineData("bind-port connect-other connect ask")]
    [InlineData("reuseaddr bind-0 connect-other connect ask")]
    [InlineData("reuseport bind-0 connect-other connect ask")]
    [InlineData("no-port bind-0 connect-other connect ask")]
    [InlineData("sendto-other connect-other connect ask")]
    [InlineData("sendto-other connect ask")]
    [InlineData("connect-other connect connect-other connect ask")]
    [InlineData("udplite connect-other connect ask")]
    public void Its_port_stays_the_same(string steps)
    {
        foreach (Who who in Enum.GetValues<Who>())
        {
            foreach (var address in Addresses)
            {
                // What plain gives, but for the way: never a line about the port.
                Steps(who, address, steps, $"{Bound} --exclude {Internet.OtherWeb4},{Internet.OtherWeb6}").AnsweredBy(Side.Ovpn, address);
                Steps(who, address, steps, $"{Bound} --exclude {Internet.Web4},{Internet.Web6}").AnsweredBy(Side.Lan0, address);
            }
        }
    }

    [LabTheory]
    [InlineData("ping connect-other connect ask")]
    [InlineData("ping bind-0 connect-other connect ask")]
    [InlineData("ping bind-port connect-other connect ask")]
    public void A_ping_socket_s_identifier_stays_the_same(string steps)
    {
        foreach (Who who in Enum.GetValues<Who>())
        {
            foreach (var address in (string[])[Internet.Web4, Internet.Web6])
            {
                Steps(who, address, steps, $"{Bound} --exclude {Internet.OtherWeb4},{Internet.OtherWeb6}").Says("pong\n");
                Steps(who, address, steps, $"{Bound} --exclude {Internet.Web4},{Internet.Web6}").Says("pong\n");
            }
        }
    }

    [LabTheory]
    [InlineData("connect ask")]
    [InlineData("bind-0 connect ask")]
    [InlineData("bind-port connect ask")]
    [InlineData("sendto connect ask")]
    [InlineData("bind-0 sendto connect ask")]
    [InlineData("connect-other connect ask")]
    [InlineData("bind-0 connect-other connect ask")]
    [InlineData("bind-port connect-other connect ask")]
    [InlineData("connect connect-other connect ask")]
    public void With_a_source_of_the_user_s_choice_as_well(string steps)
    {
        foreach (Who who in Enum.GetValues<Who>())
        {
            foreach (var address in Addresses)
            {
                string source = address == Internet.Web6 ? "fd00:8::3" : "10.8.0.3";
                var result = Steps(who, address, steps, $"{Bound} {Sources} --exclude {Internet.OtherWeb4},{Internet.OtherWeb6}").Succeeds();

                Assert.True(result.Output.StartsWith($"ovpn {source} ", StringComparison.Ordinal), $"{source} of {result}");
                if (!steps.Contains("sendto", StringComparison.Ordinal))
                {
                    // Connected, IPv6 could not send to an excluded destination.
                    Steps(who, address, $"connect-other {steps}", $"{Bound} {Sources} --exclude {Internet.Web4},{Internet.Web6}", bindsFirst: true)
                        .AnsweredBy(Side.Lan0, address);
                }
            }
        }
    }

    /// <summary>What getsockname tells as its port is its protocol.</summary>
    [LabTheory]
    [Ways("connect-raw", As = [Who.Root])]
    public void A_raw_socket_takes_a_source_of_the_user_s_choice(Who who, WaysDoor door, string way)
    {
        using var four = new WaysCounter(Lab, "oifname ovpn ip saddr 10.8.0.3 icmp type echo-request");
        using var six = new WaysCounter(Lab, "oifname ovpn ip6 saddr fd00:8::3 icmpv6 type echo-request");

        Send(who, door, way, Internet.Web4, supervise: $"{Bound} {Sources}", port: 0).Says("pong\n");
        Send(who, door, way, Internet.Web6, supervise: $"{Bound} {Sources}", port: 0).Says("pong\n");

        Assert.Equal((1, 1), (four.Packets, six.Packets));
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways(Way)]
    public void A_connect_that_fails_leaves_the_peer_that_was_there(Who who, WaysDoor door, string way)
    {
        string[] words = WaysProgram.Words(door, "--other 255.255.255.255", way, Internet.Web4, "7", "connect", "connect-other", "ask");
        foreach (string options in (string[])["", Sources])
        {
            string source = options.Length == 0 ? "10.8.0.2" : "10.8.0.3";
            var bound = Lab.Supervised(who, $"{Bound} {options} --exclude 255.255.255.255", words).Succeeds();
            Assert.StartsWith($"connect-other EACCES\novpn {source} ", bound.Output, StringComparison.Ordinal);
            Lab.NothingLeftBy(Side.Lan0);
            Lab.Reset();

            var excluded = Lab.Supervised(who, $"{Bound} {options} --exclude {Internet.Web4}", words).Succeeds();
            Assert.StartsWith("connect-other EACCES\nlan0 192.168.77.2 ", excluded.Output, StringComparison.Ordinal);
            Lab.NothingLeftBy(Side.Ovpn);
            Lab.Reset();
        }
    }

    [LabTheory]
    [Ways(Way)]
    public void A_connect_that_is_refused_leaves_the_peer_that_was_there(Who who, WaysDoor door, string way)
    {
        foreach (var address in Addresses)
        {
            string[] words = WaysProgram.Words(
                door, $"--source {Local(Side.Lan0, address)} --other {Other(address)}", way, address, "7", "bind-source", "connect", "connect-other", "ask");
            var result = Lab.Supervised(who, $"{Bound} --exclude {Internet.Web4},{Internet.Web6}", words).Succeeds();

            Assert.StartsWith($"connect-other EADDRNOTAVAIL\nlan0 {Side.Lan0.ClientFor(address)} ", result.Output, StringComparison.Ordinal);
        }

        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [InlineData(Who.Root, "")]
    [InlineData(Who.Root, Sources)]
    [InlineData(Who.User, "")]
    [InlineData(Who.User, Sources)]
    public void A_connect_without_a_route_leaves_the_peer_that_was_there(Who who, string options)
    {
        using var own = new Lab();
        own.Run(Who.Root, "ip", "-6", "route", "del", "default", "dev", "ovpn").Succeeds();

        var excluded = own.Supervised(who, $"{Bound} {options} --exclude {Internet.Web6}", Words("connect", "connect-other", "ask")).Succeeds();
        Assert.StartsWith($"connect-other ENETUNREACH\nlan0 {Side.Lan0.Address6} ", excluded.Output, StringComparison.Ordinal);

        if (who == Who.User)
        {
            return;
        }

        // One without a peer still hears everybody. Only root may free it from the interface to send to an excluded one.
        var alone = own.Supervised(who, $"{Bound} {options} --exclude {Internet.Web6}", Words("connect-other", "sendto", "hear")).Succeeds();
        Assert.StartsWith($"connect-other ENETUNREACH\nlan0 {Side.Lan0.Address6} ", alone.Output, StringComparison.Ordinal);

        static string[] Words(params string[] steps) =>
            WaysProgram.Words(WaysDoor.Native, $"--other {Internet.OtherWeb6}", Way, [Internet.Web6, "7", .. steps]);
    }

    /// <summary>Runs the steps, of which none changes the port; where BINDSFIRST is set a bind among them comes first.</summary>
    private Result Steps(Who who, string address, string steps, string supervise, bool bindsFirst = false)
    {
        IEnumerable<string> words = steps.Split(' ');
        if (bindsFirst)
        {
            words = words.OrderBy(word => !word.StartsWith("bind", StringComparison.Ordinal));
        }

        var result = Lab.Supervised(who, supervise, [.. WaysProgram.Words(WaysDoor.Native, $"--other {Other(address)}", Way, address, "7"), .. words]);
        Assert.DoesNotContain("port changed", result.Output, StringComparison.Ordinal);
        return result;
    }
}
