using System.Globalization;

namespace BindToInterface.Systems;

/// <summary>
/// What systemctl does to a service has the same outcome with the supervisor as without: each test does the same to
/// the same program as a plain service and as bti@.service, and compares.
/// </summary>
public sealed class SameAsBareTests(Machine machine) : SystemdTest(machine)
{
    /// <summary>How a service ended: Result, ExecMainCode, ExecMainStatus, NRestarts and what the program wrote.</summary>
    private sealed record Outcome(string State, string Result, string Code, string Status, string Restarts, string Output);

    [SystemsTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(42)]
    [InlineData(255)]
    public void Exit_status(int status) =>
        Same($"exit{status}", $"/bin/sh -c 'exit {status}'", "Restart=no", unit => Ended(unit));

    /// <summary>Without core files, of which the supervisor makes none of its own.</summary>
    [SystemsTheory]
    [InlineData("HUP")]
    [InlineData("INT")]
    [InlineData("ABRT")]
    [InlineData("KILL")]
    [InlineData("SEGV")]
    [InlineData("PIPE")]
    [InlineData("TERM")]
    [InlineData("USR1")]
    public void Death_by_signal(string signal) =>
        Same($"dies{signal}", $"/bin/sh -c 'kill -{signal} $$'", "Restart=no\nLimitCORE=0", unit => Ended(unit));

    [SystemsFact]
    public void Stop() => Same("stop", Program("signals"), "Restart=no", unit =>
    {
        unit.WaitForOutput("ready").Do("stop");
        return unit;
    });

    [SystemsFact]
    public void Stop_of_a_program_that_does_not_want_to() => Same("stubborn", Program("signals") + " stubborn", "Restart=no\nTimeoutStopSec=2", unit =>
    {
        unit.WaitForOutput("ready").Do("stop");
        return unit;
    });

    [SystemsFact]
    public void Stop_of_a_program_with_children_that_do_not_want_to() => Same("parent", Program("signals") + " parent", "Restart=no\nTimeoutStopSec=2", unit =>
    {
        unit.WaitForOutput("ready").Do("stop");
        Assert.Empty(Left(unit));
        return unit;
    }, compareResult: false); // A plain service waits out TimeoutStopSec for the children, a supervised one kills them at once.

    [SystemsFact]
    public void A_main_program_that_ends_before_its_children_ends_the_service() =>
        Same("leaves", "/bin/sh -c 'sleep 1000 & echo gone; exit 5'", "Restart=no", unit =>
        {
            Ended(unit);
            Assert.Empty(Left(unit));
            return unit;
        });

    [SystemsFact]
    public void Restart() => Same("restart", Program("signals"), "Restart=no", unit =>
    {
        var before = unit.WaitForOutput("ready").MainPid;
        unit.Do("restart");
        Assert.NotEqual(before, unit.MainPid);
        return unit.WaitForOutput("ready\ngot SIGTERM\nready\n");
    });

    [SystemsFact]
    public void Reload() => Same("reload", Program("signals"), "Restart=no", unit =>
    {
        var before = unit.WaitForOutput("ready").MainPid;
        unit.Do("reload");
        unit.WaitForOutput("SIGHUP");
        Assert.Equal(before, unit.MainPid);
        unit.Do("stop");
        return unit;
    });

    [SystemsTheory]
    [InlineData("HUP")]
    [InlineData("INT")]
    [InlineData("QUIT")]
    [InlineData("USR1")]
    [InlineData("USR2")]
    public void Kill_of_the_main_process(string signal) => Same($"kill{signal}", Program("signals"), "Restart=no", unit =>
    {
        unit.WaitForOutput("ready").Do("kill", $"--signal={signal}", "--kill-whom=main");
        unit.WaitForOutput($"SIG{signal}").Do("stop");
        return unit;
    });

    [SystemsFact]
    public void Kill_by_SIGKILL() => Same("killed", Program("signals"), "Restart=no", unit =>
    {
        unit.WaitForOutput("ready").Do("kill", "--signal=KILL");
        return Ended(unit);
    });

    [SystemsFact]
    public void Restart_on_failure() => Same("again", "/bin/sh -c 'test -e again && exec sleep 1000; touch again; exit 9'", "Restart=on-failure\nRestartSec=100ms", unit =>
        unit.WaitUntil("NRestarts", "1").WaitUntil("SubState", "running"));

    private static Unit Ended(Unit unit)
    {
        Wait.Until(() => unit["ActiveState"] is "inactive" or "failed", () => $"did not end:\n{unit.Journal}");
        return unit;
    }

    private static string[] Left(Unit unit) => unit["ControlGroup"] is "" ? [] : unit.Processes;

    private void Same(string instance, string command, string settings, Func<Unit, Unit> act, bool compareResult = true)
    {
        using var bare = Bare(instance, command, settings);
        using var supervised = Unit.Bound(Machine, instance, command).DropIn($"[Service]\n{settings}");
        var outcomes = new List<Outcome>();
        foreach (var unit in (Unit[])[bare, supervised])
        {
            unit.TryStart();
            act(unit);
            outcomes.Add(new Outcome(
                unit["ActiveState"],
                compareResult ? unit["Result"] : "",
                unit["ExecMainCode"],
                unit["ExecMainStatus"],
                unit["NRestarts"],
                WrittenBy(unit)));
        }

        Assert.Equal(outcomes[0], outcomes[1]);
    }

    /// <summary>What the program wrote: without the supervisor's warning of what it leaves to systemd.</summary>
    private static string WrittenBy(Unit unit) => string.Concat(
        unit.Output.Split('\n').Where(line => !line.StartsWith("bti-supervise: ended with the program;", StringComparison.Ordinal)).Select(line => $"{line}\n"));

    /// <summary>The service that the supervised one is to be like.</summary>
    private Unit Bare(string instance, string command, string settings) => new Unit(Machine, $"bare-{instance}.service").File(
        $"/run/systemd/system/bare-{instance}.service",
        string.Create(CultureInfo.InvariantCulture, $"""
            [Service]
            Type=exec
            ExecStart={command.Replace("$", "$$", StringComparison.Ordinal)}
            ExecReload=kill -HUP $MAINPID
            DynamicUser=yes
            StateDirectory=bare-{instance}
            WorkingDirectory=%S/bare-{instance}
            {settings}

            """));
}
