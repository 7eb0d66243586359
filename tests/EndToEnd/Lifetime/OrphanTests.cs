using System.Globalization;

namespace BindToInterface.EndToEnd;

/// <summary>Descendants whose own parents have ended.</summary>
[Collection(OrphanCollection.Name)]
public sealed class OrphanTests(Lab lab) : LabTest(lab)
{
    private const int Terminate = 15;
    private const string MainHasEnded = "its descendants are still supervised";

    [LabTheory]
    [Everyone("exit 7", 7)]
    [Everyone("exit 0", 0)]
    [Everyone("kill -USR1 $$", -10)]
    public void What_the_program_leaves_behind_is_supervised_to_its_end_and_the_status_is_the_program_s(Who who, string end, int status)
    {
        using var supervisor = Lab.Start(who, Lab.Supervise("--interface ovpn --log-level debug", "bash", "-c", $"{Programs.C("talk")} -l {Internet.Web4} 7 <&0 & {end}"));
        supervisor.WaitForError(MainHasEnded);

        supervisor.Input.Write("\n"u8);
        supervisor.Input.Flush();
        supervisor.WaitForOutput($"ovpn {Side.Ovpn.Address4} ");
        var result = supervisor.Finish();

        Assert.Equal(status, result.ExitCode ?? -result.Signal);
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void The_supervisor_adopts_orphans_and_reaps_them(Who who)
    {
        using var supervisor = Lab.Start(who, Lab.Supervise("--interface ovpn", Programs.C("proc_orphan"), "20"));
        supervisor.WaitForOutput("made 20\n");
        var adopted = string.Create(CultureInfo.InvariantCulture, $"adopted by {supervisor.Pid}");

        Wait.Until(() => supervisor.Output.Split('\n').Count(line => line == adopted) == 20, () => $"not adopted by {supervisor.Pid}: {supervisor}");
        // The program itself is all that is left.
        Wait.Until(() => Children(supervisor.Pid) == 1, () => $"{Children(supervisor.Pid)} children of {supervisor}");

        supervisor.Finish().Succeeds();
    }

    /// <summary>What became us had children, which are neither the program's nor supervised.</summary>
    [LabTheory]
    [Everyone("exec {0} sh -c 'echo hi; exit 4' > >(cat)")]
    [Everyone("sleep 300 >/dev/null 2>&1 & exec {0} sh -c 'echo hi; exit 4'")]
    [Everyone("exec > >(cat); exec {0} sh -c 'echo hi; exit 4'")]
    public void Children_from_before_are_not_waited_for(Who who, string script) => Assert.Equal(
        "hi\n",
        Lab.Run(who, "bash", "-c", script.Replace("{0}", string.Join(' ', Lab.Supervise("--interface ovpn")), StringComparison.Ordinal)).ExitsWith(4).Output);

    [LabTheory]
    [Everyone]
    public void A_pipe_that_the_program_closes_is_closed(Who who)
    {
        using var scratch = new Scratch();
        var fifo = scratch.File("fifo");
        Lab.Run(who, "mkfifo", "-m", "666", fifo).Succeeds();
        var supervise = string.Join(' ', Lab.Supervise("--interface ovpn"));

        Lab.Run(who, "bash", "-c", $"exec 3< <({supervise} sh -c 'echo hi; exec >&-; read line <{fifo}' 3>&-); cat <&3; echo end; echo >{fifo}")
            .Says("hi\nend\n");
    }

    [LabTheory]
    [Everyone]
    public void An_alarm_from_before_ends_the_program(Who who) =>
        Lab.Run(who, ["perl", "-e", "alarm 1; exec @ARGV", .. Lab.Supervise("--interface ovpn", "sleep", "300")]).DiesBy(14);

    [LabTheory(KernelFeature.UserNamespaces)]
    [Everyone]
    public void As_process_1_it_reaps_whatever_there_is(Who who)
    {
        // A zombie has a name as well, until it is reaped.
        var script = $$"""
            {{Programs.C("proc_orphan")}} 20 </dev/null | sort | uniq -c
            while pgrep -x proc_orphan >/dev/null; do :; done
            ps -e -o comm= | grep -c bti-supervise
            exit 7
            """;

        var result = Lab.Run(who, Init("bash", "-c", script)).ExitsWith(7);

        Assert.Equal(["20 adopted by 1", "1 made 20", "1"], result.OutputLines.Select(line => line.Trim()));
    }

    [LabTheory(KernelFeature.UserNamespaces)]
    [Everyone]
    public void As_process_1_it_passes_signals_on_and_stays_for_what_is_left(Who who)
    {
        using var supervisor = Lab.Start(
            who,
            Init("bash", "-c", $"echo main; {Programs.C("talk")} -l {Internet.Web4} 7 <&0 & trap 'exit 9' TERM; kill -TERM 1; while :; do wait; done"));
        supervisor.WaitForOutput("main");
        supervisor.Input.Write("\n"u8);
        supervisor.Input.Flush();
        supervisor.WaitForOutput($"ovpn {Side.Ovpn.Address4} ");

        supervisor.Finish().ExitsWith(9);
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void A_signal_after_the_program_s_end_goes_to_what_it_left_behind(Who who)
    {
        using var supervisor = Lab.Start(who, Lab.Supervise("--interface ovpn --log-level debug", "bash", "-c", "cat <&0 & cat <&0 & exit 7"));
        supervisor.WaitForError(MainHasEnded);

        supervisor.Signal(Terminate);

        supervisor.WaitForEnd().ExitsWith(7);
    }

    [LabTheory]
    [Everyone("", Internet.Web4)]
    [Everyone("-n", Internet.Web6)]
    [Everyone("-u", Internet.Web4)]
    public void With_exit_with_program_what_is_left_is_refused(Who who, string how, string address)
    {
        using var supervisor = Lab.Start(
            who,
            Lab.Supervise("--interface ovpn --exit-with-program", "bash", "-c", $"{Programs.C("talk")} {how} -l {address} 7 <&0 & exit 7"));
        supervisor.WaitForEnd(outlived: true).ExitsWith(7);

        supervisor.Input.Write("\n"u8);
        supervisor.Input.Flush();

        supervisor.WaitForOutput("connect: ENOSYS\n");
        Lab.NothingLeftBy(Side.Lan0);
        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Everyone]
    public void With_exit_with_program_a_program_s_end_by_signal_is_ours_too(Who who)
    {
        using var supervisor = Lab.Start(who, Lab.Supervise("--interface ovpn --exit-with-program", "bash", "-c", "cat <&0 & kill -USR1 $$"));

        supervisor.WaitForEnd(outlived: true).DiesBy(10);
    }

    [LabTheory]
    [Everyone]
    public void Who_is_waited_for_is_told_after_a_second(Who who)
    {
        using var supervisor = Lab.Start(who, Lab.Supervise("--interface ovpn", "bash", "-c", "cat <&0 & exit 7"));

        supervisor.WaitForError("bti-supervise: waiting for cat[");
        var result = supervisor.Finish().ExitsWith(7);

        Assert.EndsWith("]; --exit-with-program does not wait", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [LabTheory]
    [Everyone]
    public void Of_many_that_are_waited_for_three_are_named(Who who)
    {
        using var supervisor = Lab.Start(who, Lab.Supervise("--interface ovpn", "bash", "-c", "for i in 1 2 3 4 5; do cat <&0 & done"));

        supervisor.WaitForError(" and 2 more; --exit-with-program does not wait\n");

        Assert.Equal(3, Assert.Single(supervisor.Finish().Succeeds().ErrorLines).Split("cat[").Length - 1);
    }

    [LabTheory]
    [Everyone("cat <&0 & (cat <&0 & wait) & sleep 300 & kill $!; wait $!; exit 7", "3 descendants go on and are refused")]
    [Everyone("cat <&0 & exit 7", "1 descendant goes on and is refused")]
    public void With_exit_with_program_it_is_told_how_many_are_left(Who who, string script, string told)
    {
        using var supervisor = Lab.Start(who, Lab.Supervise("--interface ovpn --exit-with-program", "bash", "-c", script));

        var line = Assert.Single(supervisor.WaitForEnd(outlived: true).ExitsWith(7).ErrorLines, line => line.StartsWith("bti-supervise:", StringComparison.Ordinal));

        Assert.Contains($"ended with the program; {told}", line, StringComparison.Ordinal);
    }

    /// <summary>Whoever became the supervisor had started those.</summary>
    [LabTheory]
    [Everyone]
    public void With_exit_with_program_children_from_before_do_not_count(Who who) => Assert.Equal(
        "",
        Lab.Run(who, "bash", "-c", $"sleep 1 & exec {string.Join(' ', Lab.Supervise("--interface ovpn --exit-with-program", "true"))}").Succeeds().Error);

    [LabTheory]
    [Everyone]
    public void With_exit_with_program_whoever_told_it_to_end_sees_to_the_rest(Who who)
    {
        using var supervisor = Lab.Start(who, Lab.Supervise("--interface ovpn --exit-with-program", "bash", "-c", "trap 'exit 7' TERM; cat <&0 & echo ready; wait"));
        supervisor.WaitForOutput("ready");

        supervisor.Signal(Terminate);

        Assert.Equal("", supervisor.WaitForEnd(outlived: true).ExitsWith(7).Error);
    }

    private static string[] Init(params string[] command) =>
        ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", .. Lab.Supervise("--interface ovpn", command)];

    private static int Children(int parent)
    {
        var count = 0;
        foreach (var directory in Directory.EnumerateDirectories("/proc").Where(name => char.IsAsciiDigit(name[^1])))
        {
            try
            {
                var stat = File.ReadAllText($"{directory}/stat");
                count += int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture) == parent ? 1 : 0;
            }
            catch (IOException)
            {
                // It ended meanwhile.
            }
        }

        return count;
    }
}
