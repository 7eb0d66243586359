using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Launch;
using BindToInterface.Supervisor.Logging;
using Microsoft.Extensions.Logging;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>
/// Stands in for the program towards whoever started us: passes signals on, stops when the program stops,
/// reaps every descendant that is left to us, and knows when it is over.
/// </summary>
internal sealed unsafe class ProcessWatch : IDisposable
{
    /// <summary>What a terminal makes of its keys, of its size and of its end, and of who reads and writes it in the background.</summary>
    private static readonly int[] TerminalSignals =
        [Linux.SIGHUP, Linux.SIGINT, Linux.SIGQUIT, Linux.SIGTSTP, Linux.SIGTTIN, Linux.SIGTTOU, Linux.SIGWINCH];

    private readonly DescriptorHandle signals = OpenSignals();
    private int programPid;
    private ProgramStatus? status;
    private bool wasStopped;
    private bool hungUp;
    private bool hasLeftJobs;
    private bool wasToldToEnd;

    /// <summary>What the program was stopped by, and what the terminal stopped its whole group by, until it is continued.</summary>
    private int programStop, terminalStop;

    /// <summary>
    /// Children that whoever became us had started (`exec bti-supervise …` in a shell script). They are not the
    /// program's, and not waited for.
    /// </summary>
    private readonly HashSet<int> formerChildren = ProcessTree.FormerChildren();

    private readonly bool exitWithProgram;
    private readonly ILogger logger;
    private readonly LeftBehind leftBehind;

    public ProcessWatch(bool exitWithProgram, ILogger logger)
    {
        this.exitWithProgram = exitWithProgram;
        this.logger = logger;
        leftBehind = new LeftBehind(formerChildren, logger);
    }

    /// <summary>
    /// Waits for the end: of the program, and unless told otherwise of all of its descendants.
    /// </summary>
    /// <param name="pid">The program.</param>
    /// <returns>How the program ended.</returns>
    public ProgramStatus Wait(int pid)
    {
        programPid = pid;
        // The program may have ended before the signal was looked for.
        while (!Reap())
        {
            SignalfdSiginfo signal;
            if (leftBehind.TimeoutMilliseconds is int timeout and >= 0 && !IsSignalWithin(timeout))
            {
                leftBehind.TellWaitedFor();
            }
            else if (LibC.read(signals.Descriptor, &signal, (size_t)sizeof(SignalfdSiginfo)) == sizeof(SignalfdSiginfo))
            {
                Relay(signal);
            }
        }

        // Who wanted the program to end, a service manager above all, sees to the rest.
        if (exitWithProgram && !wasToldToEnd)
        {
            leftBehind.TellAbandoned();
        }

        return status ?? default;
    }

    public void Dispose() => signals.Dispose();

    /// <summary>Becomes the parent of descendants whose own parent ends, so that they stay ours to look into.</summary>
    public static void AdoptDescendants() => _ = Native.prctl(Native.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);

    private static DescriptorHandle OpenSignals()
    {
        sigset_t passedOn = InheritedSignals.PassedOn;
        int descriptor = Native.signalfd(-1, &passedOn, Native.SFD_CLOEXEC);
        return descriptor >= 0 ? new DescriptorHandle(descriptor) : throw new StartException($"signalfd: {Native.LastError}: signals cannot be received; raise the limit of open files (ulimit -n)");
    }

    private bool IsSignalWithin(int milliseconds)
    {
        var poll = new pollfd { fd = signals.Descriptor, events = LibC.POLLIN };
        return Native.poll(&poll, 1, milliseconds) != 0;
    }

    /// <summary>Takes note of every child that changed, and says whether it is over.</summary>
    private bool Reap()
    {
        while (true)
        {
            Siginfo child = default;
            int result = Native.waitid(
                Native.P_ALL, 0, &child, Native.WEXITED | Native.WSTOPPED | Native.WCONTINUED | Native.WNOHANG);
            if (result != 0)
            {
                if (Native.LastError == Errno.EINTR)
                {
                    continue;
                }

                // ECHILD: the last descendant has ended.
                return true;
            }

            if (child.Pid == 0)
            {
                if (status is not null && !hasLeftJobs)
                {
                    hasLeftJobs = true;
                    LeaveNoJobBehind();
                    leftBehind.Wait();
                }

                return false;
            }

            bool ended = child.Code is Linux.CLD_EXITED or Linux.CLD_KILLED or Linux.CLD_DUMPED;
            if (ended)
            {
                formerChildren.Remove(child.Pid);
            }

            if (child.Pid == programPid && Note(child))
            {
                return true;
            }

            if (status is not null && child.Code == Linux.CLD_STOPPED)
            {
                NoteStopOfRest(child);
            }

            if (status is not null && ended && formerChildren.Count > 0
                && ProcessTree.ChildrenOfThisProcess().All(formerChildren.Contains))
            {
                return true;
            }
        }
    }

    /// <summary>What the program left behind is now the job that the shell sees.</summary>
    private void NoteStopOfRest(in Siginfo child)
    {
        if (!IsOfOurGroup(child.Pid))
        {
            HangUp(ProcessTree.StoppedOrphanedGroups());
        }
        else if (ProcessTree.IsJobOfShell())
        {
            Stop(child.Status);
        }
    }

    /// <summary>
    /// The program has ended before others: it was the last that could have continued its stopped jobs, or the
    /// terminal's. Without us as their new parent the kernel would hang such jobs up (kill_orphaned_pgrp), and those
    /// of a terminal that is gone (disassociate_ctty).
    /// </summary>
    private void LeaveNoJobBehind()
    {
        HangUp(hungUp ? ProcessTree.OtherGroups() : ProcessTree.StoppedOrphanedGroups());
        ProcessTree.TakeTerminalFromDeadGroup();
    }

