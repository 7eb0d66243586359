namespace BindToInterface.EndToEnd;

/// <summary>Options and environment variables.</summary>
[Collection(Collections.Parent)]
public sealed class ConfigurationTests(Lab lab) : LabTest(lab)
{
    [LabTheory]
    [Everyone]
    public void The_environment_does_what_the_options_do(Who who)
    {
        With(who, ["BIND_INTERFACE=ovpn"], "", "curl", "-sS", Internet.WebUrl(Internet.Web4)).AnsweredBy(Side.Ovpn, Internet.Web4);
        With(who, ["BIND_INTERFACE=ovpn", "BIND_SOURCE_IP=10.8.0.3"], "", "curl", "-sS", Internet.WebUrl(Internet.Web4)).Says("ovpn 10.8.0.3\n");
        With(who, ["BIND_INTERFACE=ovpn", "DNS_OVERRIDE_IP=203.0.113.54", "DNS_OVERRIDE_PORT=5353"], "", Programs.C("resolve"), "side.test", "4")
            .Says(Internet.Answer4(Side.Ovpn, Internet.Override4, 5353) + "\n");
        Lab.NothingLeftBy(Side.Lan0);

        Lab.Reset();
        With(who, ["BIND_INTERFACE=ovpn", "BIND_EXCLUDE=198.51.100.1,192.168."], "", "curl", "-sS", Internet.WebUrl(Internet.Web4))
            .AnsweredBy(Side.Lan0, Internet.Web4);
        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Everyone]
    public void An_option_wins_over_the_environment(Who who)
    {
        With(who, ["BIND_INTERFACE=nosuch0"], "--interface ovpn", "curl", "-sS", Internet.WebUrl(Internet.Web4)).AnsweredBy(Side.Ovpn, Internet.Web4);
        With(who, ["BIND_EXCLUDE=198.51.100.1"], "--interface ovpn --exclude 10.1", "curl", "-sS", Internet.WebUrl(Internet.Web4))
            .AnsweredBy(Side.Ovpn, Internet.Web4);
        With(who, ["DNS_OVERRIDE_IP=8.8.8.8", "DNS_OVERRIDE_PORT=53"], "--interface ovpn --dns 203.0.113.54 --dns-port 5353", Programs.C("resolve"), "side.test", "4")
            .Says(Internet.Answer4(Side.Ovpn, Internet.Override4, 5353) + "\n");
        With(who, ["BIND_SOURCE_IP=10.8.0.3"], "--interface ovpn --source-ip 10.8.0.2", "curl", "-sS", Internet.WebUrl(Internet.Web4)).Says("ovpn 10.8.0.2\n");

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void An_empty_variable_is_an_absent_one(Who who) =>
        With(who, ["BIND_EXCLUDE=", "DNS_OVERRIDE_IP=", "DNS_OVERRIDE_PORT=", "BIND_SOURCE_IP=", "BTI_LOG_LEVEL=", "BTI_LOG_FORMAT="], "--interface ovpn", "echo", "hello")
            .Says("hello\n");

    [LabTheory]
    [Everyone]
    public void A_DNS_port_without_an_address_is_warned_about(Who who)
    {
        Assert.Contains(
            "--dns-port",
            Assert.Single(Lab.Supervised(who, "--interface ovpn --dns-port 5353", "echo", "hello").Says("hello\n").ErrorLines),
            StringComparison.Ordinal);
        Assert.Contains(
            "DNS_OVERRIDE_PORT",
            Assert.Single(With(who, ["DNS_OVERRIDE_PORT=5353"], "--interface ovpn", "echo", "hello").Says("hello\n").ErrorLines),
            StringComparison.Ordinal);
    }

    [LabTheory]
    [Everyone("--interface ovpn echo -v -d --dns --help -- -h", "-v -d --dns --help -- -h")]
    [Everyone("--interface ovpn -- echo -v --interface", "-v --interface")]
    [Everyone("-i ovpn echo --", "--")]
    [Everyone("--interface=ovpn echo hello", "hello")]
    public void Options_end_at_the_first_word_that_is_not_one(Who who, string words, string printed) =>
        Lab.Run(who, [Lab.Supervisor, .. words.Split(' ')]).Says(printed + "\n");

    [LabTheory]
    [Everyone("-h")]
    [Everyone("--help")]
    public void Help_names_every_option_and_variable(Who who, string option)
    {
        var help = Lab.Run(who, Lab.Supervisor, option).Succeeds().Output;

        Assert.All(
            (string[])["--interface", "--dns", "--dns-port", "--exclude", "--source-ip", "--log-level", "--log-format", "--log-file", "--version",
                "BIND_INTERFACE", "DNS_OVERRIDE_IP", "DNS_OVERRIDE_PORT", "BIND_EXCLUDE", "BIND_SOURCE_IP", "BTI_LOG_LEVEL", "BTI_LOG_FORMAT"],
            word => Assert.Contains(word, help, StringComparison.Ordinal));
    }

    [LabTheory]
    [Everyone]
    public void The_filter_is_printed_and_no_program_runs(Who who)
    {
        Result shown = Lab.Run(who, Lab.Supervisor, "--dump-filter", "--interface", "ovpn", "--", "sh", "-c", "echo the program ran").Succeeds();

        Assert.Matches("(?m)^ +[0-9]+ connect +notify Connect +always$", shown.Output);
        Assert.Matches("(?m)^BPF, [0-9]+ instructions$", shown.Output);
        Assert.Matches("(?m)^ +[0-9]+  ret  0x7fc00000 +notify$", shown.Output);
        Assert.DoesNotContain("the program ran", shown.Output, StringComparison.Ordinal);
        Assert.Empty(shown.Error);
    }

    [LabTheory]
    [Everyone]
    public void The_version_is_one_line(Who who) =>
        Assert.Matches(@"^\S*\s*\d+\.\d+\.\d+\S*\n$", Lab.Run(who, Lab.Supervisor, "--version").Succeeds().Output);

    private Result With(Who who, string[] variables, string options, params string[] command) =>
        Lab.Run(who, ["env", .. variables, .. Lab.Supervise(options, command)]);
}
