using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Launch;
using BindToInterface.Supervisor.Logging;
using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>
/// Stands in for the program towards whoever started us: passes signals on, stops when the program stops,
/// reaps every descendant that is left to us, and knows when it is over.
/// </summary>
internal sealed unsafe class ProcessWatch(int programPid, bool exitWithProgram, ILogger logger) : IDisposable
{
    private readonly DescriptorHandle signals = OpenSignals();
    private ProgramStatus? status;
    private bool wasStopped;

    /// <summary>
    /// Waits for the end: of the program, and unless told otherwise of all of its descendants.
    /// </summary>
    /// <returns>How the program ended.</returns>
    public ProgramStatus Wait()
    {
        // The program may have ended before the signal was looked for.
        while (!Reap())
        {
            SignalfdSiginfo signal;
            if (Libc.read(signals.Descriptor, &signal, (nuint)sizeof(SignalfdSiginfo)) == sizeof(SignalfdSiginfo))
            {
                Relay(signal);
            }
        }

        return status ?? default;
    }

    public void Dispose() => signals.Dispose();

    /// <summary>Becomes the parent of descendants whose own parent ends, so that they stay ours to look into.</summary>
    public static void AdoptDescendants() => _ = Libc.prctl(Libc.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);

    private static DescriptorHandle OpenSignals()
    {
        Sigset passedOn = InheritedSignals.PassedOn;
        int descriptor = Libc.signalfd(-1, &passedOn, Libc.SFD_CLOEXEC);
        return descriptor >= 0 ? new DescriptorHandle(descriptor) : throw new StartException($"signalfd: {Libc.LastError}");
    }

    /// <summary>Takes note of every child that changed, and says whether it is over.</summary>
    private bool Reap()
    {
        while (true)
        {
            Siginfo child = default;
            int result = Libc.waitid(
                Libc.P_ALL, 0, &child, Libc.WEXITED | Libc.WSTOPPED | Libc.WCONTINUED | Libc.WNOHANG);
            if (result != 0)
            {
                if (Libc.LastError == Errno.EINTR)
                {
                    continue;
                }

                // ECHILD: the last descendant has ended.
                return true;
            }

            if (child.Pid == 0)
            {
                return false;
            }

            if (child.Pid == programPid && Note(child))
            {
                return true;
            }

            if (status is not null && child.Code == Libc.CLD_STOPPED && IsOfOurGroup(child.Pid) && ProcessTree.IsJobOfShell())
            {
                // What the program left behind is now the job that the shell sees.
                Stop(child.Status);
            }
        }
    }

    private bool Note(in Siginfo child)
    {
        switch (child.Code)
        {
            case Libc.CLD_EXITED or Libc.CLD_KILLED or Libc.CLD_DUMPED:
                status = new ProgramStatus(child.Status, child.Code != Libc.CLD_EXITED);
                logger.ProgramEnded(programPid);
                return exitWithProgram;
            case Libc.CLD_STOPPED when ProcessTree.IsJobOfShell():
                Stop(child.Status);
                return false;
            default:
                return false;
        }
    }

    private void Relay(in SignalfdSiginfo signal)
    {
        int number = (int)signal.Signo;
        bool fromKernel = signal.Code >= Libc.SI_KERNEL;
        switch (number)
        {
            case Libc.SIGCHLD when signal.Code > 0:
                break;
            case Libc.SIGPIPE when fromKernel || signal.Pid == Libc.getpid():
                // The reader of our own messages went.
                break;
            case Libc.SIGCONT when wasStopped:
                // A terminal's shell continues the whole group; the program may have a group of its own.
                wasStopped = false;
                Forward(number, ProcessTree.IsStopped);
                break;
            default:
                // What the terminal makes of a key goes to the whole foreground group, the program with us; that it
                // hung up, to the session's leader alone, which without us would be the program.
                if (!fromKernel || (number == Libc.SIGHUP && Libc.getsid(0) == Libc.getpid()))
                {
                    Forward(number, _ => true);
                }
                else if (status is not null)
                {
                    // What is left may all be in groups of its own, and the key meant for somebody.
                    Forward(number, pid => !IsOfOurGroup(pid));
                    if (number == Libc.SIGTSTP && ProcessTree.IsJobOfShell()
                        && ProcessTree.ChildrenOfThisProcess().Any(pid => IsOfOurGroup(pid) && ProcessTree.IsStopped(pid)))
                    {
                        // It may have stopped before the end of the program was known.
                        Stop(number);
                    }
                }

                break;
        }
    }

    /// <summary>Passes a signal on: to the program, or once it has ended to what it left behind.</summary>
    private void Forward(int signal, Func<int, bool> wanted)
    {
        foreach (int pid in status is null ? [programPid] : ProcessTree.ChildrenOfThisProcess())
        {
            if (wanted(pid))
            {
                logger.SignalForwarded(signal, pid);
                _ = Libc.kill(pid, signal);
            }
        }
    }

    private static bool IsOfOurGroup(int pid) => Libc.getpgid(pid) == Libc.getpgid(0);

    /// <summary>
    /// Stops as the program did, so that the shell above sees a stopped job; comes back when continued. Without
    /// such a shell nobody would continue us: the program could be, and its calls would hang.
    /// </summary>
    private void Stop(int signal)
    {
        wasStopped = true;
        if (signal is Libc.SIGTSTP or Libc.SIGTTIN or Libc.SIGTTOU)
        {
            // Blocked until now; pending or not, it stops this process once it is let in.
            Sigset stop = Sigset.Of(signal);
            _ = Libc.kill(Libc.getpid(), signal);
            _ = Libc.pthread_sigmask(Libc.SIG_UNBLOCK, &stop, null);
            _ = Libc.pthread_sigmask(Libc.SIG_BLOCK, &stop, null);
        }
        else
        {
            _ = Libc.kill(Libc.getpid(), Libc.SIGSTOP);
        }
    }
}
