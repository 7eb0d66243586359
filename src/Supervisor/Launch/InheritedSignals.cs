using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Launch;

/// <summary>
/// The signal mask and the ignored signals that the supervisor was started with, which are the program's. They were noted
/// before the runtime changed some (inherited_signals.c). Then every signal that is passed on was blocked, in all
/// threads, so that it waits for a signalfd, which tells who sent it. A set has a signal as a bit from 0 on, as the kernel has it.
/// </summary>
internal static unsafe class InheritedSignals
{
    /// <summary>The mask.</summary>
    public static ulong Blocked => Native.inherited_blocked_signals();

    /// <summary>What was ignored.</summary>
    public static ulong Ignored => Native.inherited_ignored_signals();

    /// <summary>What is passed on: all that the supervisor blocks itself.</summary>
    public static sigset_t PassedOn
    {
        get
        {
            sigset_t blocked;
            _ = LibC.pthread_sigmask(LibC.SIG_BLOCK, null, &blocked);
            return blocked;
        }
    }

    /// <summary>Takes the mask back that the supervisor was started with: there is no program to pass signals on to.</summary>
    public static void Restore()
    {
        sigset_t mask = Sigset.FromKernel(Blocked);
        _ = LibC.pthread_sigmask(LibC.SIG_SETMASK, &mask, null);
    }

    /// <summary>
    /// Stops ignoring SIGCHLD: the kernel would not tell how the program ends. In the program it is ignored again.
    /// </summary>
    public static void HearOfChildren()
    {
        if (Sigset.FromKernel(Ignored).Contains(Linux.SIGCHLD))
        {
            Native.RestoreDefaultAction(Linux.SIGCHLD);
        }
    }
}
