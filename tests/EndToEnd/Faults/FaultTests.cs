using System.Globalization;

namespace BindToInterface.EndToEnd;

/// <summary>
/// The supervisor is killed, stopped, or has no descriptors, memory or threads left while a program makes calls of every kind. They
/// are refused or wait; when it has what it needs again, they succeed again. Nothing leaks, and nothing hangs.
/// </summary>
[Collection(FaultCollection.Name)]
public sealed class FaultTests(Lab lab) : LabTest(lab)
{
    private const int Kill = 9;
    private const int Continue = 18;
    private const int Stop = 19;
    private const int Terminate = 15;

    /// <summary>Each datagram is judged, also those of long vectors, by threads of their own.</summary>
    private const string Judging = "--interface ovpn --exclude 192.0.2.1";
    private const string AllWell = "0 0 0 0 0 0 0 0 0\n";
    private const string AllRefused = "ENOSYS ENOSYS ENOSYS ENOSYS ENOSYS ENOSYS ENOSYS ENOSYS ENOSYS\n";

    [LabTheory]
    [Everyone("--interface ovpn")]
    [Everyone(Judging)]
    public void Killed_at_full_speed_it_leaves_every_call_refused(Who who, string options)
    {
        using var program = Lab.Start(who, Lab.Supervise(options, Load("until", "16")));
        program.WaitForOutput("ready\n");

        program.Signal(Kill);

        program.WaitForOutput("until: ENOSYS, and 0 others after it\n");
        program.WaitForEnd(outlived: true).DiesBy(Kill);
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void Stopped_it_lets_calls_wait_and_continued_it_answers_them(Who who)
    {
        using var program = Begin(who);

        program.Signal(Stop);
        Wait.Until(() => State(program) == 'T', () => $"not stopped: {program}");
        Type(program);
        program.Signal(Continue);

        program.WaitForOutput($"ready\n{AllWell}{AllWell}");
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void Stopped_and_killed_it_leaves_what_waited_refused(Who who)
    {
        using var program = Begin(who);

        program.Signal(Stop);
        Wait.Until(() => State(program) == 'T', () => $"not stopped: {program}");
        Type(program);
        program.Signal(Kill);

        program.WaitForOutput($"ready\n{AllWell}{AllRefused}");
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void Without_descriptors_it_refuses_with_a_line_and_recovers(Who who)
    {
        using var program = Begin(who);

        Limit(who, program, "--nofile=3:");
        Type(program);
        program.WaitForOutput($"ready\n{AllWell}EMFILE EMFILE EMFILE EMFILE EMFILE EMFILE ");
        program.WaitForError("EMFILE; a call that cannot be checked is refused");
        Lab.NothingLeftBy(Side.Lan0);

        Limit(who, program, "--nofile=1000:");
        Type(program);
        Wait.Until(() => program.Output.EndsWith(AllWell + AllWell, StringComparison.Ordinal) || Lines(program) > 3, () => $"no answer: {program}");
        Assert.EndsWith(AllWell, program.Output, StringComparison.Ordinal);
        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>Whom to wait for, and whom to pass a signal on to, is read from files.</summary>
    [LabTheory]
    [Everyone]
    public void Without_descriptors_it_waits_for_what_the_program_leaves_behind_and_passes_signals_on(Who who)
    {
        const string Script = """
            echo ready; read -r
            (trap 'echo got; exit' TERM; echo left; for i in $(seq 3000); do sleep 0.1; done) &
            exit 3
            """;
        using var program = Lab.Start(who, Lab.Supervise("--interface ovpn", "bash", "-c", Script));
        program.WaitForOutput("ready\n");

        Limit(who, program, "--nofile=3:");
        Type(program);
        program.WaitForOutput("ready\nleft\n");
        program.WaitForError("waiting for bash[");
        program.Signal(Terminate);

        Assert.Equal("ready\nleft\ngot\n", program.Finish().ExitsWith(3).Output);
    }

    [LabTheory]
    [Everyone]
    public void Without_descriptors_it_tells_children_from_before_from_those_of_the_program(Who who)
    {
        const string Script = "echo ready; read -r; (read -r; echo left) <&0 & exit 3";
        string[] supervised = Lab.Supervise("--interface ovpn", "bash", "-c", Script);
        using var program = Lab.Start(who, ["bash", "-c", "sleep 300 >/dev/null 2>&1 & exec \"$@\"", "bash", .. supervised]);
        program.WaitForOutput("ready\n");

        Limit(who, program, "--nofile=3:");
        Type(program);
        program.WaitForError("waiting for bash[");
        Type(program);

        Assert.Equal("ready\nleft\n", program.Finish().ExitsWith(3).Output);
    }

    /// <summary>Where it keeps copies of sockets, it finds out from files which of them nobody has any more.</summary>
    [LabTheory]
    [Everyone]
    public void Without_descriptors_it_closes_the_copies_of_sockets_that_are_closed(Who who)
    {
        const int Sockets = 20;
        string script = $$"""
            import socket
            sockets = [socket.socket() for _ in range({{Sockets}})]
            print("open", flush=True); input(); sockets.clear(); print("closed", flush=True); input()
            """;
        using var program = Lab.Start(who, Sandbox.Supervise("--interface ovpn", "python3", "-c", script));
        program.WaitForOutput("open\n");
        int Descriptors() => Directory.GetFiles($"/proc/{Pid(program)}/fd").Length;
        int before = Descriptors();

        Limit(who, program, "--nofile=3:");
        Type(program);
        program.WaitForOutput("open\nclosed\n");

        Wait.Until(() => Descriptors() <= before - Sockets, () => $"{Descriptors()} descriptors, before {before}: {program}");
        Type(program);
        program.Finish().Succeeds();
    }

    /// <summary>What it needs for a call it has from the start.</summary>
    [LabTheory]
    [Everyone]
    public void Without_further_memory_it_answers_as_before(Who who)
    {
        using var program = Begin(who);

        Limit(who, program, "--as=1000000:");
        Type(program);

        program.WaitForOutput($"ready\n{AllWell}{AllWell}");
        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>As a user who has no other process, since the limit is one of all threads of a user. Long vectors are then judged by the receiver.</summary>
    [RootFact]
    public void Without_further_threads_it_answers_as_before()
    {
        string[] user = ["setpriv", "--reuid=71234", "--regid=71234", "--clear-groups"];
        using var program = Lab.Start(Who.Root, [.. user, .. Lab.Supervise(Judging, Load("lines"))]);
        program.WaitForOutput("ready\n");

        Lab.Run(Who.Root, [.. user, "prlimit", "--pid", Pid(program), "--nproc=1:"]).Succeeds();
        Type(program);
        program.WaitForOutput($"ready\n{AllWell}");
        Type(program);

        program.WaitForOutput($"ready\n{AllWell}{AllWell}");
        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>A program that makes one round of calls for each line that it reads. It has made one.</summary>
    private Running Begin(Who who)
    {
        var program = Lab.Start(who, Lab.Supervise(Judging, Load("lines")));
        program.WaitForOutput("ready\n");
        Type(program);
        program.WaitForOutput($"ready\n{AllWell}");
        return program;
    }

    private void Limit(Who who, Running program, string limit) => Lab.Run(who, "prlimit", "--pid", Pid(program), limit).Succeeds();

    private static string[] Load(string name, params string[] more) => [Programs.C("load"), name, Internet.Silent4, "9", .. more];

    private static string Pid(Running program) => program.Pid.ToString(CultureInfo.InvariantCulture);

    private static int Lines(Running program) => program.Output.Count(character => character == '\n');

    /// <summary>The state of the supervisor, as in /proc/PID/stat.</summary>
    private static char State(Running program)
    {
        var text = File.ReadAllText($"/proc/{Pid(program)}/stat");
        return text[text.LastIndexOf(')') + 2];
    }

    private static void Type(Running program)
    {
        program.Input.Write("\n"u8);
        program.Input.Flush();
    }
}
