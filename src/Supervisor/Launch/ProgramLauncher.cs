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
internal static unsafe class ProgramLauncher
{
    /// <summary>The program's process uses it until it is executed; execvp keeps the path there.</summary>
    private const int StackSize = 512 * 1024;

    /// <summary>Installs and spawns.</summary>
    /// <param name="command">The program.</param>
    /// <param name="filter">The filter.</param>
    /// <returns>
    /// The program's process id and the listener; the program's first stopped call waits until it is answered.
    /// </returns>
    /// <exception cref="StartException">The filter could not be installed, or a process is refused.</exception>
    /// <exception cref="ProgramNotStartedException">The program could not be executed.</exception>
    public static (int Pid, DescriptorHandle Listener) Launch(ProgramCommand command, SockFilter[] filter)
    {
        (int, DescriptorHandle) launched = default;
        ExceptionDispatchInfo? failure = null;
        using var attempted = new ManualResetEvent(initialState: false);
        var thread = new Thread(() =>
        {
            // Nothing but the program may be started from here: another thread of the supervisor would inherit the
            // filter, and wait for itself to answer.
            bool isParent = false;
            try
            {
                DescriptorHandle listener = InstalledFilter.Install(filter);
                launched = (Start(command), listener);
                isParent = true;
            }
#pragma warning disable CA1031 // Thrown again where it is awaited; here it would end the process.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }

            attempted.Set();
            if (isParent)
            {
                Thread.Sleep(Timeout.Infinite);
            }
        }, StackSize)
        {
            IsBackground = true,
            Name = "launch",
        };
        thread.Start();
        attempted.WaitOne();
        failure?.Throw();
        return launched;
    }

    /// <summary>Ends a program that was just started, and leaves no zombie to whoever adopts the supervisor's children.</summary>
    public static void Abort(int pid)
    {
        Siginfo ended = default;
        _ = LibC.kill(pid, Linux.SIGKILL);
        _ = Native.waitid(Native.P_PID, pid, &ended, Native.WEXITED);
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
