namespace BindToInterface.Systems;

/// <summary>microsocks@.service: a proxy per interface.</summary>
public sealed class MicrosocksTests(Machine machine) : SystemdTest(machine)
{
    [SystemsTheory]
    [InlineData(Internet.Web4)]
    [InlineData(Internet.Web6)]
    public void What_goes_through_the_proxy_leaves_by_its_interface(string address)
    {
        using var proxy = Proxy("ovpn", 1080);
        Listening(proxy, 1080);

        Ask(1080, address).AnsweredBy(Side.Ovpn, address);

        Machine.Lab.NothingLeftBy(Side.Lan0);
        Assert.NotEqual("0", Machine.Run("ps", "-o", "uid=", "-p", $"{proxy.Program}").Succeeds().Output.Trim());
    }

    [SystemsFact]
    public void Each_interface_has_a_proxy_of_its_own()
    {
        using var ovpn = Proxy("ovpn", 1080);
        using var lan0 = Proxy("lan0", 1081);
        Listening(ovpn, 1080);
        Listening(lan0, 1081);

        Ask(1080, Internet.Web4).AnsweredBy(Side.Ovpn, Internet.Web4);
        Ask(1081, Internet.Web4).AnsweredBy(Side.Lan0, Internet.Web4);
    }

    [SystemsFact]
    public void Names_are_asked_by_the_interface_too()
    {
        using var proxy = Proxy("ovpn", 1080, $"DNS_OVERRIDE_IP={Internet.Override4}");
        Listening(proxy, 1080);

        Ask(1080, "web4.test").AnsweredBy(Side.Ovpn, Internet.Web4);

        Machine.Lab.NothingLeftBy(Side.Lan0);
    }

    [SystemsFact]
    public void It_serves_on_while_its_interface_is_away_and_back()
    {
        using var proxy = Proxy("ovpn", 1080);
        var process = Listening(proxy, 1080).MainPid;

        Machine.Lab.Unplug();
        try
        {
            Assert.NotEqual(0, Ask(1080, Internet.Web4).ExitCode);
            Machine.Lab.NothingLeftBy(Side.Lan0);
        }
        finally
        {
            Machine.Lab.Plug();
        }

        Ask(1080, Internet.Web4).AnsweredBy(Side.Ovpn, Internet.Web4);
        Assert.Equal(process, proxy.MainPid);
        Machine.Lab.NothingLeftBy(Side.Lan0);
    }

    private Unit Proxy(string side, int port, string more = "") => new Unit(Machine, $"microsocks@{side}.service").File(
        $"/etc/bind-to-interface/microsocks-{side}.env",
        $"MICROSOCKS_OPTIONS=-i 127.0.0.1 -p {port}\n{more}\n");

    private Unit Listening(Unit proxy, int port)
    {
        proxy.Start();
        Wait.Until(
            () => Machine.Run("ss", "-Hltn", $"sport = {port}").Output.Length > 0,
            () => $"nothing listens on {port}:\n{proxy.Journal}");
        return proxy;
    }

    private Result Ask(int port, string host) =>
        Machine.Run("curl", "-sS", "--proxy", $"socks5h://127.0.0.1:{port}", Internet.WebUrl(host));
}
