namespace BindToInterface.EndToEnd;

/// <summary>Settings from a file: where it is looked for, what replaces it, whose it may be, and what is wrong with it.</summary>
[Collection(Collections.Parent)]
public sealed class ProfileTests(Lab lab) : LabTest(lab), IDisposable
{
    private readonly Profiles profiles = new();

    public void Dispose() => profiles.Dispose();

    [LabTheory]
    [Everyone("@vpn")]
    [Everyone("--profile vpn")]
    [Everyone("--profile=vpn -v")]
    public void The_users_profile_is_used(Who who, string words)
    {
        profiles.Write("""
            {
              // where to
              "interface": "ovpn",
              "exclude": ["198.51.100.2"],
            }
            """);

        Run(who, [], words, "curl", "-sS", Internet.WebUrl(Internet.Web4)).AnsweredBy(Side.Ovpn, Internet.Web4);
        Run(who, [], words, "curl", "-sS", Internet.WebUrl(Internet.Web6)).AnsweredBy(Side.Ovpn, Internet.Web6);
        Lab.NothingLeftBy(Side.Lan0);

        Lab.Reset();
        Run(who, [], words, "curl", "-sS", Internet.WebUrl(Internet.OtherWeb4)).AnsweredBy(Side.Lan0, Internet.OtherWeb4);
        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabFact]
    public void The_systems_profile_is_used_where_the_user_has_none()
    {
        string etc = profiles.File("etc");
        Directory.CreateDirectory($"{etc}/bind-to-interface");
        File.WriteAllText($"{etc}/bind-to-interface/vpn.json", """{ "interface": "ovpn" }""");
        // A folder /etc of its own, which goes with its mount namespace.
        string[] withEtc =
        [
            "unshare", "--mount", "sh", "-c",
            "for name in passwd group hosts resolv.conf nsswitch.conf ld.so.cache; do cat /etc/$name >\"$0/$name\"; done; mount --bind \"$0\" /etc && exec \"$@\"", etc,
        ];

        Curl().AnsweredBy(Side.Ovpn, Internet.Web4);
        Lab.NothingLeftBy(Side.Lan0);

        Lab.Reset();
        profiles.Write("""{ "interface": "lan0" }""");
        Curl().AnsweredBy(Side.Lan0, Internet.Web4);
        Lab.NothingLeftBy(Side.Ovpn);

        Result Curl() => Lab.Run(Who.Root, [.. withEtc, "env", profiles.Home, Lab.Supervisor, "@vpn", "curl", "-sS", Internet.WebUrl(Internet.Web4)]);
    }

