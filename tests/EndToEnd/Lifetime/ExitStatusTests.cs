namespace BindToInterface.EndToEnd;

/// <summary>The supervisor ends as its program ended.</summary>
[Collection(Collections.Parent)]
public sealed class ExitStatusTests(Lab lab) : LabTest(lab)
{
    [LabTheory]
    [Everyone]
    public void Every_exit_status_is_the_program_s_own(Who who)
    {
        const string script = $$"""
            tried=0
            for status in $(seq 0 255); do
                {{Lab.Supervisor}} --interface ovpn -- sh -c "exit $status"
                ended=$?
                [ $ended = $status ] || echo "$status became $ended"
                tried=$((tried + 1))
            done
            echo $tried tried
            """;

        Lab.Run(who, "bash", "-c", script).Says("256 tried\n");
    }

    [LabTheory]
    [Everyone]
    public void A_program_killed_by_a_signal_takes_the_supervisor_with_it(Who who)
    {
        // HUP INT QUIT ABRT KILL USR1 SEGV USR2 PIPE ALRM TERM, and two that have no name.
        foreach (var signal in (int[])[1, 2, 3, 6, 9, 10, 11, 12, 13, 14, 15, 35, 64])
        {
            Lab.Bound(who, "sh", "-c", $"kill -{signal} $$").DiesBy(signal);
        }
    }

    [LabFact]
    public void As_process_1_it_ends_with_128_and_the_signal()
    {
        Init("kill -KILL $$").ExitsWith(137);
        Init("kill -TERM $$").ExitsWith(143);
        Init("exit 7").ExitsWith(7);
        Init("true").ExitsWith(0);
    }

    [LabTheory]
    [Everyone("/etc/passwd")]
    [Everyone("/etc")]
    [Everyone("/etc/passwd/nothing")]
    public void A_program_that_cannot_be_executed_is_126(Who who, string program) =>
        Assert.Contains(program, Assert.Single(Lab.Bound(who, program).ExitsWith(126).ErrorLines), StringComparison.Ordinal);

    [LabTheory]
    [Everyone("/no/such/program")]
    [Everyone("no-such-program")]
    public void A_program_that_does_not_exist_is_127(Who who, string program) =>
        Assert.Contains(
            program,
            Assert.Single(Lab.Run(who, ["env", "PATH=/usr/bin:/bin", .. Lab.Supervise("--interface ovpn", program)]).ExitsWith(127).ErrorLines),
            StringComparison.Ordinal);

    [LabTheory]
    [Everyone]
    public void A_whole_command_in_one_word_is_told_to_need_a_shell(Who who) =>
        Assert.EndsWith("sh -c 'echo hello'", Assert.Single(Lab.Run(who, ["env", "PATH=/usr/bin:/bin", .. Lab.Supervise("--interface ovpn", "echo hello")]).ExitsWith(127).ErrorLines), StringComparison.Ordinal);

    [LabTheory]
    [Everyone]
    public void A_supervisor_below_a_supervisor_is_an_error(Who who)
    {
        var result = Lab.Bound(who, Lab.Supervise("--interface ovpn", "echo", "started")).ExitsWith(125);

        Assert.Equal("", result.Output);
        Assert.Contains("supervise", Assert.Single(result.ErrorLines), StringComparison.OrdinalIgnoreCase);
    }

    [LabTheory]
    [Everyone]
    public void A_parent_that_ignores_its_children_still_learns_the_status(Who who) =>
        Lab.Run(who, ["env", "--ignore-signal=CHLD", .. Lab.Supervise("--interface ovpn", "sh", "-c", "exit 7")]).ExitsWith(7);

    private Result Init(string script) =>
        Lab.Run(Who.Root, ["unshare", "--pid", "--fork", "--mount-proc", .. Lab.Supervise("--interface ovpn", "bash", "-c", script)]);
}
