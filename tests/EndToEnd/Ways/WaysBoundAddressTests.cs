namespace BindToInterface.EndToEnd;

/// <summary>A socket that the program itself bound to an address: the interface's is fine, another's would show at the far end.</summary>
[Collection(WaysCollection.Name)]
public sealed class WaysBoundAddressTests(Lab lab) : WaysTest(lab)
{
    private static readonly string[] Addresses = [Internet.Web4, Internet.Web6, Mapped];

    [LabTheory]
    [Ways("connect-tcp-bound-address", "connect-udp-bound-address", "sendto-udp-bound-address", "sendto-fastopen-bound-address")]
    public void Another_interface_s_address_is_refused_with_a_line_that_says_why(Who who, WaysDoor door, string way)
    {
        foreach (var address in Addresses)
        {
            var source = Local(Side.Lan0, address);
            var result = Send(who, door, way, address, $"--source {source}").Says($"{way.Split('-')[0]} EADDRNOTAVAIL\n");

            Assert.Contains(Side.Lan0.ClientFor(address), result.Error, StringComparison.Ordinal);
        }

        NothingLeft();
    }

    [LabTheory]
    [Ways("connect-tcp-bound-address", "connect-udp-bound-address", "sendto-udp-bound-address", "sendto-fastopen-bound-address")]
    public void The_interface_s_own_address_is_kept(Who who, WaysDoor door, string way)
    {
        Assert.StartsWith("ovpn 10.8.0.3 ", Send(who, door, way, Internet.Web4, "--source 10.8.0.3").Succeeds().Output, StringComparison.Ordinal);
        Assert.StartsWith("ovpn 10.8.0.3 ", Send(who, door, way, Mapped, "--source ::ffff:10.8.0.3").Succeeds().Output, StringComparison.Ordinal);
        Assert.StartsWith("ovpn fd00:8::3 ", Send(who, door, way, Internet.Web6, "--source fd00:8::3").Succeeds().Output, StringComparison.Ordinal);

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("connect-tcp-bound-address", "connect-udp-bound-address", "sendto-udp-bound-address")]
    public void Excluded_destinations_are_not_concerned(Who who, WaysDoor door, string way)
    {
        foreach (var address in Addresses)
        {
            Send(who, door, way, address, $"--source {Local(Side.Lan0, address)}", $"{Bound} --exclude {Internet.Web4},{Internet.Web6}")
                .AnsweredBy(Side.Lan0, address);
        }

        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Ways("connect-tcp-bound-address", "connect-udp-bound-address", "sendto-udp-bound-address", By = [WaysDoor.Native])]
    public void Without_the_supervisor_it_leaks(Who who, WaysDoor door, string way)
    {
        foreach (var address in Addresses)
        {
            SendPlain(who, door, way, address, $"--source {Local(Side.Lan0, address)}").AnsweredBy(Side.Lan0, address);
        }
    }

    [LabTheory]
    [Ways("connect-tcp-bound-address", "connect-udp-bound-address", "sendto-udp-bound-address")]
    public void A_link_local_address_of_another_interface_is_refused(Who who, WaysDoor door, string way)
    {
        // Binding to it binds the socket to that interface as well (inet6_bind).
        var source = LinkLocal("lan0");
        SendPlain(who, door, way, Internet.Web6, $"--source {source}%lan0 --no-answer").Succeeds();
        Assert.NotEqual(0, Lab.Packets(Side.Lan0));
        Lab.Reset();

        Send(who, door, way, Internet.Web6, $"--source {source}%lan0").Says($"{way.Split('-')[0]} EADDRNOTAVAIL\n");

        NothingLeft();
    }

    [LabTheory]
    [Everyone]
    public void A_chosen_source_on_another_interface_than_an_uplink_is_the_interface_s_own(Who who)
    {
        using var own = new Lab();
        own.Run(Who.Root, "ip", "address", "add", "10.9.9.9/32", "dev", "lo").Succeeds();
        const string Twice = $"import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.connect(('{Internet.Web4}', 7)); s.connect(('{Internet.OtherWeb4}', 7)); print(s.getsockname()[0])";

        own.Supervised(who, $"{Bound} --source-ip 10.9.9.9", "python3", "-c", Twice).Says("10.9.9.9\n");
        own.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void Curl_fails_with_its_own_message(Who who)
    {
        // Its message goes to standard output: it comes in pieces, and the supervisor's line may come between them.
        var result = Lab.Bound(who, "curl", "-sS", "--stderr", "-", "--interface", Side.Lan0.Address4, Internet.WebUrl(Internet.Web4)).ExitsWith(7);

        Assert.Contains("Failed to connect", result.Output, StringComparison.Ordinal);
        Assert.Contains(result.ErrorLines, line => line.Contains(Side.Lan0.Address4, StringComparison.Ordinal));
        NothingLeft();
    }

    [LabTheory]
    [Everyone]
    public void Curl_may_name_the_interface_s_own_address(Who who)
    {
        Lab.Bound(who, "curl", "-sS", "--interface", "10.8.0.3", Internet.WebUrl(Internet.Web4)).Says("ovpn 10.8.0.3\n");

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void Curl_naming_the_interface_is_bound_and_another_is_refused(Who who)
    {
        Lab.Bound(who, "curl", "-sS", "--interface", "ovpn", Internet.WebUrl(Internet.Web4)).AnsweredBy(Side.Ovpn, Internet.Web4);
        Lab.NothingLeftBy(Side.Lan0);

        Assert.Empty(Lab.Bound(who, "curl", "-sS", "--interface", "if!lan0", Internet.WebUrl(Internet.Web4)).Output);
        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>The client's own link-local address on this interface.</summary>
    private string LinkLocal(string device) =>
        Lab.Run(Who.Root, "ip", "-6", "-oneline", "address", "show", "dev", device, "scope", "link").Succeeds().Output
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Single(word => word.StartsWith("fe80::", StringComparison.Ordinal))
            .Split('/')[0];
}
