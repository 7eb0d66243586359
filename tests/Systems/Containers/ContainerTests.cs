namespace BindToInterface.Systems;

/// <summary>The supervisor as a container's entrypoint, PID 1, under the engine's default profile and what the documentation adds.</summary>
public abstract class ContainerTests
{
    private const string Bound = "--env=BIND_INTERFACE=ovpn";

    protected ContainerTests(Engine engine)
    {
        Engine = engine;
        engine.Lab.Reset();
    }

    protected Engine Engine { get; }

    [SystemsTheory]
    [InlineData("")]
    [InlineData("--user=65534:65534")]
    [InlineData("--user=65534:65534 --security-opt=no-new-privileges --read-only")]
    public void A_layer_on_an_existing_image_binds_its_program(string options)
    {
        Engine.Run($"{Bound} {options}", "bound", "curl", "-sS", Internet.WebUrl(Internet.Web4)).AnsweredBy(Side.Ovpn, Internet.Web4);
        Engine.Run($"{Bound} {options}", "bound", "curl", "-sS", Internet.WebUrl(Internet.Web6)).AnsweredBy(Side.Ovpn, Internet.Web6);

        Engine.Lab.NothingLeftBy(Side.Lan0);
    }

    [SystemsFact]
    public void Without_capabilities_beyond_what_is_documented()
    {
        Engine.Run($"{Bound} --cap-drop=ALL --user=65534:65534", "bound", "curl", "-sS", Internet.WebUrl(Internet.Web4)).AnsweredBy(Side.Ovpn, Internet.Web4);
        Engine.Run($"{Bound} --cap-drop=ALL --user=65534:65534", "bound", "grep", "CapEff", "/proc/self/status").Says("CapEff:\t0000000000000000\n");

        Engine.Lab.NothingLeftBy(Side.Lan0);
    }

    [SystemsFact]
    public void Names_are_asked_by_the_interface()
    {
        var answer = Engine.Run($"{Bound} --env=DNS_OVERRIDE_IP={Internet.Override4}", "bound", "getent", "ahostsv4", "side.test").Succeeds();

        Assert.All(answer.OutputLines, line => Assert.StartsWith(Internet.Answer4(Side.Ovpn, Internet.Override4) + " ", line, StringComparison.Ordinal));
        Engine.Lab.NothingLeftBy(Side.Lan0);
    }

    [SystemsFact]
    public void An_image_from_scratch_needs_the_one_file_and_the_program()
    {
        Engine.Run("", "bti-supervise", "--version").Succeeds();
        Engine.Run("", "bti-busybox", "--interface", "ovpn", "--", "/bin/busybox", "wget", "-q", "-O", "-", Internet.WebUrl(Internet.Web4)).AnsweredBy(Side.Ovpn, Internet.Web4);

        Engine.Lab.NothingLeftBy(Side.Lan0);
    }

    [SystemsTheory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 42", 42)]
    [InlineData("kill -TERM $$", 128 + 15)]
    [InlineData("kill -KILL $$", 128 + 9)]
    [InlineData("kill -SEGV $$", 128 + 11)]
    public void The_containers_exit_status_is_the_programs(string script, int status) =>
        Engine.Run(Bound, "bound", "sh", "-c", script).ExitsWith(status);

    [SystemsTheory]
    [InlineData("/nowhere", 127)]
    [InlineData("/etc/passwd", 126)]
    public void A_program_that_cannot_run_has_the_usual_status(string program, int status) =>
        Engine.Run(Bound, "bound", program).ExitsWith(status);

    [SystemsFact]
    public void The_supervisor_is_process_1_and_reaps_what_is_left_to_it()
    {
        // The grandchildren are orphans at once, and short-lived: as zombies they would still be listed.
        const string Script = """
            cat /proc/1/comm
            for i in 1 2 3 4 5; do (true &) ; done
            for try in $(seq 500); do
                ps -e -o stat= | grep -q Z || { echo reaped; exit; }
                sleep 0.01
            done
            ps -e -o pid,stat,comm
            """;

        Engine.Run(Bound, "bound", "sh", "-c", Script).Says("bti-supervise\nreaped\n");
    }

    [SystemsFact]
    public void Stop_is_a_SIGTERM_for_the_program()
    {
        using var running = Engine.StartRun("stopped", $"{Bound} --rm", "bound", "sh", "-c", "trap 'echo asked; exit 7' TERM; echo ready; while :; do sleep 0.1; done");
        running.WaitForOutput("ready");

        Engine.Do("stop", "--time", "20", "stopped").Succeeds();

        Assert.Equal("ready\nasked\n", running.Finish().ExitsWith(7).Output);
    }

    [SystemsFact]
    public void Kill_passes_any_signal_on()
    {
        using var running = Engine.StartRun("signalled", $"{Bound} --rm", "bound", "sh", "-c", "trap 'echo USR1; exit 0' USR1; echo ready; while :; do sleep 0.1; done");
        running.WaitForOutput("ready");

        Engine.Do("kill", "--signal", "USR1", "signalled").Succeeds();

        running.Finish().Says("ready\nUSR1\n");
    }

    [SystemsFact]
    public void The_log_has_both_streams()
    {
        using var running = Engine.StartRun("logged", Bound, "bound", "sh", "-c", "echo said; echo complained >&2");
        running.Finish().Succeeds();

        var logs = Engine.Do("logs", "logged").Says("said\n");
        Assert.Equal("complained\n", logs.Error);
        Engine.Do("rm", "logged").Succeeds();
    }

    [SystemsFact]
    public void The_layer_takes_options_before_the_program()
    {
        Engine.Run("", "bound", "--interface", "ovpn", "curl", "-sS", Internet.WebUrl(Internet.Web4)).AnsweredBy(Side.Ovpn, Internet.Web4);

        Engine.Lab.NothingLeftBy(Side.Lan0);
    }

    [SystemsFact]
    public void The_layer_does_not_start_without_an_interface()
    {
        Assert.Contains("BTI_REQUIRE_INTERFACE", Assert.Single(Engine.Run("", "bound", "true").ExitsWith(125).ErrorLines), StringComparison.Ordinal);
        Engine.Run("--env=BTI_REQUIRE_INTERFACE=0", "bound", "true").Succeeds();
    }

    [SystemsFact]
    public void Bad_configuration_is_one_line_and_status_125()
    {
        var result = Engine.Run("--env=BIND_INTERFACE=ovpn --env=BIND_EXCLUDE=300.1.2.3", "bound", "true").ExitsWith(125);

        Assert.Contains("300.1.2.3", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }
}
