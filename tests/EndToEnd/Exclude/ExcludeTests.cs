namespace BindToInterface.EndToEnd;

/// <summary>Destinations on the exclude list are left alone, and no others are.</summary>
[Collection(Collections.Traffic)]
public sealed class ExcludeTests(Lab lab) : LabTest(lab)
{
    /// <summary>Options of talk: a blocking and a non-blocking TCP socket, and a UDP one.</summary>
    private static readonly string[][] Kinds = [[], ["-n"], ["-u"]];

    [LabTheory]
    [Everyone("198.51.100.1", "198.51.100.1", "198.51.100.2")]
    [Everyone("198.51.100.0/31", "198.51.100.1", "198.51.100.2")]
    [Everyone("192.168.77", "192.168.77.9", "192.168.78.9")]
    [Everyone("192.168.77.", "192.168.77.9", "192.168.78.9")]
    [Everyone("192.168.", "192.168.78.9", "172.16.5.5")]
    [Everyone("172.16.0.0/12", "172.16.5.5", "192.168.77.9")]
    [Everyone("10.1", "10.1.0.1", "10.100.0.1")]
    [Everyone("10.1.", "10.1.0.1", "10.100.0.1")]
    [Everyone("2001:db8:1::1", "2001:db8:1::1", "2001:db8:1::2")]
    [Everyone("2001:db8:1::/64", "2001:db8:1::2", "2001:db8:53::6")]
    [Everyone("fd00:77::/64", "fd00:77::9", "2001:db8:1::1")]
    [Everyone("198.51.100.1", "::ffff:198.51.100.1", "::ffff:198.51.100.2")]
    [Everyone("192.168.,2001:db8:1::1", "2001:db8:1::1", "2001:db8:1::2")]
    public void An_exclude_is_a_network(Who who, string exclude, string inside, string outside)
    {
        foreach (var kind in Kinds)
        {
            Lab.Reset();
            Talk(who, exclude, kind, inside).AnsweredBy(Side.Lan0, inside);
            Lab.NothingLeftBy(Side.Ovpn);

            Lab.Reset();
            Talk(who, exclude, kind, outside).AnsweredBy(Side.Ovpn, outside);
            Lab.NothingLeftBy(Side.Lan0);
        }
    }

    [LabTheory]
    [Everyone]
    public void The_option_may_be_repeated(Who who)
    {
        const string options = "--interface ovpn --exclude 192.168.77 -x 198.51.100.1";

        Lab.Supervised(who, options, "curl", "-sS", Internet.WebUrl(Internet.LanPeer4)).AnsweredBy(Side.Lan0, Internet.LanPeer4);
        Lab.Supervised(who, options, "curl", "-sS", Internet.WebUrl(Internet.Web4)).AnsweredBy(Side.Lan0, Internet.Web4);
        Lab.NothingLeftBy(Side.Ovpn);

        Lab.Reset();
        Lab.Supervised(who, options, "curl", "-sS", Internet.WebUrl(Internet.OtherWeb4)).AnsweredBy(Side.Ovpn, Internet.OtherWeb4);
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone("127.0.0.1", "127.0.0.1")]
    [Everyone("127.1.2.3", "127.1.2.3")]
    [Everyone("::1", "::1")]
    [Everyone("127.0.0.1", "::ffff:127.0.0.1")]
    public void The_word_loopback_is_both_families(Who who, string listening, string destination)
    {
        using var server = Lab.Start(who, [Programs.C("serve"), listening, "8007"]);
        server.WaitForOutput("listening");

        var answer = Lab.Supervised(who, "--interface ovpn --exclude loopback", Programs.C("talk"), destination, "8007").Succeeds().Output;

        Assert.StartsWith("served ", answer, StringComparison.Ordinal);
        Lab.NothingLeftBy(Side.Lan0);
        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Everyone]
    public void One_program_uses_both_ways(Who who)
    {
        var result = Lab.Supervised(
            who,
            "--interface ovpn --exclude 198.51.100.1",
            "curl", "-sS", Internet.WebUrl(Internet.Web4), Internet.WebUrl(Internet.OtherWeb4), Internet.WebUrl(Internet.Web6));

        result.Says($"lan0 {Side.Lan0.Address4}\novpn {Side.Ovpn.Address4}\novpn {Side.Ovpn.Address6}\n");
    }

    private Result Talk(Who who, string exclude, string[] kind, string address) =>
        Lab.Supervised(who, $"--interface ovpn --exclude {exclude}", [Programs.C("talk"), .. kind, address, "7"]);

    [LabTheory]
    [Everyone]
    public void A_server_on_loopback_that_answers_nobody_is_one_warning_with_the_remedy(Who who)
    {
        const string serve = """
            import socket
            server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            server.bind(("127.0.0.1", 0))
            for port in 5301, 5302:
                try:
                    print(server.sendto(b"answer", ("127.0.0.1", port)))
                except OSError as error:
                    print(error.errno)
            """;

        var result = Lab.Bound(who, "python3", "-c", serve).Says("101\n101\n");
        Assert.Contains("--exclude loopback", Assert.Single(result.ErrorLines), StringComparison.Ordinal);

        Assert.Empty(Lab.Supervised(who, "--interface ovpn --exclude loopback", "python3", "-c", serve).Says("6\n6\n").ErrorLines);
    }
}
