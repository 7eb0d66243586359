using System.Runtime.ExceptionServices;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Seccomp;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Launch;

/// <summary>
/// Installs the filter on a thread made for it, and starts the program from there. A filter belongs to a thread and
/// its children: the program has it, the supervisor's other threads do not, and the listener is in this very
/// process. To the kernel this thread is the program's parent, and its end would send the program the signal of
/// PR_SET_PDEATHSIG. So it stays until the supervisor ends. It makes no call that the filter stops: the filter holds for it as well,
/// and nobody would answer before the loop has started.
/// </summary>
internal sealed unsafe class ProgramLauncher
{
    /// <summary>The program's process uses it until it is executed; execvp keeps the path there.</summary>
    private const int StackSize = 512 * 1024;

    // Locked for the fields below; pulsed when one of them is set.
    private readonly object gate = new();
    private ProgramCommand? command;
    private (int Pid, DescriptorHandle Listener)? launched;
    private ExceptionDispatchInfo? failure;

    /// <summary>Makes the thread, which builds the filter while the supervisor prepares the rest.</summary>
    public ProgramLauncher(Func<SockFilter[]> buildFilter)
    {
        var thread = new Thread(() => Run(buildFilter), StackSize)
        {
            IsBackground = true,
            Name = "launch",
        };
        thread.Start();
    }

    /// <summary>Installs and spawns, once.</summary>
    /// <param name="program">The program.</param>
    /// <returns>
    /// The program's process id and the listener; the program's first stopped call waits until it is answered.
    /// </returns>
    /// <exception cref="StartException">The filter could not be installed, or a process is refused.</exception>
    /// <exception cref="ProgramNotStartedException">The program could not be executed.</exception>
    public (int Pid, DescriptorHandle Listener) Launch(ProgramCommand program)
    {
        lock (gate)
        {
            command = program;
            Monitor.Pulse(gate);
            while (launched is null && failure is null)
            {
                Monitor.Wait(gate);
            }
        }

        failure?.Throw();
        return launched!.Value;
    }

    /// <summary>Ends a program that was just started, and leaves no zombie to whoever adopts the supervisor's children.</summary>
    public static void Abort(int pid)
    {
        Siginfo ended = default;
        _ = LibC.kill(pid, Linux.SIGKILL);
        _ = Native.waitid(Native.P_PID, pid, &ended, Native.WEXITED);
    }

    private void Run(Func<SockFilter[]> buildFilter)
    {
        // Nothing but the program may be started from here: another thread of the supervisor would inherit the
        // filter, and wait for itself to answer.
        (int, DescriptorHandle)? started = null;
        ExceptionDispatchInfo? failed = null;
        try
        {
            SockFilter[] filter = buildFilter();
            ProgramCommand program = Ordered();
            DescriptorHandle listener = InstalledFilter.Install(filter);
            started = (Start(program), listener);
        }
#pragma warning disable CA1031 // Thrown again where it is awaited; here it would end the process.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failed = ExceptionDispatchInfo.Capture(exception);
        }

        lock (gate)
        {
            (launched, failure) = (started, failed);
            Monitor.Pulse(gate);
        }

        if (started is not null)
        {
            Thread.Sleep(Timeout.Infinite);
        }
    }

    private ProgramCommand Ordered()
    {
        lock (gate)
        {
            while (command is null)
            {
                Monitor.Wait(gate);
            }

            return command;
        }
    }

    private static int Start(ProgramCommand command)
    {
        using var argv = new NativeStrings(command.Words);
        using var environment = new ProgramEnvironment();
        int pid;
        var error = (Errno)Native.start_program(
            argv.Array, environment.Variables, environment.Ids, InheritedSignals.Blocked, InheritedSignals.Ignored, &pid);
        return error switch
        {
            Errno.None => pid,
            Errno.EAGAIN => throw new StartException("fork: EAGAIN: a process is refused; raise the limit (ulimit -u, TasksMax=)"),
            _ => throw new ProgramNotStartedException(command.Name, error),
        };
    }
}
