namespace BindToInterface.Systems;

/// <summary>bti@.service: a name, its environment file and the command in it.</summary>
public sealed class BtiServiceTests(Machine machine) : SystemdTest(machine)
{
    [SystemsFact]
    public void The_command_of_the_environment_file_runs_bound()
    {
        using var unit = Unit.Bound(Machine, "ask", $"/usr/bin/curl -sS {Internet.WebUrl(Internet.Web4)}").Start();

        unit.WaitUntil("ActiveState", "inactive");

        Assert.Equal($"{Side.Ovpn} {Side.Ovpn.Address4}\n", unit.Output);
        Assert.Equal("success", unit["Result"]);
        Machine.Lab.NothingLeftBy(Side.Lan0);
    }

    [SystemsFact]
    public void The_other_names_of_the_environment_file_count_too()
    {
        using var unit = Unit.Bti(
            Machine,
            "names",
            "/usr/bin/getent ahostsv4 side.test",
            "BIND_INTERFACE=ovpn",
            $"DNS_OVERRIDE_IP={Internet.Override4}").Start();

        unit.WaitUntil("ActiveState", "inactive");

        Assert.StartsWith(Internet.Answer4(Side.Ovpn, Internet.Override4) + " ", unit.Output, StringComparison.Ordinal);
        Machine.Lab.NothingLeftBy(Side.Lan0);
    }

    [SystemsFact]
    public void An_excluded_destination_keeps_the_normal_route()
    {
        using var unit = Unit.Bti(
            Machine,
            "excluded",
            $"/usr/bin/curl -sS {Internet.WebUrl(Internet.Web4)}",
            "BIND_INTERFACE=ovpn",
            $"BIND_EXCLUDE=198.51.100.0/24").Start();

        unit.WaitUntil("ActiveState", "inactive");

        Assert.Equal($"{Side.Lan0} {Side.Lan0.Address4}\n", unit.Output);
        Machine.Lab.NothingLeftBy(Side.Ovpn);
    }

    [SystemsFact]
    public void Quotes_in_the_command_are_respected_and_there_is_no_shell()
    {
        using var unit = Unit.Bound(Machine, "quotes", """/usr/bin/printf "[%s]" "two words" ';' '*'""").Start();

        unit.WaitUntil("ActiveState", "inactive");

        Assert.Equal("[two words][;][*]\n", unit.Output);
    }

    [SystemsFact]
    public void The_command_is_no_root_and_has_a_folder_of_its_own()
    {
        using var unit = Unit.Bound(Machine, "modest", """/bin/sh -c 'id -u; grep CapEff: /proc/self/status; pwd; touch mine && ls'""").Start();

        var lines = unit.WaitUntil("ActiveState", "inactive").Output.Split('\n');

        Assert.NotEqual("0", lines[0]);
        Assert.Equal("CapEff:\t0000000000000000", lines[1]);
        Assert.EndsWith("/bind-to-interface/modest", lines[2], StringComparison.Ordinal);
        Assert.Equal("mine", lines[3]);
    }

    [SystemsFact]
    public void Its_status_is_listed_although_its_user_may_write_to_nothing_else_in_run()
    {
        using var unit = Unit.Bound(Machine, "listed", $"/bin/sh -c 'curl -sS {Internet.WebUrl(Internet.Web4)}; sleep 1000'").Start();

        Wait.Until(
            () => Machine.Run("bti-supervise", "--status").Output.Contains("ovpn       up         1", StringComparison.Ordinal),
            () => $"it is not listed: {Machine.Run("bti-supervise", "--status")} {unit.Journal}");

        Assert.Contains($"supervisor  process {unit.MainPid}, user ", Machine.Run("bti-supervise", "--status", $"{unit.Program}").Succeeds().Output, StringComparison.Ordinal);
        unit.Do("stop");
        Assert.Equal("", Machine.Run("bti-supervise", "--status").ExitsWith(1).Output);
    }

