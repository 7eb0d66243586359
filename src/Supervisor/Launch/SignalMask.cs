using System.Runtime.CompilerServices;
using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Launch;

/// <summary>
/// Blocks, in every thread of the supervisor, the signals that it passes on, so that they wait for a signalfd,
/// which tells who sent them. The program gets the mask as it was before. No disposition is touched: what
/// was ignored when we were started is ignored in the program, and nothing else is.
/// </summary>
internal static unsafe class SignalMask
{
    /// <summary>
    /// All but those that the runtime handles (SIGSEGV and SIGFPE, of which it makes exceptions, and SIGRTMIN)
    /// and those that libc keeps for itself (32 and 33). A fault of our own code ends us though its signal be
    /// blocked.
    /// </summary>
    public static readonly Sigset Relayed = Sigset.AllBut(
        Libc.SIGSEGV, Libc.SIGFPE, Libc.SIGKILL, Libc.SIGSTOP, 32, 33, 34);

    /// <summary>Blocks the signals and returns the mask as it was.</summary>
    public static Sigset BlockInAllThreads()
    {
        Sigset original;
        Sigset relayed = Relayed;
        _ = Libc.pthread_sigmask(Libc.SIG_BLOCK, &relayed, &original);

        // Threads inherit the mask of their creator, and one existed before us: the finalizer thread. It can
        // be told to block them by giving it something to finalize.
        LeaveForFinalizer();
        GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        GC.WaitForPendingFinalizers();
        return original;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LeaveForFinalizer() => _ = new BlockInFinalizerThread();

    private sealed class BlockInFinalizerThread
    {
        ~BlockInFinalizerThread()
        {
            Sigset relayed = Relayed;
            _ = Libc.pthread_sigmask(Libc.SIG_BLOCK, &relayed, null);
        }
    }
}
