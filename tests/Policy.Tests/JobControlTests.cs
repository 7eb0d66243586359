using BindToInterface.Policy.JobControl;
using static BindToInterface.Policy.JobControl.JobActionKind;
using static BindToInterface.Policy.JobControl.JobChildChange;
using static BindToInterface.Policy.Signal;

namespace BindToInterface.Policy.Tests;

/// <summary>
/// Job control as a table: events in, actions out. Where two events come from one cause, both orders of arrival stand
/// in the table, and have the same actions in the end.
/// </summary>
public sealed class JobControlTests
{
    private const int Program = 100, Rest = 200, Former = 50;

    private readonly JobFacts facts = new();

    /// <summary>Where the supervisor stands: what its parent is to it.</summary>
    public enum Place
    {
        /// <summary>A job of an interactive shell.</summary>
        Shell,
        /// <summary>Of one process group with a parent of its session (su, runuser, a script).</summary>
        Group,
        /// <summary>The leader of a session of its own (a terminal emulator, ssh -t, setsid).</summary>
        Leader,
        /// <summary>Below a service manager: without a terminal.</summary>
        Service,
    }

    /// <summary>One line is one event: who, what, and after the arrow the actions.</summary>
    public static TheoryData<string, Place, bool, string> Cases => new()
    {
        { "a signal of a process is passed on", Place.Shell, false, "process SIGTERM > PassOn" },
        { "a signal that has no name here is passed on", Place.Shell, false, "process 10 > PassOn; kernel 14 > PassOn" },
        { "a key of the terminal has reached the program already", Place.Shell, false, "kernel SIGINT > ; kernel SIGQUIT > ; kernel SIGWINCH > " },
        { "the same signals of a process are passed on", Place.Shell, false, "process SIGINT > PassOn; process SIGQUIT > PassOn; process SIGWINCH > PassOn" },
        { "that the terminal hung up has reached the leader alone", Place.Leader, false, "kernel SIGHUP > PassOn" },
        { "that the terminal hung up has reached a foreground group", Place.Shell, false, "kernel SIGHUP > " },
        { "the change of a child is no signal to pass on", Place.Shell, false, "kernel SIGCHLD > " },
        { "a SIGCHLD that a process sends is", Place.Shell, false, "process SIGCHLD > PassOn" },
        { "the supervisor's own broken pipe is its own matter", Place.Shell, false, "kernel SIGPIPE > ; self SIGPIPE > " },
        { "a SIGPIPE that a process sends is passed on", Place.Shell, false, "process SIGPIPE > PassOn" },
        { "a SIGCONT without a stop is passed on", Place.Shell, false, "process SIGCONT > PassOn" },

        { "below a shell: the key, then the stop", Place.Shell, false, "kernel SIGTSTP > ; program stops SIGTSTP > Stop SIGTSTP; process SIGCONT > PassOnToStopped; program continues > " },
        { "below a shell: the stop, then the key", Place.Shell, false, "program stops SIGTSTP > Stop SIGTSTP; kernel SIGTSTP > ; process SIGCONT > PassOnToStopped" },
        { "below a shell: continued before its signal is read", Place.Shell, false, "program stops SIGTSTP > Stop SIGTSTP; program continues > ; process SIGCONT > PassOnToStopped" },
        { "below a shell: stopped by a process", Place.Shell, false, "program stops SIGSTOP > Stop SIGSTOP" },
        { "below a shell: reads in the background", Place.Shell, false, "program stops SIGTTIN > Stop SIGTTIN" },
        { "below a shell: stopped a second time", Place.Shell, false, "program stops SIGTSTP > Stop SIGTSTP; process SIGCONT > PassOnToStopped; program continues > ; program stops SIGTSTP > Stop SIGTSTP; process SIGCONT > PassOnToStopped" },
        { "below a shell: a second SIGCONT is the program's", Place.Shell, false, "program stops SIGTSTP > Stop SIGTSTP; process SIGCONT > PassOnToStopped; process SIGCONT > PassOn" },

        { "in the parent's group: the key, then the stop", Place.Group, false, "kernel SIGTSTP > ; program stops SIGTSTP > Stop SIGTSTP" },
        { "in the parent's group: the stop, then the key", Place.Group, false, "program stops SIGTSTP > ; kernel SIGTSTP > Stop SIGTSTP" },
        { "in the parent's group: of the background, in both orders", Place.Group, false, "kernel SIGTTOU > ; program stops SIGTTOU > Stop SIGTTOU; process SIGCONT > PassOnToStopped; program stops SIGTTIN > ; kernel SIGTTIN > Stop SIGTTIN" },
        { "in the parent's group: stopped by a process alone", Place.Group, false, "program stops SIGSTOP > ; program stops SIGTSTP > " },
        { "in the parent's group: the stop of another signal than the terminal's", Place.Group, false, "kernel SIGTSTP > ; program stops SIGSTOP > " },
        { "in the parent's group: continued before the key is read", Place.Group, false, "program stops SIGTSTP > ; program continues > ; kernel SIGTSTP > " },
        { "in the parent's group: a stop that is over does not count for the next", Place.Group, false, "kernel SIGTSTP > ; program stops SIGTSTP > Stop SIGTSTP; process SIGCONT > PassOnToStopped; program continues > ; program stops SIGTSTP > " },
        { "without a parent in the session nobody would continue the supervisor", Place.Leader, false, "kernel SIGTSTP > ; program stops SIGTSTP > " },
        { "below a service manager", Place.Service, false, "program stops SIGSTOP > ; process SIGCONT > PassOn; program continues > " },

        { "the program ends", Place.Shell, false, "program exits 0 > ReportProgramEnd; no child > End" },
        { "the program is killed", Place.Shell, false, "program is killed SIGTERM > ReportProgramEnd; no child > End" },
        { "what the program leaves behind is waited for", Place.Shell, false, "program exits 1 > ReportProgramEnd; no change > HangUpStoppedGroups, TakeTerminal, AwaitRest; no change > ; rest exits 0 > ; no child > End" },
        { "the rest ends before the program", Place.Shell, false, "rest exits 0 > ; program exits 1 > ReportProgramEnd; no child > End" },
        { "the terminal hangs up, then the program ends", Place.Leader, false, "kernel SIGHUP > PassOn; program is killed SIGHUP > ReportProgramEnd; no change > HangUpOtherGroups, TakeTerminal, AwaitRest" },
        { "the program ends, then the terminal hangs up", Place.Leader, false, "program exits 0 > ReportProgramEnd; no change > HangUpStoppedGroups, TakeTerminal, AwaitRest; kernel SIGHUP > PassOn" },
        { "the program ends, and the hang-up is read before the jobs are left", Place.Leader, false, "program exits 0 > ReportProgramEnd; kernel SIGHUP > PassOn; no change > HangUpOtherGroups, TakeTerminal, AwaitRest" },

        { "with the rest: a signal of a process", Place.Shell, false, "program exits 0 > ReportProgramEnd; process SIGTERM > PassOn" },
        { "with the rest: a key may be meant for other groups", Place.Shell, false, "program exits 0 > ReportProgramEnd; kernel SIGINT > PassOnToOtherGroups" },
        { "with the rest: the stop key, then the stop", Place.Shell, false, "program exits 0 > ReportProgramEnd; kernel SIGTSTP > PassOnToOtherGroups; rest stops SIGTSTP > Stop SIGTSTP; process SIGCONT > PassOnToStopped" },
        { "with the rest: the stop, then the stop key", Place.Shell, false, "program exits 0 > ReportProgramEnd; rest stops SIGTSTP > Stop SIGTSTP; process SIGCONT > PassOnToStopped; kernel SIGTSTP > PassOnToOtherGroups" },
        { "the rest stops before the end of the program is known", Place.Shell, false, "rest stops SIGTSTP > ; program exits 0 > ReportProgramEnd; rest is stopped; kernel SIGTSTP > PassOnToOtherGroups, Stop SIGTSTP" },
        { "with the rest: other keys do not stop", Place.Shell, false, "program exits 0 > ReportProgramEnd; rest is stopped; kernel SIGINT > PassOnToOtherGroups" },
        { "with the rest: a job of another group that stops is nobody's", Place.Shell, false, "program exits 0 > ReportProgramEnd; job stops SIGTTIN > HangUpStoppedGroups" },
        { "with the rest: a stop without a shell", Place.Group, false, "program exits 0 > ReportProgramEnd; kernel SIGTSTP > PassOnToOtherGroups; rest stops SIGTSTP > " },
        { "with the rest: the program's number, taken by another process", Place.Shell, false, "program exits 3 > ReportProgramEnd; program exits 4 > ; no child > End" },

        { "ends with the program", Place.Shell, true, "program exits 0 > ReportProgramEnd, ReportAbandoned, End" },
        { "told to end, then the program ends", Place.Service, true, "process SIGTERM > PassOn; program is killed SIGTERM > ReportProgramEnd, End" },
        { "the program ends before it is told to", Place.Service, true, "program exits 0 > ReportProgramEnd, ReportAbandoned, End" },
        { "ends with the program, which is the last", Place.Service, true, "rest exits 0 > ; program exits 0 > ReportProgramEnd, ReportAbandoned, End" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Event_by_event(string name, Place place, bool endsWithProgram, string events)
    {
        Assert.NotEmpty(name);
        Stand(place);
        var job = new JobControlMachine(Program, [], endsWithProgram, facts);
        foreach (string line in events.Split(';', StringSplitOptions.TrimEntries))
        {
            if (line == "rest is stopped")
            {
                facts.Stopped.Add(Rest);
                continue;
            }

            string[] sides = line.Split('>', StringSplitOptions.TrimEntries);
            Assert.Equal($"{sides[0]} > {sides[1]}", $"{sides[0]} > {Text(Happen(job, sides[0]))}");
        }
    }

    [Fact]
    public void Former_children_are_not_waited_for()
    {
        facts.Children.UnionWith([Program, Rest, Former]);
        var job = new JobControlMachine(Program, [Former], endsWithProgram: false, facts);

        facts.Children.Remove(Program);
        Assert.Equal([new(ReportProgramEnd)], job.OnChild(new(Program, Exited, 0)));
        facts.Children.Remove(Rest);
        Assert.Equal([new(End)], job.OnChild(new(Rest, Exited, 0)));
    }

    [Fact]
    public void Former_children_are_not_waited_for_where_the_program_is_the_last()
    {
        facts.Children.UnionWith([Program, Rest, Former]);
        var job = new JobControlMachine(Program, [Former], endsWithProgram: false, facts);

        facts.Children.Remove(Rest);
        Assert.Empty(job.OnChild(new(Rest, Exited, 0)));
        facts.Children.Remove(Program);
        Assert.Equal([new(ReportProgramEnd), new(End)], job.OnChild(new(Program, Exited, 0)));
    }

    [Fact]
    public void A_former_child_that_has_ended_is_forgotten()
    {
        facts.Children.UnionWith([Program, Rest, Former]);
        var job = new JobControlMachine(Program, [Former], endsWithProgram: false, facts);

        Assert.Empty(job.OnChild(new(Former, Killed, 9)));
        Assert.Empty(job.FormerChildren);
        // A child that has its number now is the program's.
        facts.Children.Remove(Program);
        Assert.Equal([new(ReportProgramEnd)], job.OnChild(new(Program, Exited, 0)));
    }

    [Fact]
    public void A_former_child_that_stops_is_no_reason_to_stop()
    {
        Stand(Place.Shell);
        facts.OwnGroup.Add(Former);
        facts.Stopped.Add(Former);
        facts.Children.UnionWith([Rest, Former]);
        var job = new JobControlMachine(Program, [Former], endsWithProgram: false, facts);
        job.OnChild(new(Program, Exited, 0));

        Assert.Equal([new(PassOnToOtherGroups)], job.OnSignal(new(SIGTSTP, IsFromKernel: true)));
    }

    [Theory]
    [InlineData(Exited, 7)]
    [InlineData(Killed, 15)]
    public void The_end_of_the_program_is_kept(JobChildChange change, int status)
    {
        var job = new JobControlMachine(Program, [], endsWithProgram: false, facts);
        Assert.Null(job.ProgramEnd);

        job.OnChild(new(Rest, Exited, 1));
        job.OnChild(new(Program, change, status));
        job.OnChild(new(Rest, Exited, 2));

        Assert.Equal(new JobChild(Program, change, status), job.ProgramEnd);
    }

    /// <summary>
    /// Whatever comes, in whatever order: nothing follows the end, and the supervisor stops only where somebody can continue it.
    /// </summary>
    [Fact]
    public void Random_events_keep_the_rules()
    {
        string[] events =
        [
            "kernel SIGTSTP", "kernel SIGTTIN", "kernel SIGINT", "kernel SIGHUP", "process SIGTERM", "process SIGCONT", "process SIGTSTP",
            "program stops SIGTSTP", "program stops SIGSTOP", "program continues", "program exits 0", "rest stops SIGTSTP", "rest exits 0",
            "job stops SIGTTIN", "no change",
        ];
        var random = new Random(5);
        foreach (Place place in Enum.GetValues<Place>())
        {
            Stand(place);
            for (int run = 0; run < 2000; run++)
            {
                var job = new JobControlMachine(Program, [], endsWithProgram: run % 2 == 0, facts);
                bool hasEnded = false;
                for (int step = 0; step < 30 && !hasEnded; step++)
                {
                    IReadOnlyList<JobAction> actions = Happen(job, events[random.Next(events.Length)]);
                    int end = actions.ToList().FindIndex(action => action.Kind == End);
                    Assert.True(end < 0 || end == actions.Count - 1, "an action follows the end");
                    Assert.DoesNotContain(actions, action => action.Kind == JobActionKind.Stop
                        && (place is Place.Leader or Place.Service || action.Signal is not (SIGTSTP or SIGTTIN or SIGSTOP)));
                    hasEnded = end >= 0;
                }

                Assert.Equal(End, job.OnNoChild()[^1].Kind);
            }
        }
    }

    private void Stand(Place place)
    {
        facts.IsJobOfShell = place == Place.Shell;
        facts.HasParentInSession = place is Place.Shell or Place.Group;
        facts.IsSessionLeader = place == Place.Leader;
        facts.OwnGroup.UnionWith([Program, Rest]);
    }

    private static IReadOnlyList<JobAction> Happen(JobControlMachine job, string line)
    {
        string[] words = line.Split(' ');
        string last = words[^1];
        int Number() => int.TryParse(last, out int number) ? number : (int)Enum.Parse<Signal>(last);
        int Pid() => words[0] switch { "program" => Program, "rest" => Rest, _ => 300 };
        return line switch
        {
            "no change" => job.OnNoChange(),
            "no child" => job.OnNoChild(),
            _ => words[0] switch
            {
                "kernel" => job.OnSignal(new((Signal)Number(), IsFromKernel: true)),
                "process" => job.OnSignal(new((Signal)Number(), IsFromKernel: false)),
                "self" => job.OnSignal(new((Signal)Number(), IsFromKernel: false, IsFromSelf: true)),
                _ => job.OnChild(words[1] switch
                {
                    "exits" => new(Pid(), Exited, Number()),
                    "is" => new(Pid(), Killed, Number()),
                    "stops" => new(Pid(), Stopped, Number()),
                    "continues" => new(Pid(), Continued, (int)SIGCONT),
                    _ => throw new ArgumentException(line),
                }),
            },
        };
    }

    private static string Text(IReadOnlyList<JobAction> actions) =>
        string.Join(", ", actions.Select(action => action.Signal == Signal.None ? $"{action.Kind}" : $"{action.Kind} {action.Signal}"));
}
