using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Launch;

/// <summary>
/// The signal mask and the ignored signals that we were started with, which are the program's. They were noted before
/// the runtime changed some (inherited_signals.c), and every signal that we pass on was blocked then, in all threads,
/// so that it waits for a signalfd, which tells who sent it.
/// </summary>
internal static unsafe class InheritedSignals
{
    /// <summary>SIG_IGN.</summary>
    private const nint IgnoringHandler = 1;

    /// <summary>SIGRTMIN, the first that libc does not keep for itself, which it makes a call of a function.</summary>
    private const int FirstRealTimeSignal = 34;

    private static readonly int[] HandledByRuntime = [Linux.SIGSEGV, Linux.SIGFPE, FirstRealTimeSignal];

    /// <summary>The mask.</summary>
    public static sigset_t Blocked => Sigset.FromKernel(Native.inherited_blocked_signals());

    /// <summary>What was ignored.</summary>
    public static sigset_t Ignored => Sigset.FromKernel(Native.inherited_ignored_signals());

    /// <summary>What we pass on: all that we block ourselves.</summary>
    public static sigset_t PassedOn
    {
        get
        {
            sigset_t blocked;
            _ = LibC.pthread_sigmask(LibC.SIG_BLOCK, null, &blocked);
            return blocked;
        }
    }

    /// <summary>
    /// Starts the program while those are ignored that were, and that the runtime handles: what is ignored is
    /// inherited from the parent as it is.
    /// </summary>
    public static T WhileIgnored<T>(Func<T> start)
    {
        sigset_t ignored = Ignored;
        int[] changed = [.. HandledByRuntime.Where(signal => ignored.Contains(signal))];
        sigaction[] handled = [.. changed.Select(Ignore)];
        try
        {
            return start();
        }
        finally
        {
            foreach ((int signal, sigaction action) in changed.Zip(handled))
            {
                sigaction restored = action;
                _ = LibC.sigaction(signal, &restored, null);
            }
        }
    }

    /// <summary>Ignores a signal.</summary>
    /// <returns>What its action was.</returns>
    public static sigaction Ignore(int signal)
    {
        sigaction ignore = new() { sa_handler = (void*)IgnoringHandler };
        sigaction previous;
        _ = LibC.sigaction(signal, &ignore, &previous);
        return previous;
    }

    /// <summary>Has this process, which is about to become the program, what that is to have.</summary>
    public static void Restore()
    {
        sigset_t ignored = Ignored;
        foreach (int signal in HandledByRuntime)
        {
            if (ignored.Contains(signal))
            {
                Ignore(signal);
            }
        }

        sigset_t blocked = Blocked;
        _ = LibC.pthread_sigmask(LibC.SIG_SETMASK, &blocked, null);
    }
}
