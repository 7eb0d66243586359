using BindToInterface.Policy;
using BindToInterface.Policy.JobControl;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Launch;
using BindToInterface.Supervisor.Logging;
using Microsoft.Extensions.Logging;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>
/// Stands in for the program towards whoever started the supervisor, and reaps every descendant that is left to it.
/// This class reads the events and carries the actions out; <see cref="JobControl"/> decides.
/// </summary>
internal sealed unsafe class ProcessWatch : IDisposable
{
    private const int MomentMilliseconds = 200;

    private readonly DescriptorHandle signals = OpenSignals();
    private readonly HashSet<int> formerChildren = ProcessTree.FormerChildren();
    private readonly bool exitWithProgram;
    private readonly ILogger logger;
    private int programPid;
    private JobControlMachine job = null!;
    private LeftBehind leftBehind = null!;

    /// <summary>Opens what the signals are read from. From here on, a child counts as the program's.</summary>
    public ProcessWatch(bool exitWithProgram, ILogger logger)
    {
        this.exitWithProgram = exitWithProgram;
        this.logger = logger;
    }

    /// <summary>
    /// Waits for the end: of the program, and unless told otherwise of all of its descendants.
    /// </summary>
    /// <param name="pid">The program.</param>
    /// <param name="lasts">Called once when the program has not ended after a moment.</param>
    /// <returns>How the program ended.</returns>
    public ProgramStatus Wait(int pid, Action lasts)
    {
        Action? next = lasts;
        long moment = Environment.TickCount64 + MomentMilliseconds;
        programPid = pid;
        job = new JobControlMachine(pid, formerChildren, exitWithProgram, new JobFacts());
        leftBehind = new LeftBehind(job.FormerChildren, logger);
        // The program may have ended before the signal was looked for.
        while (!Reap())
        {
            SignalfdSiginfo signal;
            if (next is not null && !IsSignalWithin((int)Math.Max(0, moment - Environment.TickCount64)))
            {
                next();
                next = null;
            }
            else if (leftBehind.TimeoutMilliseconds is int timeout and >= 0 && !IsSignalWithin(timeout))
            {
                leftBehind.TellWaitedFor();
            }
            else if (LibC.read(signals.Descriptor, &signal, (size_t)sizeof(SignalfdSiginfo)) == sizeof(SignalfdSiginfo))
            {
                CarryOut(job.OnSignal(EventOf(signal)), signal);
            }
        }

        return job.ProgramEnd is JobChild end ? new ProgramStatus(end.Status, end.Change == JobChildChange.Killed) : default;
    }

    public void Dispose() => signals.Dispose();

    /// <summary>Becomes the parent of descendants whose own parent ends, so that the supervisor may still look into them.</summary>
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

    /// <summary>Takes note of every child that has changed; true at the end.</summary>
    private bool Reap()
    {
        while (true)
        {
            Siginfo child = default;
            if (Native.waitid(Native.P_ALL, 0, &child, Native.WEXITED | Native.WSTOPPED | Native.WCONTINUED | Native.WNOHANG) == 0)
            {
                if (CarryOut(child.Pid == 0 ? job.OnNoChange() : job.OnChild(EventOf(child))))
                {
                    return true;
                }

                if (child.Pid == 0)
                {
                    return false;
                }
            }
            else if (Native.LastError != Errno.EINTR)
            {
                // ECHILD.
                return CarryOut(job.OnNoChild());
            }
        }
    }

    private static JobChild EventOf(in Siginfo child) => new(child.Pid, child.Code switch
    {
        Linux.CLD_EXITED => JobChildChange.Exited,
        Linux.CLD_KILLED or Linux.CLD_DUMPED => JobChildChange.Killed,
        Linux.CLD_STOPPED => JobChildChange.Stopped,
        Linux.CLD_CONTINUED => JobChildChange.Continued,
        _ => JobChildChange.Other,
    }, child.Status);

    private static JobSignal EventOf(in SignalfdSiginfo signal) => new(
        (Signal)signal.Signo,
        // The change of a child has a code of its own (CLD_…).
        IsFromKernel: signal.Code >= LibC.SI_KERNEL || (signal.Signo == Linux.SIGCHLD && signal.Code > 0),
        IsFromSelf: signal.Pid == LibC.getpid());

    /// <summary>Carries actions out; true at the end.</summary>
    private bool CarryOut(IReadOnlyList<JobAction> actions, in SignalfdSiginfo signal = default)
    {
        foreach (JobAction action in actions)
        {
            switch (action.Kind)
            {
                case JobActionKind.PassOn:
                    PassOn(signal, _ => true);
                    break;
                case JobActionKind.PassOnToStopped:
                    PassOn(signal, ProcessTree.IsStopped);
                    break;
                case JobActionKind.PassOnToOtherGroups:
                    PassOn(signal, pid => !ProcessTree.IsOfOwnGroup(pid));
                    break;
                case JobActionKind.Stop:
                    Stop((int)action.Signal);
                    break;
                case JobActionKind.ReportProgramEnd:
                    logger.ProgramEnded(programPid);
                    break;
                case JobActionKind.HangUpStoppedGroups:
                    HangUp(ProcessTree.StoppedOrphanedGroups());
                    break;
                case JobActionKind.HangUpOtherGroups:
                    HangUp(ProcessTree.OtherGroups());
                    break;
                case JobActionKind.TakeTerminal:
                    ProcessTree.TakeTerminalFromDeadGroup();
                    break;
                case JobActionKind.AwaitRest:
                    leftBehind.Wait();
                    break;
                case JobActionKind.ReportAbandoned:
                    leftBehind.TellAbandoned();
                    break;
                case JobActionKind.End:
                    return true;
            }
        }

        return false;
    }

    /// <summary>Passes a signal on: to the program, or once that has ended to what it has left behind.</summary>
    private void PassOn(in SignalfdSiginfo signal, Func<int, bool> isWanted)
    {
        int number = (int)signal.Signo;
        foreach (int pid in job.ProgramEnd is null ? [programPid] : ProcessTree.ChildrenOfThisProcess().Except(job.FormerChildren))
        {
            if (isWanted(pid))
            {
                logger.SignalForwarded(number, pid);
                bool isSent = (signal.Code == LibC.SI_QUEUE && LibC.sigqueue(pid, number, new sigval { sigval_ptr = (void*)signal.Value }) == 0) || LibC.kill(pid, number) == 0;
                if (!isSent && Native.LastError is Errno error && error != Errno.ESRCH)
                {
                    logger.SignalNotDelivered(number, ProcessTree.NameOf(pid), pid, error.ToString());
                }
            }
        }
    }

    private static void HangUp(IEnumerable<int> groups)
    {
        // kill(2) takes -1 for everybody and 0 for the caller's own group.
        foreach (int group in groups.Where(group => group > 1))
        {
            _ = LibC.kill(-group, Linux.SIGHUP);
            _ = LibC.kill(-group, Linux.SIGCONT);
        }
    }

    /// <summary>
    /// Stops as the program has stopped, so that the shell above sees a stopped job; comes back when continued.
    /// </summary>
    private static void Stop(int signal)
    {
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
