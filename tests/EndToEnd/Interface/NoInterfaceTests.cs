namespace BindToInterface.EndToEnd;

/// <summary>No interface is set: everything passes, and one line says so, or it is an error.</summary>
[Collection(Collections.Parent)]
public sealed class NoInterfaceTests(Lab lab) : LabTest(lab)
{
    [LabTheory]
    [Everyone("")]
    [Everyone("-q")]
    [Everyone("--log-level error")]
    public void One_line_says_so_also_where_only_errors_are_shown(Who who, string options)
    {
        var line = Assert.Single(Lab.Supervised(who, options, "echo", "hello").Says("hello\n").ErrorLines);

        Assert.Contains("no interface is set (--interface or BIND_INTERFACE): all traffic takes the normal route", line, StringComparison.Ordinal);
    }

    [LabTheory]
    [Everyone]
    public void The_line_names_what_may_be_meant(Who who)
    {
        Assert.Contains("'--interface' stands after PROGRAM", Assert.Single(Lab.Supervised(who, "", "echo", "--interface", "ovpn").Succeeds().ErrorLines), StringComparison.Ordinal);
        Assert.Contains("'-i' stands after PROGRAM", Assert.Single(Lab.Supervised(who, "", "echo", "-i", "ovpn").Succeeds().ErrorLines), StringComparison.Ordinal);
        Assert.Contains(
            "BIND_INTERFCE", Assert.Single(Lab.Run(who, ["env", "BIND_INTERFCE=ovpn", .. Lab.Supervise("", "true")]).Succeeds().ErrorLines), StringComparison.Ordinal);
    }

    [LabTheory]
    [Everyone("--require-interface", "--require-interface")]
    [Everyone("", "BTI_REQUIRE_INTERFACE")]
    public void It_is_an_error_where_one_is_required(Who who, string options, string named)
    {
        string[] environment = options.Length == 0 ? ["env", "BTI_REQUIRE_INTERFACE=1"] : [];

        var refused = Lab.Run(who, [.. environment, .. Lab.Supervise(options, "echo", "started")]).ExitsWith(125);

        Assert.Empty(refused.Output);
        Assert.StartsWith($"bti-supervise: {named}: no interface is set", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
        Lab.Run(who, [.. environment, .. Lab.Supervise($"{options} --interface ovpn", "echo", "started")]).Says("started\n");
    }
}
