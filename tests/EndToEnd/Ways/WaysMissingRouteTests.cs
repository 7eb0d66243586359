namespace BindToInterface.EndToEnd;

/// <summary>Where the interface has no route to a destination, another's is not taken instead.</summary>
public sealed class WaysMissingRouteTests
{
    [LabTheory]
    [Everyone("")]
    [Everyone("--source-ip 10.8.0.3,fd00:8::3")]
    public void It_is_unreachable_or_unanswered_and_does_not_leak(Who who, string options)
    {
        // A source address makes IPv6 take a PKTINFO's interface for a wish (ip6_route_output_flags).
        using var own = new Lab();
        own.Run(Who.Root, "sh", "-ec", "ip -6 route del default dev ovpn; ip route del default dev ovpn").Succeeds();

        foreach (var address in (string[])[Internet.Web4, Internet.Web6])
        {
            var source = address == Internet.Web4 ? "10.8.0.3" : "fd00:8::3";
            foreach (var way in (string[])["connect-tcp-nonblocking", "connect-udp", "sendto-udp", "sendto-udp-bound-address", "sendmsg-udp", "pktinfo-address", "sendto-ping"])
            {
                var words = WaysProgram.Words(WaysDoor.Native, $"--source {source} --no-answer", way, address, "7");
                own.Supervised(who, $"--interface ovpn {options}", words).Succeeds();
                Assert.True(own.Packets(Side.Lan0) == 0, $"{way} to {address} left by lan0");
            }
        }
    }
}