    [SystemsFact]
    public void The_journal_has_both_streams_under_the_name_of_the_service()
    {
        using var unit = Unit.Bound(Machine, "chatty", """/bin/sh -c 'echo said; echo complained >&2'""").Start();
        unit.WaitUntil("ActiveState", "inactive");

        var lines = Machine.Run("journalctl", "--no-pager", "--output=cat", "--identifier=chatty", "_SYSTEMD_UNIT=bti@chatty.service").Succeeds().OutputLines;

        Assert.Equal(["said", "complained"], lines);
    }

    [SystemsFact]
    public void The_journal_has_the_priorities()
    {
        using var unit = Unit.Bti(Machine, "priorities", $"/usr/bin/curl -sS {Internet.WebUrl(Internet.Web4)}", "BIND_INTERFACE=nosuch0", "BTI_LOG_LEVEL=information").Start();
        unit.WaitUntil("ActiveState", "failed");
        string Lines(string priority) => Machine.Run("journalctl", "--no-pager", "--output=cat", $"--priority={priority}", "_SYSTEMD_UNIT=bti@priorities.service").Succeeds().Output;

        Assert.StartsWith("bti-supervise: interface nosuch0: no such device", Lines("warning..warning"), StringComparison.Ordinal);
        Assert.Contains("bti-supervise: curl[", Lines("info..info"), StringComparison.Ordinal);
        Assert.DoesNotContain("bti-supervise: curl[", Lines("warning"), StringComparison.Ordinal);
    }

    [SystemsFact]
    public void Bad_configuration_fails_with_one_line_and_is_not_tried_again()
    {
        using var unit = Unit.Bti(Machine, "bad", "/bin/true", "BIND_INTERFACE=ovpn", "BIND_EXCLUDE=300.1.2.3");

        Assert.NotEqual(0, unit.TryStart().ExitCode);

        unit.WaitUntil("ActiveState", "failed");
        Assert.Equal("125", unit["ExecMainStatus"]);
        Assert.Equal("0", unit["NRestarts"]);
        var line = Assert.Single(unit.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("300.1.2.3", line, StringComparison.Ordinal);
    }

    [SystemsFact]
    public void Without_an_interface_in_its_file_it_does_not_run_the_command()
    {
        using var unit = Unit.Bti(Machine, "unbound", "/bin/echo started", "BIND_INTERFCE=ovpn");

        unit.TryStart();

        unit.WaitUntil("ActiveState", "failed");
        Assert.Equal("125", unit["ExecMainStatus"]);
        var line = Assert.Single(unit.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("BIND_INTERFCE", line, StringComparison.Ordinal);
    }

    [SystemsTheory]
    [InlineData("missing", "/nowhere/program", "127")]
    [InlineData("data", "/etc/passwd", "126")]
    public void A_command_that_cannot_run_fails_and_is_not_tried_again(string instance, string command, string status)
    {
        using var unit = Unit.Bound(Machine, instance, command);

        Assert.NotEqual(0, unit.TryStart().ExitCode);

        unit.WaitUntil("ActiveState", "failed");
        Assert.Equal(status, unit["ExecMainStatus"]);
        Assert.Equal("0", unit["NRestarts"]);
        Assert.Contains(command, unit.Output, StringComparison.Ordinal);
    }

    [SystemsFact]
    public void Without_its_environment_file_it_does_not_start()
    {
        using var unit = new Unit(Machine, "bti@nobody.service");

        Assert.NotEqual(0, unit.TryStart().ExitCode);
        Assert.Contains("Failed to load environment files", unit.Journal, StringComparison.Ordinal);
    }

    [SystemsFact]
    public void Killing_the_supervisor_leaves_no_program_behind_and_restarts_the_service()
    {
        using var unit = Unit.Bound(Machine, "orphan", Program("signals")).Start().WaitForOutput("ready");
        var (supervisor, program) = (unit.MainPid, unit.Program);

        unit.Do("kill", "--signal=KILL", "--kill-whom=main");

        unit.WaitUntil("NRestarts", "1").WaitUntil("SubState", "running");
        Assert.DoesNotContain($"{supervisor}", unit.Processes);
        Assert.DoesNotContain($"{program}", unit.Processes);
    }
}
