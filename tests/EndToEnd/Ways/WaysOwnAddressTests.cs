using System.Globalization;

namespace BindToInterface.EndToEnd;

/// <summary>Destinations that are this host's own addresses, and sources that are on another interface than the route's.</summary>
[Collection(WaysCollection.Name)]
public sealed class WaysOwnAddressTests(Lab lab) : WaysTest(lab)
{
    private static readonly string[] OfLan0 = [Side.Lan0.Address4, Side.Lan0.Address6, $"::ffff:{Side.Lan0.Address4}"];

    [LabTheory]
    [Ways("connect-tcp-nonblocking", "connect-udp", "sendto-udp", "sendmsg-udp")]
    public void Another_interface_s_is_unreachable_at_once_with_the_remedy(Who who, WaysDoor door, string way)
    {
        foreach (var address in OfLan0)
        {
            var result = Send(who, door, way, address, supervise: $"{Bound} -v").Says($"{way.Split('-')[0]} ENETUNREACH\n");

            Assert.Contains($"'--exclude {address.Replace("::ffff:", "", StringComparison.Ordinal)}'", result.Error, StringComparison.Ordinal);
        }

        NothingLeft();
    }

    [LabTheory]
    [Ways("connect-tcp", "connect-udp")]
    public void With_the_remedy_it_is_reached(Who who, WaysDoor door, string way)
    {
        foreach (var address in OfLan0)
        {
            // Nobody listens there, which is told at once.
            var outcome = Send(who, door, way, address, supervise: $"{Bound} --exclude {Side.Lan0.Address4},{Side.Lan0.Address6}", port: 9).Output;

            Assert.Contains("ECONNREFUSED", outcome, StringComparison.Ordinal);
        }
    }

    [LabTheory]
    [Ways("connect-tcp", "connect-udp")]
    public void The_interface_s_own_are_reached(Who who, WaysDoor door, string way)
    {
        foreach (var address in (string[])["10.8.0.2", "10.8.0.3", "fd00:8::2", "fd00:8::3", "::ffff:10.8.0.2"])
        {
            // Nobody listens there. A bound datagram socket is not told of that.
            Send(who, door, way, address, "--no-answer", port: 9).Says(way == "connect-tcp" ? "connect ECONNREFUSED\n" : "sent\n");
        }
    }

    [LabTheory]
    [Everyone]
    public void By_the_loopback_interface_its_own_are_reached_and_no_others(Who who)
    {
        foreach (var address in (string[])["127.0.0.1", "127.0.0.2", "::1"])
        {
            Assert.Contains("ECONNREFUSED", Send(who, WaysDoor.Native, "connect-tcp", address, supervise: "--interface lo", port: 9).Output, StringComparison.Ordinal);
        }

        Send(who, WaysDoor.Native, "connect-tcp-nonblocking", Side.Lan0.Address4, supervise: "--interface lo", port: 9).Says("connect ENETUNREACH\n");
    }

    /// <summary>A gateway may have the same link-local address as another interface of this host.</summary>
    [LabTheory]
    [Everyone]
    public void A_link_local_address_is_not_taken_for_another_interface_s(Who who)
    {
        using var own = new Lab();
        own.Run(Who.Root, "sh", "-ec", "ip address add fe80::99/64 dev lan0; ip -netns ovpn address add fe80::99/64 dev client nodad").Succeeds();

        string[] words = WaysProgram.Words(WaysDoor.Native, "", "connect-tcp-nonblocking", "fe80::99%ovpn", "9");
        own.Supervised(who, Bound, words).Says("later-connect ECONNREFUSED\n");
    }

    [LabTheory]
    [Ways("sendto-udp-bound-address", "connect-udp-bound-address")]
    public void A_socket_that_is_bound_to_a_broadcast_address_sends_from_the_interface(Who who, WaysDoor door, string way)
    {
        foreach (var (source, options) in ((string, string)[])[
            ("192.168.77.255", Bound), ("10.8.0.255", Bound), ("192.168.77.255", $"{Bound} --source-ip 10.8.0.3")])
        {
            using var packets = new WaysCounter(Lab, $"oifname ovpn ip saddr {(options == Bound ? "10.8.0.2" : "10.8.0.3")} udp dport 7");

            // It hears what is sent to that address alone.
            Send(who, door, way, Internet.Web4, $"--source {source} --no-answer", options).Says("sent\n");

            Assert.True(packets.Packets == 1, $"{packets.Packets} packets from {source}");
        }

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void An_excluded_datagram_goes_by_the_route_s_interface_whoever_has_its_source(Who who)
    {
        using var own = new Lab();
        own.Run(Who.Root, "sh", "-ec", "ip address add 10.99.0.1/32 dev lo; ip route replace default via 192.168.77.1 dev lan0 src 10.99.0.1; ip -netns lan0 route add 10.99.0.1 via 192.168.77.2").Succeeds();
        string[] words = WaysProgram.Words(WaysDoor.Native, $"--other {Internet.OtherWeb4}", "peer-after-sendto", Internet.Web4, Internet.Echo.ToString(CultureInfo.InvariantCulture));

        own.Supervised(who, $"{Bound} --exclude {Internet.OtherWeb4}", words).AnsweredBy(Side.Ovpn, Internet.Web4);

        Assert.Equal(1, own.Packets(Side.Lan0));
    }

    /// <summary>Where an excluded address is this host's own, the kernel's answer names the loopback interface.</summary>
    [LabTheory]
    [Everyone("127.0.0.1")]
    [Everyone("192.168.77.2")]
    public void An_excluded_datagram_to_this_host_arrives(Who who, string address)
    {
        const string script = """
            import socket, sys
            server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            server.bind((sys.argv[1], 0))
            server.settimeout(3)
            client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            client.connect(("198.51.100.1", 7))
            client.sendto(b"to this host", server.getsockname())
            print(server.recv(100).decode())
            """;

        Lab.Supervised(who, $"{Bound} --exclude {address}", "python3", "-c", script, address).Says("to this host\n");
    }
}
