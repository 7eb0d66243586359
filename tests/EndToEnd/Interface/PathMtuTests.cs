namespace BindToInterface.EndToEnd;

/// <summary>
/// A hop behind each uplink that lets through no more than 1,280 bytes: datagrams of 1,400 are lost until the kernel has learned
/// that. What it learns belongs to the device that the socket is bound to.
/// </summary>
[Collection(WaysCollection.Name)]
public sealed class PathMtuTests(Lab lab) : WaysTest(lab)
{
    private const string Far4 = "198.51.100.7";
    private const string Far6 = "2001:db8:1::7";

    private const string Arrives = "answered";
    private const string IsRefused = "EMSGSIZE";

    /// <summary>The far sides' routers get a hop more, beyond which an echo of their own answers.</summary>
    private const string MakeHops = """
        for side in lan0 ovpn; do
            ip netns add beyond-$side
            ip -n $side link add hop mtu 1280 type veth peer name hop mtu 1280 netns beyond-$side
            ip -n $side -batch - <<COMMANDS
        address add 10.99.0.1/24 dev hop
        address add fd00:99::1/64 dev hop nodad
        link set hop up
        route add 198.51.100.7 via 10.99.0.2
        route add 2001:db8:1::7 via fd00:99::2
        COMMANDS
            ip -n beyond-$side -batch - <<COMMANDS
        link set lo up
        address add 198.51.100.7/32 dev lo
        address add 2001:db8:1::7/128 dev lo nodad
        address add 10.99.0.2/24 dev hop
        address add fd00:99::2/64 dev hop nodad
        link set hop up
        route add default via 10.99.0.1
        route add default via fd00:99::1
        COMMANDS
            ip netns exec $side sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
        done
        """;

    [LabTheory]
    [Everyone("")]
    [Everyone("--exclude 2001:db8:ffff::/48")]
    [Everyone("--source-ip 10.8.0.3")]
    public void An_IPv4_client_hears_of_it_as_with_a_device_alone(Who who, string options)
    {
        using var own = new Far();
        foreach (string words in (string[])["", "sendmsg", "connect", "bind-0", "bind-0 connect"])
        {
            foreach ((string more, string outcome) in (ReadOnlySpan<(string, string)>)[("", Arrives), ("whole", IsRefused)])
            {
                own.Forget();
                own.Lab.Run(who, Mtu("--device ovpn", Far4, $"{words} {more}")).Says($"{outcome} ovpn\n");
                own.Forget();
                own.Lab.Supervised(who, $"{Bound} {options}", Mtu("", Far4, $"{words} {more}")).Says($"{outcome} ovpn\n");
                // What others send by the default route is as large as before.
                Assert.DoesNotContain("mtu", own.RouteTo(Far4), StringComparison.Ordinal);
            }
        }

        own.Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>
    /// In IPv6 the kernel looks for the route to write it down by address, whatever device the socket is bound to. A rule for the
    /// interface mends that, for sockets that were bound by anybody.
    /// </summary>
    [LabTheory]
    [Everyone("")]
    [Everyone("--exclude 192.0.2.0/24")]
    public void An_IPv6_client_hears_of_it_as_with_a_device_alone_and_a_rule_for_the_interface(Who who, string options)
    {
        using var own = new Far();
        own.Lab.Run(Who.Root, "sh", "-ec", "ip -6 route add default via fd00:8::1 dev ovpn table 100; ip -6 rule add oif ovpn table 100").Succeeds();
        foreach (string words in (string[])["", "sendmsg", "connect", "bind-0", "bind-0 connect"])
        {
            own.Lab.Supervised(who, $"{Bound} {options}", Mtu("", Far6, words)).Says($"{Arrives} ovpn\n");
            own.Lab.Supervised(who, $"{Bound} {options}", Mtu("", Far6, $"{words} whole")).Says($"{IsRefused} ovpn\n");
        }

        Assert.DoesNotContain("mtu", own.RouteTo(Far6), StringComparison.Ordinal);
        own.Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>They hear on all interfaces; what they send is led by the interface packet by packet.</summary>
    [LabTheory]
    [Everyone]
    public void A_server_and_a_socket_that_may_mix_stay_unbound(Who who)
    {
        foreach ((string options, string address, string words) in (ReadOnlySpan<(string, string, string)>)
        [
            ("", Internet.Web4, "server"), ("", Internet.Web6, "server"), ("", Mapped, "server"),
            ("--exclude 192.0.2.0/24", Internet.Web4, ""), ("--exclude 192.0.2.0/24", Mapped, ""),
            ("--exclude 2001:db8:ffff::/48", Internet.Web6, ""), ("--exclude 2001:db8:ffff::/48", Mapped, ""),
        ])
        {
            Lab.Supervised(who, $"{Bound} {options}", Mtu("", address, words)).Says($"{Arrives} unbound\n");
        }

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone(Internet.Web4)]
    [Everyone(Internet.Web6)]
    public void A_client_that_binds_later_is_told_what_it_is_told_plain(Who who, string address)
    {
        foreach (string steps in (string[])["try-sendto hear bind-0", "try-sendto hear bind-port"])
        {
            string[] words = [.. WaysProgram.Words(WaysDoor.Native, "", "steps", address, "7"), .. steps.Split(' ')];
            Assert.Equal("bind EINVAL", Lab.Run(who, words).Succeeds().OutputLines[^1]);
            Lab.Reset();

            var result = Lab.Bound(who, words).Succeeds();
            Assert.StartsWith($"ovpn {Side.Ovpn.ClientFor(address)} ", result.Output, StringComparison.Ordinal);
            Assert.Equal("bind EINVAL", result.OutputLines[^1]);
            Lab.NothingLeftBy(Side.Lan0);
        }
    }

    [LabTheory]
    [Everyone(Internet.Web4)]
    [Everyone(Internet.Web6)]
    [Everyone(Mapped)]
    public void A_port_that_the_kernel_chose_stays_the_socket_s(Who who, string address)
    {
        string[] words = [.. WaysProgram.Words(WaysDoor.Native, "", "steps", address, "7"), "bind-0", "try-sendto", "hear", "try-sendto", "hear"];

        // It would say "port changed".
        Lab.Bound(who, words).AnsweredBy(Side.Ovpn, address);
        Lab.NothingLeftBy(Side.Lan0);
    }

    private static string[] Mtu(string options, string address, string words) =>
        [.. WaysProgram.Words(WaysDoor.Native, options, "mtu", address, "7"), .. words.Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>A lab with the hops, and what answers beyond them.</summary>
    private sealed class Far : IDisposable
    {
        private readonly List<Running> servers = [];

        public Far()
        {
            Lab.Run(Who.Root, "sh", "-ec", MakeHops).Succeeds();
            foreach (string side in (string[])["lan0", "ovpn"])
            {
                foreach (string address in (string[])[Far4, Far6])
                {
                    servers.Add(Lab.Start(Who.Root, ["ip", "netns", "exec", $"beyond-{side}", Programs.C("serve"), "-u", address, "7"]));
                    servers[^1].WaitForOutput("listening");
                }
            }

            Lab.Reset();
        }

        public Lab Lab { get; } = new();

        public void Forget()
        {
            Lab.Run(Who.Root, "ip", "route", "flush", "cache").Succeeds();
            Lab.Reset();
        }

        public string RouteTo(string address) => Lab.Run(Who.Root, "ip", "route", "get", address).Succeeds().Output;

        public void Dispose()
        {
            servers.ForEach(server => server.Dispose());
            Lab.Dispose();
        }
    }
}
