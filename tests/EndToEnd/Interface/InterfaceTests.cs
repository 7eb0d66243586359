namespace BindToInterface.EndToEnd;

/// <summary>No interface given, and one that does not exist, or not yet.</summary>
[Collection(Collections.Traffic)]
public sealed class InterfaceTests(Lab lab) : LabTest(lab)
{
    [LabTheory]
    [Everyone(Internet.Web4)]
    [Everyone(Internet.Web6)]
    public void Without_an_interface_everything_passes_after_one_warning(Who who, string address)
    {
        var result = Lab.Supervised(who, "", "curl", "-sS", Internet.WebUrl(address)).AnsweredBy(Side.Lan0, address);

        Assert.Contains("interface", Assert.Single(result.ErrorLines), StringComparison.OrdinalIgnoreCase);
        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Everyone("", "udp")]
    [Everyone("-t", "tcp")]
    [Everyone("-s", "udp")]
    public void Without_an_interface_DNS_is_rewritten(Who who, string how, string protocol)
    {
        string[] ask = [Programs.C("ask"), .. how.Split(' ', StringSplitOptions.RemoveEmptyEntries), Internet.Dns4, "53"];

        var result = Lab.Supervised(who, $"--dns {Internet.Override4}", ask);

        // A socket is connected with a copy of what the program passed.
        result.Says($"passed {(how == "-s" ? Internet.Override4 : Internet.Dns4)} 53\npeer {Internet.Override4} 53\nanswer lan0 {Internet.Override4} 53 {protocol}\n");
        Assert.Single(result.ErrorLines);
        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Everyone("", Internet.Web4)]
    [Everyone("-n", Internet.Web4)]
    [Everyone("-u", Internet.Web4)]
    [Everyone("", Internet.Web6)]
    [Everyone("-n", Internet.Web6)]
    [Everyone("-u", Internet.Web6)]
    public void An_absent_interface_is_one_warning_and_no_connection(Who who, string how, string address)
    {
        string[] talk = [Programs.C("talk"), .. how.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-t", "4", address, "7"];

        var result = Lab.Supervised(who, "--interface nosuch0", talk).ExitsWith(1);

        Assert.Equal(Enumerable.Repeat("connect: ENETUNREACH", 4), result.OutputLines);
        Assert.Contains("nosuch0", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Lab.NothingLeftBy(Side.Lan0);
        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Everyone("OVPN")]
    [Everyone("ovpn,lan0")]
    public void A_wrong_name_is_named_with_the_interfaces_that_exist(Who who, string name)
    {
        var line = Assert.Single(Lab.Supervised(who, $"--interface {name}", "true").Succeeds().ErrorLines);

        Assert.StartsWith($"bti-supervise: interface {name}: no such device; ", line, StringComparison.Ordinal);
        Assert.Matches(@"existing interfaces: (\w+, )*ovpn(, \w+)*$", line);
        Assert.Matches(@"existing interfaces: (\w+, )*lan0(, \w+)*$", line);
    }

    [LabTheory]
    [Everyone]
    public void An_absent_interface_leaves_excluded_destinations_alone(Who who)
    {
        Lab.Supervised(who, $"--interface nosuch0 --exclude {Internet.Web4}", "curl", "-sS", Internet.WebUrl(Internet.Web4))
            .AnsweredBy(Side.Lan0, Internet.Web4);

        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Everyone("", Internet.Web4)]
    [Everyone("-u", Internet.Web4)]
    [Everyone("-n", Internet.Web6)]
    public void Connections_work_as_soon_as_the_interface_appears_and_end_with_it(Who who, string how, string address)
    {
        using var own = new Lab();
        own.Unplug();
        string[] command = [Programs.C("talk"), .. how.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-l", address, "7"];
        using var talk = own.Start(who, Lab.Supervise("--interface ovpn", command));

        Try(talk, "connect: ENETUNREACH");
        own.Plug();
        Try(talk, $"ovpn {Side.Ovpn.ClientFor(address)} ");
        own.Unplug();
        Try(talk, "connect: ENETUNREACH");
        own.Plug();
        Try(talk, $"ovpn {Side.Ovpn.ClientFor(address)} ");

        // Its return is told where its loss is.
        var told = talk.Finish().Succeeds().ErrorLines;
        Assert.Equal(4, told.Length);
        Assert.All((int[])[0, 2], line => Assert.Contains("ovpn: no such device", told[line], StringComparison.Ordinal));
        Assert.All((int[])[1, 3], line => Assert.Contains("ovpn: it is back", told[line], StringComparison.Ordinal));
        own.NothingLeftBy(Side.Lan0);
    }

    private static void Try(Running talk, string answer)
    {
        var lines = talk.Output.Count(letter => letter == '\n');
        talk.Input.Write("\n"u8);
        talk.Input.Flush();
        Wait.Until(() => talk.Output.Count(letter => letter == '\n') > lines, () => $"no answer of {talk}");

        Assert.StartsWith(answer, talk.Output.Split('\n')[lines], StringComparison.Ordinal);
    }

    [LabTheory]
    [Everyone]
    public void An_interface_is_the_same_by_each_of_its_names(Who who)
    {
        using var own = new Lab();
        own.Run(Who.Root, "ip", "address", "add", "10.8.0.7/24", "dev", "ovpn", "label", "ovpn:1").Succeeds();

        own.Run(Who.Root, "ip", "link", "property", "add", "dev", "ovpn", "altname", "vpnalt").Succeeds();
        own.Supervised(who, "--interface vpnalt", "curl", "-sS", "--interface", "10.8.0.2", Internet.WebUrl(Internet.Web4)).Says("ovpn 10.8.0.2\n");
        own.Supervised(who, "--interface ovpn", "curl", "-sS", "--interface", "10.8.0.7", Internet.WebUrl(Internet.Web4)).Says("ovpn 10.8.0.7\n");

        own.NothingLeftBy(Side.Lan0);
    }
}
