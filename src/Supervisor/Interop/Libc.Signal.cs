using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

// signal.h, sys/signalfd.h
internal static unsafe partial class Libc
{
    public const int SIG_BLOCK = 0;
    public const int SIG_UNBLOCK = 1;
    public const int SIG_SETMASK = 2;

    public const int SIGHUP = 1;
    public const int SIGINT = 2;
    public const int SIGQUIT = 3;
    public const int SIGFPE = 8;
    public const int SIGKILL = 9;
    public const int SIGSEGV = 11;
    public const int SIGPIPE = 13;
    public const int SIGTERM = 15;
    public const int SIGCHLD = 17;
    public const int SIGCONT = 18;
    public const int SIGSTOP = 19;
    public const int SIGTSTP = 20;
    public const int SIGTTIN = 21;
    public const int SIGTTOU = 22;
    public const int SIGWINCH = 28;

    /// <summary>si_code of a signal that the kernel sent, such as one that the terminal made of a key.</summary>
    public const int SI_KERNEL = 0x80;

    /// <summary>si_code of a signal that carries a value.</summary>
    public const int SI_QUEUE = -1;

    public const int SFD_CLOEXEC = 0x80000;

    [LibraryImport(Library)]
    internal static partial int pthread_sigmask(int how, Sigset* set, Sigset* old);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int signalfd(int fd, Sigset* mask, int flags);

    /// <summary>The value is a union sigval, of a pointer's size.</summary>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int sigqueue(int pid, int signal, nint value);

    // Launch/inherited_signals.c

    [LibraryImport("inherited_signals")]
    internal static partial ulong inherited_blocked_signals();

    [LibraryImport("inherited_signals")]
    internal static partial ulong inherited_ignored_signals();

    /// <summary>
    /// Gives a signal its default action, by the system call itself: libc's sigaction refuses the two signals
    /// that it keeps for its own use.
    /// </summary>
    public static void RestoreDefaultAction(int signal)
    {
        // struct sigaction as the kernel has it: handler, flags, restorer and a mask of 64 bits.
        const int KernelSigsetSize = 8;
        byte* byDefault = stackalloc byte[32];
        new Span<byte>(byDefault, 32).Clear();
        _ = syscall(SystemCallNumber.RtSigaction, signal, (nint)byDefault, 0, KernelSigsetSize);
    }
}
