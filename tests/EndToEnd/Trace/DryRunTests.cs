namespace BindToInterface.EndToEnd;

/// <summary>--dry-run judges and tells, and changes nothing.</summary>
[Collection(TraceCollection.Name)]
public sealed class DryRunTests(Lab lab) : LabTest(lab)
{
    private const string Warning = "bti-supervise: dry run: nothing is bound, redirected or refused; all traffic takes the normal route";

    [LabTheory]
    [Everyone("", Internet.Web4)]
    [Everyone("-n", Internet.Web4)]
    [Everyone("-u", Internet.Web4)]
    [Everyone("", Internet.Web6)]
    public void Traffic_takes_the_normal_route_and_is_told(Who who, string how, string address)
    {
        var result = Lab.Supervised(who, "--interface ovpn --dry-run", [Programs.C("talk"), .. how.Split(' ', StringSplitOptions.RemoveEmptyEntries), address, "7"]);

        result.AnsweredBy(Side.Lan0, address);
        Assert.Equal(Warning, result.ErrorLines[0]);
        Assert.Contains(" would be bound ovpn ", Assert.Single(result.ErrorLines[1..]), StringComparison.Ordinal);
        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Everyone]
    public void Names_are_asked_of_the_usual_server(Who who)
    {
        var result = Lab.Supervised(who, $"--interface ovpn --dns {Internet.Override4} --dry-run", "getent", "ahostsv4", "side.test").Succeeds();

        Assert.Contains(Internet.Answer4(Side.Lan0, Internet.Dns4), result.Output, StringComparison.Ordinal);
        Assert.Contains($"{Internet.Override4}:53 instead of {Internet.Dns4}:53 would be bound ovpn", result.Error, StringComparison.Ordinal);
        // nscd, which does not run here: nothing would be refused.
        Assert.DoesNotContain("/nscd/", result.Error, StringComparison.Ordinal);
        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Everyone("--interface nosuch0")]
    public void What_would_be_refused_is_told_and_works(Who who, string options)
    {
        var result = Lab.Supervised(who, $"{options} --dry-run --summary", Programs.C("talk"), Internet.Web4, "7").AnsweredBy(Side.Lan0, Internet.Web4);

        Assert.Contains(result.ErrorLines, line => line.Contains(" would be refused ", StringComparison.Ordinal));
        Assert.Equal("dry run: 1 connection took the normal route: 0 would be bound, 0 excluded, 1 would be refused", result.ErrorLines[^1]);
    }

    [LabTheory]
    [Everyone]
    public void Loopback_works_and_is_told(Who who)
    {
        using var server = Lab.Start(who, [Programs.C("serve"), "127.0.0.1", "8017"]);
        server.WaitForOutput("listening");

        var result = Lab.Supervised(who, "--interface ovpn --dry-run", Programs.C("talk"), "127.0.0.1", "8017").Says("served 127.0.0.1\n");

        Assert.Contains(result.ErrorLines, line => line.Contains("127.0.0.1:8017 would be refused", StringComparison.Ordinal));
    }

    /// <summary>Also what the filter alone refuses otherwise: a packet socket, which root may have.</summary>
    [LabTheory]
    [InlineData(Who.Root)]
    public void The_filter_refuses_nothing(Who who)
    {
        var result = Lab.Supervised(who, "--interface ovpn --dry-run", Programs.C("observed"), "socket", "17", "3", "0").Says("socket ok\n");

        Assert.Contains(result.ErrorLines, line => line.Contains("socket(17, 3, 0) would be refused", StringComparison.Ordinal));
    }

    [LabTheory]
    [Everyone]
    public void The_warning_is_shown_with_quiet_and_the_trace_goes_to_a_file(Who who)
    {
        using var scratch = new Scratch();
        string file = scratch.File("trace");

        var result = Lab.Supervised(who, $"--interface ovpn -q --dry-run --trace={file}", Programs.C("talk"), Internet.Web4, "7").AnsweredBy(Side.Lan0, Internet.Web4);

        Assert.Equal([Warning], result.ErrorLines);
        Assert.Contains("would be bound ovpn", Assert.Single(File.ReadAllLines(file)), StringComparison.Ordinal);
    }
}
