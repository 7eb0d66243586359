using System.Runtime.InteropServices;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Interop;

// sys/signalfd.h, signal.h
internal static unsafe partial class Native
{
    public const int SFD_CLOEXEC = 0x80000;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int signalfd(int fd, sigset_t* mask, int flags);

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
        _ = Call(SystemCallNumber.SYS_rt_sigaction, signal, (nint)byDefault, 0, KernelSigsetSize);
    }
}
