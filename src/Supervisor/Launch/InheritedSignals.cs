using BindToInterface.Supervisor.Interop;

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

    private static readonly int[] HandledByRuntime = [Libc.SIGSEGV, Libc.SIGFPE, FirstRealTimeSignal];

    /// <summary>The mask.</summary>
    public static Sigset Blocked => Sigset.FromKernel(Libc.inherited_blocked_signals());

    /// <summary>What was ignored.</summary>
    public static Sigset Ignored => Sigset.FromKernel(Libc.inherited_ignored_signals());

    /// <summary>What we pass on: all that we block ourselves.</summary>
    public static Sigset PassedOn
    {
        get
        {
            Sigset blocked;
            _ = Libc.pthread_sigmask(Libc.SIG_BLOCK, null, &blocked);
            return blocked;
        }
    }

    /// <summary>
    /// Starts the program while those are ignored that were, and that the runtime handles: what is ignored is
    /// inherited from the parent as it is.
    /// </summary>
    public static T WhileIgnored<T>(Func<T> start)
    {
        Sigset ignored = Ignored;
        int[] changed = [.. HandledByRuntime.Where(signal => ignored.Contains(signal))];
        Sigaction[] handled = [.. changed.Select(Ignore)];
        try
        {
            return start();
        }
        finally
        {
            foreach ((int signal, Sigaction action) in changed.Zip(handled))
            {
                Sigaction restored = action;
                _ = Libc.sigaction(signal, &restored, null);
            }
        }
    }

    /// <summary>Ignores a signal.</summary>
    /// <returns>What its action was.</returns>
    public static Sigaction Ignore(int signal)
    {
        Sigaction ignore = new() { Handler = IgnoringHandler };
        Sigaction previous;
        _ = Libc.sigaction(signal, &ignore, &previous);
        return previous;
    }

    /// <summary>Has this process, which is about to become the program, what that is to have.</summary>
    public static void Restore()
    {
        Sigset ignored = Ignored;
        foreach (int signal in HandledByRuntime)
        {
            if (ignored.Contains(signal))
            {
                Ignore(signal);
            }
        }

        Sigset blocked = Blocked;
        _ = Libc.pthread_sigmask(Libc.SIG_SETMASK, &blocked, null);
    }
}
