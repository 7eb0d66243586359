namespace BindToInterface.Policy.JobControl;

/// <summary>
/// How the supervisor stands in for the program towards whoever started it: which signals it passes on, when it stops
/// as the program has stopped, and when it is over. An event comes in, actions come out. Signals and changes of children
/// come from two sources, so that either may come first.
/// </summary>
/// <param name="program">The program's process id.</param>
/// <param name="formerChildren">
/// Children that this process had before it became the supervisor (<c>exec bti-supervise …</c> in a shell script). They are
/// not the program's, and not waited for.
/// </param>
/// <param name="endsWithProgram">Whether the supervisor ends with the program, and does not wait for the rest.</param>
/// <param name="facts">The processes around.</param>
public sealed class JobControlMachine(int program, IEnumerable<int> formerChildren, bool endsWithProgram, IJobFacts facts)
{
    private readonly HashSet<int> formerChildren = [.. formerChildren];
    private bool wasStopped;
    private bool hasHungUp;
    private bool hasLeftJobs;
    private bool wasToldToEnd;

    /// <summary>What stopped the program, and what the terminal stopped the whole group by, until it is continued.</summary>
    private Signal programStop, terminalStop;

    /// <summary>How the program ended; null while it runs.</summary>
    public JobChild? ProgramEnd { get; private set; }

    /// <summary>The children from before that have not ended.</summary>
    public IReadOnlySet<int> FormerChildren => formerChildren;

    /// <summary>A signal has come.</summary>
    public IReadOnlyList<JobAction> OnSignal(JobSignal signal)
    {
        switch (signal.Signal)
        {
            case Signal.SIGCHLD when signal.IsFromKernel:
                // The change itself is an event.
                return [];
            case Signal.SIGPIPE when signal.IsFromKernel || signal.IsFromSelf:
                // The reader of the supervisor's own messages is gone.
                return [];
            case Signal.SIGCONT when wasStopped:
                // A shell continues the group that it knows; the program may have a group of its own.
                wasStopped = false;
                return [new(JobActionKind.PassOnToStopped)];
            case Signal.SIGTSTP or Signal.SIGTTIN or Signal.SIGTTOU when signal.IsFromTerminal && ProgramEnd is null:
                terminalStop = signal.Signal;
                return StopWithParent();
            case Signal.SIGHUP when signal.IsFromTerminal && facts.IsSessionLeader:
                // It goes to the leader of the session alone, which would be the program if it were not supervised.
                hasHungUp = true;
                return [new(JobActionKind.PassOn)];
            case Signal.SIGTERM:
                wasToldToEnd = true;
                return [new(JobActionKind.PassOn)];
            default:
                return !signal.IsFromTerminal ? [new(JobActionKind.PassOn)]
                    // The terminal sends it to the whole foreground group: the program has it.
                    : ProgramEnd is null ? []
                    : OnKeyForRest(signal.Signal);
        }
    }

    /// <summary>A child has changed.</summary>
    public IReadOnlyList<JobAction> OnChild(JobChild child)
    {
        if (child.HasEnded)
        {
            formerChildren.Remove(child.Pid);
        }

        if (child.Pid == program && ProgramEnd is null)
        {
            return OnProgram(child);
        }

        return ProgramEnd is null ? []
            : child.Change == JobChildChange.Stopped ? OnStopOfRest(child)
            : child.HasEnded && formerChildren.Count > 0 && !facts.HasChild(formerChildren) ? End()
            : [];
    }

    /// <summary>No further child has changed.</summary>
    public IReadOnlyList<JobAction> OnNoChange()
    {
        if (ProgramEnd is null || hasLeftJobs)
        {
            return [];
        }

        // The program was the last that could have continued its stopped jobs. The kernel hangs such jobs up when their
        // parent ends (kill_orphaned_pgrp), and those of a terminal that is gone (disassociate_ctty); but the supervisor
        // is their new parent.
        hasLeftJobs = true;
        return
        [
            new(hasHungUp ? JobActionKind.HangUpOtherGroups : JobActionKind.HangUpStoppedGroups),
            new(JobActionKind.TakeTerminal),
            new(JobActionKind.AwaitRest),
        ];
    }

    /// <summary>There is no child any more.</summary>
    public IReadOnlyList<JobAction> OnNoChild() => End();

    private IReadOnlyList<JobAction> OnProgram(JobChild child)
    {
        switch (child.Change)
        {
            case JobChildChange.Exited or JobChildChange.Killed:
                ProgramEnd = child;
                return
                [
                    new(JobActionKind.ReportProgramEnd),
                    .. endsWithProgram || (formerChildren.Count > 0 && !facts.HasChild(formerChildren)) ? End() : [],
                ];
            case JobChildChange.Stopped when facts.IsJobOfShell:
                return Stop((Signal)child.Status);
            case JobChildChange.Stopped:
                programStop = (Signal)child.Status;
                return StopWithParent();
            case JobChildChange.Continued:
                programStop = Signal.None;
                return [];
            default:
                return [];
        }
    }

    /// <summary>The rest is now the job that the shell sees.</summary>
    private IReadOnlyList<JobAction> OnStopOfRest(JobChild child) =>
        !facts.IsOfOwnGroup(child.Pid) ? [new(JobActionKind.HangUpStoppedGroups)]
        : facts.IsJobOfShell ? Stop((Signal)child.Status)
        : [];

    /// <summary>The rest may all be in groups of its own, and the key meant for somebody.</summary>
    private IReadOnlyList<JobAction> OnKeyForRest(Signal signal) =>
    [
        new(JobActionKind.PassOnToOtherGroups),
        // It may have stopped before the end of the program was known.
        .. signal == Signal.SIGTSTP && facts.IsJobOfShell && facts.HasStoppedChildInOwnGroup(formerChildren) ? Stop(signal) : [],
    ];

    /// <summary>
    /// Stops where the terminal has stopped the whole group, and a parent of that group (su, runuser) waits for the
    /// supervisor to be stopped, as it would for the program. If somebody else has stopped the program, they continue the
    /// program alone, and its calls would wait for a supervisor that is stopped.
    /// </summary>
    private IReadOnlyList<JobAction> StopWithParent() =>
        programStop != Signal.None && programStop == terminalStop && facts.HasParentInSession ? Stop(programStop) : [];

    private IReadOnlyList<JobAction> Stop(Signal signal)
    {
        wasStopped = true;
        programStop = terminalStop = Signal.None;
        return [new(JobActionKind.Stop, signal)];
    }

    /// <summary>Whoever told the program to end, a service manager above all, sees to the rest.</summary>
    private IReadOnlyList<JobAction> End() => endsWithProgram && !wasToldToEnd
        ? [new(JobActionKind.ReportAbandoned), new(JobActionKind.End)]
        : [new(JobActionKind.End)];
}
