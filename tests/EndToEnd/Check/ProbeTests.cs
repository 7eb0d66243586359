namespace BindToInterface.EndToEnd;

/// <summary>--check --probe: a name is looked up and a connection made by a supervised program.</summary>
public sealed class ProbeTests
{
    [LabTheory]
    [Everyone(Internet.Web4 + ":80", "198.51.100.1:80 through ovpn from 10.8.0.2 ")]
    [Everyone("[" + Internet.Web6 + "]:80", @"\[2001:db8:1::1\]:80 through ovpn from fd00:8::2 ")]
    public void An_address_is_connected_to(Who who, string target, string reached)
    {
        using var own = new Lab();

        Result result = Probe(own, who, target, "-i ovpn").ExitsWith(0);

        Assert.Matches($@"(?m)^ok +probe +TCP connection to {reached}\(\d+ ms\)$", result.Output);
        own.NothingLeftBy(Side.Lan0);
    }

    /// <summary>The name comes from the server of the options; its address, of the answer of that server, does not exist.</summary>
    [LabTheory]
    [Everyone("-i ovpn", "10.2.53.53")]
    [Everyone($"-i ovpn --dns {Internet.Override4}", "10.2.53.54")]
    public void A_name_is_looked_up_as_a_program_would(Who who, string options, string address)
    {
        using var own = new Lab();

        Result result = Probe(own, who, "side.test:80", options).ExitsWith(1);

        Assert.Matches($@"(?m)^ok +probe +side.test is (.*, )?{address}(, .*)? \(\d+ ms\)$", result.Output);
        Assert.Matches("(?m)^problem +probe +side.test:80 is not reached within 5 s", result.Output);
        own.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone("nosuch.test", "-i ovpn", "nosuch.test does not resolve: ")]
    [Everyone("side.test", "-i ovpn --dns 127.0.0.1", "side.test does not resolve: .*; refused was 127.0.0.1:53: .*--exclude loopback")]
    [Everyone(Internet.Silent4 + ":80", "-i ovpn", "198.51.100.99:80 is not reached within 5 s")]
    [Everyone(Internet.Web4 + ":81", "-i ovpn", "198.51.100.1:81 is not reached")]
    [Everyone("127.0.0.1:80", "-i ovpn", "127.0.0.1:80 is not reached .*; refused was 127.0.0.1:80: ")]
    public void What_fails_is_a_problem_with_its_reason(Who who, string target, string options, string reason)
    {
        using var own = new Lab();

        Assert.Matches($"(?m)^problem +probe +{reason}", Probe(own, who, target, options).ExitsWith(1).Output);
        own.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void An_excluded_address_is_reached_by_the_normal_route_and_it_says_so(Who who)
    {
        using var own = new Lab();

        Result result = Probe(own, who, $"{Internet.Web4}:80", $"-i ovpn -x {Internet.Web4}").ExitsWith(0);

        Assert.Matches(@"(?m)^ok +probe +TCP connection to 198.51.100.1:80 by the normal route, since it is excluded from 192.168.77.2 ", result.Output);
        own.NothingLeftBy(Side.Ovpn);
    }

    /// <summary>A signal ends it, though this executable blocks those that it passes on to programs.</summary>
    [LabFact]
    public void It_can_be_interrupted()
    {
        using var own = new Lab();
        using Running probe = own.Start(Who.Root, [Lab.Supervisor, "--check", "-i", "ovpn", "--probe", $"{Internet.Silent4}:80"]);
        Wait.Until(() => own.Packets(Side.Ovpn) > 0, () => $"no attempt of {probe}");

        probe.Signal(2);

        probe.WaitForEnd(outlived: true).DiesBy(2);
    }

    private static Result Probe(Lab lab, Who who, string target, string options) =>
        lab.Run(who, [Lab.Supervisor, "--check", "--probe", target, .. options.Split(' ')]);
}
