namespace BindToInterface.EndToEnd;

/// <summary>The lab itself: a test that something went one way proves little where everything goes that way.</summary>
[Collection(Collections.Traffic)]
public sealed class LabTests(Lab lab) : LabTest(lab)
{
    [LabTheory]
    [Everyone(Internet.Web4)]
    [Everyone(Internet.Web6)]
    public void Without_the_supervisor_everything_takes_the_default_route(Who who, string address)
    {
        Lab.Run(who, "curl", "-sS", Internet.WebUrl(address)).AnsweredBy(Side.Lan0, address);

        Assert.NotEqual(0, Lab.Packets(Side.Lan0));
        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Everyone(Internet.Web4)]
    [Everyone(Internet.Web6)]
    public void The_other_uplink_leads_to_the_other_side(Who who, string address)
    {
        Lab.Run(who, "curl", "-sS", "--interface", "ovpn", Internet.WebUrl(address)).AnsweredBy(Side.Ovpn, address);

        Assert.NotEqual(0, Lab.Packets(Side.Ovpn));
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone(Internet.Dns4, 53)]
    [Everyone(Internet.Override4, 5353)]
    [Everyone(Internet.Dns6, 53)]
    [Everyone(Internet.Override6, 5353)]
    public void A_DNS_answer_tells_which_server_was_asked(Who who, string server, int port)
    {
        Lab.Run(who, "dig", "+short", $"@{server}", "-p", $"{port}", "side.test", "A").Says(Internet.Answer4(Side.Lan0, server, port) + "\n");
        Lab.Run(who, "dig", "+short", $"@{server}", "-p", $"{port}", "side.test", "AAAA").Says(Internet.Answer6(Side.Lan0, server, port) + "\n");
        Lab.Run(who, "dig", "+short", $"@{server}", "-p", $"{port}", "big.test", "TXT").Says($"\"lan0 {server} {port} tcp\"\n");
    }

    [LabTheory]
    [Everyone]
    public void Names_resolve_by_the_server_of_resolv_conf(Who who)
    {
        var lines = Lab.Run(who, "getent", "ahostsv4", "side.test").Succeeds().OutputLines;

        Assert.All(lines, line => Assert.StartsWith(Internet.Answer4(Side.Lan0, Internet.Dns4) + " ", line, StringComparison.Ordinal));
    }

    [LabTheory]
    [Everyone]
    public void An_ordinary_user_has_no_capability(Who who)
    {
        var capabilities = Lab.Run(who, "grep", "CapEff", "/proc/self/status").Succeeds().Output.Split('\t')[1].Trim();

        Assert.Equal(who == Who.User, capabilities.All(digit => digit == '0'));
    }

    [LabFact]
    public void Taking_ovpn_away_leaves_lan0()
    {
        using var own = new Lab();

        own.Unplug();
        own.Run(Who.Root, "curl", "-sS", Internet.WebUrl(Internet.Web4)).AnsweredBy(Side.Lan0, Internet.Web4);
        own.Run(Who.Root, "curl", "-sS", "--interface", "ovpn", Internet.WebUrl(Internet.Web4)).ExitsWith(45);

        own.Plug();
        own.Run(Who.Root, "curl", "-sS", "--interface", "ovpn", Internet.WebUrl(Internet.Web4)).AnsweredBy(Side.Ovpn, Internet.Web4);
        own.Run(Who.Root, "curl", "-sS", "--interface", "ovpn", Internet.WebUrl(Internet.Web6)).AnsweredBy(Side.Ovpn, Internet.Web6);
    }
}