    [LabTheory]
    [Everyone]
    public void A_variable_replaces_the_file_and_an_option_replaces_both(Who who)
    {
        profiles.Write("""{ "interface": "nosuch0", "exclude": ["198.51.100.1"], "source-ip": "10.8.0.3" }""");

        Run(who, ["BIND_EXCLUDE=10.1"], "@vpn -i ovpn", "curl", "-sS", Internet.WebUrl(Internet.Web4)).Says("ovpn 10.8.0.3\n");
        Run(who, ["BIND_INTERFACE=ovpn", "BIND_SOURCE_IP=10.8.0.2"], "@vpn -x 10.1", "curl", "-sS", Internet.WebUrl(Internet.Web4)).Says("ovpn 10.8.0.2\n");
        Run(who, ["BTI_PROFILE=vpn", "BIND_INTERFACE=nosuch1"], "-i ovpn --exclude=", "curl", "-sS", Internet.WebUrl(Internet.Web4)).Says("ovpn 10.8.0.3\n");
        Lab.NothingLeftBy(Side.Lan0);

        Lab.Reset();
        Run(who, [], "@vpn -i ovpn", "curl", "-sS", Internet.WebUrl(Internet.Web4)).AnsweredBy(Side.Lan0, Internet.Web4);
        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Everyone("{\n\"interfce\": \"ovpn\" }", "line 2: interfce: there is no such key; did you mean interface?")]
    [Everyone("{ \"interface\": \"ovpn\",\n\"exclude\": [ \"10.\",\n\"nowhere\" ] }", "line 3: exclude: 'nowhere' is not a destination; accepted are")]
    [Everyone("{ \"interface\": \"ovpn\"\n\"quiet\": true }", "line 2: '\"quiet\": true }' is not JSON here")]
    [Everyone("{ \"require-interface\": true }", "line 1: require-interface: no interface is set")]
    public void A_wrong_profile_runs_nothing(Who who, string text, string message)
    {
        profiles.Write(text);

        Result result = Run(who, [], "@vpn", "echo", "ran").ExitsWith(125);

        Assert.Empty(result.Output);
        Assert.StartsWith($"bti-supervise: {profiles.Path}, {message}", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [LabTheory]
    [Everyone]
    public void A_profile_that_does_not_exist_runs_nothing(Who who)
    {
        profiles.Write("{}");

        string error = Assert.Single(Run(who, [], "@nosuch", "echo", "ran").ExitsWith(125).ErrorLines);

        Assert.Contains("/etc/bind-to-interface/nosuch.json", error, StringComparison.Ordinal);
        Assert.Contains("existing profiles: vpn", error, StringComparison.Ordinal);
    }

    [RootFact]
    public void Roots_profile_is_no_file_that_another_user_can_change()
    {
        profiles.Write("""{ "interface": "ovpn" }""");
        Do("chown", "65534", profiles.Path);
        Assert.Contains("belongs to user 65534, who can change it", Refused(Who.Root), StringComparison.Ordinal);
        // To that user it is his own.
        Run(Who.User, [], "@vpn", "echo", "ran").Says("ran\n");

        Do("chown", "0", profiles.Path);
        File.SetUnixFileMode(profiles.Path, (UnixFileMode)0b110_110_110);
        Assert.Contains("other users can write it", Refused(Who.Root), StringComparison.Ordinal);
        Assert.Contains("other users can write it", Refused(Who.User), StringComparison.Ordinal);

        File.SetUnixFileMode(profiles.Path, (UnixFileMode)0b110_100_100);
        Do("chown", "65534", Path.GetDirectoryName(profiles.Path)!);
        Assert.Contains("belongs to user 65534, who can put another file there", Refused(Who.Root), StringComparison.Ordinal);
        Run(Who.User, [], "@vpn", "echo", "ran").Says("ran\n");

        Do("chown", "1234", profiles.Path);
        Assert.Contains("belongs to user 1234, who can change it", Refused(Who.User), StringComparison.Ordinal);

        string Refused(Who who) => Assert.Single(Run(who, [], "@vpn", "echo", "ran").ExitsWith(125).ErrorLines);
    }

    /// <summary>The schema says of a profile what the supervisor says.</summary>
    [LabFact]
    public void The_schema_and_the_supervisor_accept_the_same_profiles()
    {
        (string Text, bool IsFine)[] cases =
        [
            ("{}", true),
            ("""{ "$schema": "x", "interface": "lo", "require-interface": true, "dns": "8.8.8.8", "dns-port": 53, "exclude": "10." }""", true),
            ("""{ "interface": "lo", "dns": ["8.8.8.8", "::1"], "exclude": ["10.", "loopback"], "source-ip": ["10.8.0.2"] }""", true),
            ("""{ "interface": "lo", "resolver-daemons": "allow", "verbose": true, "log-format": "json", "exit-with-program": false }""", true),
            ("""{ "interface": "lo", "verbose": 2, "quiet": false, "log-level": "none", "log-file": "/dev/null" }""", true),
            ("[]", false),
            ("""{ "interfaces": "lo" }""", false),
            ("""{ "interface": 5 }""", false),
            ("""{ "interface": "a/b" }""", false),
            ("""{ "interface": "a-name-of-16-byt" }""", false),
            ("""{ "interface": ["lo"] }""", false),
            ("""{ "dns-port": 0 }""", false),
            ("""{ "dns-port": 65536 }""", false),
            ("""{ "dns-port": "53" }""", false),
            ("""{ "exclude": [10] }""", false),
            ("""{ "exclude": { } }""", false),
            ("""{ "quiet": 1 }""", false),
            ("""{ "verbose": -1 }""", false),
            ("""{ "verbose": "2" }""", false),
            ("""{ "log-format": "xml" }""", false),
            ("""{ "log-level": "loud" }""", false),
            ("""{ "log-file": "" }""", false),
        ];
        Directory.CreateDirectory(profiles.File("cases"));
        string[] files = [.. cases.Select((_, index) => profiles.File($"cases/{index:00}.json"))];
        foreach (((string text, _), string file) in cases.Zip(files))
        {
            File.WriteAllText(file, text);
        }

        string validator =
            """
            import json, jsonschema, sys
            schema = json.load(open(sys.argv[1]))
            jsonschema.Draft7Validator.check_schema(schema)
            for file in sys.argv[2:]:
                print(jsonschema.Draft7Validator(schema).is_valid(json.load(open(file))))
            """;
        string[] valid = Lab.Run(Who.Root, ["/usr/bin/python3", "-c", validator, Repository.At("deploy/bind-to-interface.schema.json"), .. files]).Succeeds().OutputLines;
        Assert.Equal(cases.Select(each => $"{each.Text}: {each.IsFine}"), cases.Zip(valid, (each, said) => $"{each.Text}: {said}"));
        Assert.Equal(
            cases.Select(each => $"{each.Text}: {each.IsFine}"),
            cases.Zip(files, (each, file) => $"{each.Text}: {Lab.Run(Who.Root, Lab.Supervisor, "--profile", file, "true").ExitCode == 0}"));
    }

    [LabFact]
    public void The_manual_pages_are_without_fault()
    {
        string[] pages = [Repository.At("docs/bti-supervise.1"), Repository.At("docs/bti-supervise.json.5")];
        using var lint = new Running(["mandoc", "-T", "lint", "-W", "warning", .. pages], null);
        lint.Finish().Says("");
        using var shown = new Running(["man", "-l", pages[1]], new Dictionary<string, string> { ["MANWIDTH"] = "100" });
        Assert.Contains("bind-to-interface", shown.Finish().Succeeds().Output, StringComparison.Ordinal);
    }

    private Result Run(Who who, string[] variables, string words, params string[] command) =>
        Lab.Run(who, ["env", profiles.Home, .. variables, .. Lab.Supervise(words, command)]);

    private static void Do(params string[] command)
    {
        using var running = new Running(command, null);
        running.Finish().Succeeds();
    }
}