    private static void HangUp(IEnumerable<int> groups)
    {
        // kill(2) takes -1 for everybody and 0 for our own group.
        foreach (int group in groups.Where(group => group > 1))
        {
            _ = LibC.kill(-group, Linux.SIGHUP);
            _ = LibC.kill(-group, Linux.SIGCONT);
        }
    }

    private bool Note(in Siginfo child)
    {
        switch (child.Code)
        {
            case Linux.CLD_EXITED or Linux.CLD_KILLED or Linux.CLD_DUMPED:
                status = new ProgramStatus(child.Status, child.Code != Linux.CLD_EXITED);
                logger.ProgramEnded(programPid);
                return exitWithProgram;
            case Linux.CLD_STOPPED when ProcessTree.IsJobOfShell():
                Stop(child.Status);
                return false;
            case Linux.CLD_STOPPED:
                programStop = child.Status;
                StopWithParent();
                return false;
            case Linux.CLD_CONTINUED:
                programStop = 0;
                return false;
            default:
                return false;
        }
    }

    private void Relay(in SignalfdSiginfo signal)
    {
        int number = (int)signal.Signo;
        bool fromTerminal = signal.Code >= LibC.SI_KERNEL && TerminalSignals.Contains(number);
        switch (number)
        {
            case Linux.SIGCHLD when signal.Code > 0:
                break;
            case Linux.SIGPIPE when signal.Code >= LibC.SI_KERNEL || signal.Pid == LibC.getpid():
                // The reader of our own messages went.
                break;
            case Linux.SIGCONT when wasStopped:
                // A terminal's shell continues the whole group; the program may have a group of its own.
                wasStopped = false;
                Forward(signal, ProcessTree.IsStopped);
                break;
            case Linux.SIGTSTP or Linux.SIGTTIN or Linux.SIGTTOU when fromTerminal && status is null:
                terminalStop = number;
                StopWithParent();
                break;
            default:
                hungUp |= number == Linux.SIGHUP && fromTerminal && IsSessionLeader;
                // What the terminal makes of a key goes to the whole foreground group, the program with us; that it
                // hung up, to the session's leader alone, which without us would be the program.
                if (!fromTerminal || (number == Linux.SIGHUP && IsSessionLeader))
                {
                    Forward(signal, _ => true);
                }
                else if (status is not null)
                {
                    // What is left may all be in groups of its own, and the key meant for somebody.
                    Forward(signal, pid => !IsOfOurGroup(pid));
                    if (number == Linux.SIGTSTP && ProcessTree.IsJobOfShell()
                        && ProcessTree.ChildrenOfThisProcess().Except(formerChildren).Any(pid => IsOfOurGroup(pid) && ProcessTree.IsStopped(pid)))
                    {
                        // It may have stopped before the end of the program was known.
                        Stop(number);
                    }
                }

                break;
        }
    }

    /// <summary>Passes a signal on: to the program, or once it has ended to what it left behind.</summary>
    private void Forward(in SignalfdSiginfo signal, Func<int, bool> wanted)
    {
        int number = (int)signal.Signo;
        foreach (int pid in status is null ? [programPid] : ProcessTree.ChildrenOfThisProcess().Except(formerChildren))
        {
            if (wanted(pid))
            {
                logger.SignalForwarded(number, pid);
                wasToldToEnd |= number == Linux.SIGTERM;
                bool isSent = (signal.Code == LibC.SI_QUEUE && LibC.sigqueue(pid, number, new sigval { sigval_ptr = (void*)signal.Value }) == 0) || LibC.kill(pid, number) == 0;
                if (!isSent && Native.LastError is Errno error && error != Errno.ESRCH)
                {
                    logger.SignalNotDelivered(number, ProcessTree.NameOf(pid), pid, error.ToString());
                }
            }
        }
    }

    /// <summary>
    /// Stops where the terminal stopped the whole group, and a parent of that group waits for us to be stopped (su,
    /// runuser), as the program would. Stopped by somebody else, the program alone would be continued, and its calls
    /// hang.
    /// </summary>
    private void StopWithParent()
    {
        if (programStop != 0 && programStop == terminalStop && ProcessTree.HasParentInSession())
        {
            Stop(programStop);
        }
    }

    private static bool IsSessionLeader => LibC.getsid(0) == LibC.getpid();

    private static bool IsOfOurGroup(int pid) => LibC.getpgid(pid) == LibC.getpgid(0);

    /// <summary>
    /// Stops as the program did, so that the shell above sees a stopped job; comes back when continued. Without
    /// such a shell nobody would continue us: the program could be, and its calls would hang.
    /// </summary>
    private void Stop(int signal)
    {
        wasStopped = true;
        programStop = terminalStop = 0;
        if (signal is Linux.SIGTSTP or Linux.SIGTTIN or Linux.SIGTTOU)
        {
            // Blocked until now; pending or not, it stops this process once it is let in.
            sigset_t stop = Sigset.Of(signal);
            _ = LibC.kill(LibC.getpid(), signal);
            _ = LibC.pthread_sigmask(LibC.SIG_UNBLOCK, &stop, null);
            _ = LibC.pthread_sigmask(LibC.SIG_BLOCK, &stop, null);
        }
        else
        {
            _ = LibC.kill(LibC.getpid(), Linux.SIGSTOP);
        }
    }
}
