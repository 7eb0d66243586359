using System.Runtime.ExceptionServices;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Filter;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Launch;

/// <summary>
/// Installs the filter on a thread made for it, and spawns the program from there. A filter belongs to a
/// thread and its children: the program has it, the supervisor's other threads do not, and the listener is
/// in this very process. To the kernel this thread is the program's parent: its end would send the program the
/// signal of PR_SET_PDEATHSIG. So it stays until the supervisor ends, and makes no call after the spawn: the
/// filter holds for it as well, and nobody would answer.
/// </summary>
internal static unsafe class ProgramLauncher
{
    /// <summary>posix_spawn maps a stack of its own for the child.</summary>
    private const int StackSize = 512 * 1024;

    /// <summary>Installs and spawns.</summary>
    /// <param name="command">The program.</param>
    /// <param name="filter">The filter.</param>
    /// <returns>
    /// The program's process id and the listener; the program's first trapped call waits until it is answered.
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
            // Nothing but the program may be started from here: a thread of ours would inherit the filter,
            // and wait for itself to answer.
            bool isParent = false;
            try
            {
                DescriptorHandle listener = InstalledFilter.Install(filter);
                launched = (InheritedSignals.WhileIgnored(() => Spawn(command)), listener);
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

    private static int Spawn(ProgramCommand command)
    {
        bool throughShim = ProgramShim.IsNeeded();
        Errno error = Spawn(throughShim ? ProgramShim.Command(command) : command.Words, out int pid);
        if (error == Errno.ENOEXEC)
        {
            // As execvp and every shell do.
            error = Spawn(["/bin/sh\0"u8.ToArray(), .. command.Words], out pid);
        }

        return error switch
        {
            Errno.None => pid,
            Errno.EAGAIN => throw new StartException("fork: EAGAIN: a process is refused; raise the limit (ulimit -u, TasksMax=)"),
            _ => throw new ProgramNotStartedException(command.Name, error),
        };
    }

    private static Errno Spawn(IReadOnlyList<byte[]> words, out int pid)
    {
        // 32 and 33 are libc's own; posix_spawn would leave them ignored in the program (spawni.c).
        sigset_t defaults = Sigset.Of(32, 33);
        sigset_t mask = InheritedSignals.Blocked;
        byte* attributes = stackalloc byte[Native.PosixSpawnattrSize];
        _ = Native.posix_spawnattr_init(attributes);
        _ = Native.posix_spawnattr_setflags(attributes, Native.POSIX_SPAWN_SETSIGDEF | Native.POSIX_SPAWN_SETSIGMASK);
        _ = Native.posix_spawnattr_setsigmask(attributes, &mask);
        _ = Native.posix_spawnattr_setsigdefault(attributes, &defaults);

        using var argv = new NativeStrings(words);
        int child = 0;
        int error = Native.posix_spawnp(&child, argv.Array[0], null, attributes, argv.Array, Native.environ);
        _ = Native.posix_spawnattr_destroy(attributes);
        pid = child;
        return (Errno)error;
    }
}
