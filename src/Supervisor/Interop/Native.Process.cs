using System.Runtime.InteropServices;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Interop;

// sys/types.h, sys/wait.h, sys/prctl.h, sys/resource.h, linux/pidfd.h, spawn.h
internal static unsafe partial class Native
{
    public const int PR_SET_DUMPABLE = 4;
    public const int PR_SET_CHILD_SUBREAPER = 36;
    public const int PR_SET_NO_NEW_PRIVS = 38;

    /// <summary>Since Linux 6.9: a pidfd of one thread, not of its group.</summary>
    public const uint PIDFD_THREAD = 0x80;

    public const int P_ALL = 0;
    public const int P_PID = 1;
    public const int WNOHANG = 1;
    public const int WEXITED = 4;
    public const int WSTOPPED = 2;
    public const int WCONTINUED = 8;
    public const int WNOWAIT = 0x100_0000;


    [LibraryImport(Library, SetLastError = true)]
    internal static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int waitid(int idType, int id, Siginfo* info, int options);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int tgkill(int threadGroup, int tid, int signal);

    public const int RLIMIT_NOFILE = 7;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getrlimit(int resource, Rlimit* limit);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setrlimit(int resource, Rlimit* limit);

    public const uint _LINUX_CAPABILITY_VERSION_3 = 0x2008_0522;

    /// <summary>The header is version and thread id; the data two times effective, permitted, inheritable.</summary>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int capget(uint* header, uint* data);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int capset(uint* header, uint* data);

    public const int PRIO_PROCESS = 0;

    public static int sched_getattr(int tid, SchedAttr* attributes, uint size, uint flags) =>
        Call(SystemCallNumber.SYS_sched_getattr, tid, (nint)attributes, (nint)size, (nint)flags);

    public static int sched_setattr(int tid, SchedAttr* attributes, uint flags) =>
        Call(SystemCallNumber.SYS_sched_setattr, tid, (nint)attributes, (nint)flags);

    /// <summary>glibc has a wrapper since 2.30 only.</summary>
    public static int gettid() => Call(SystemCallNumber.SYS_gettid, 0, 0);

    /// <summary>Of a thread, whatever the name says.</summary>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setpriority(int which, int who, int priority);

    /// <summary>Launch/runtime_failure.c: what goes wrong from now on is said by managed code.</summary>
    [LibraryImport("runtime_failure")]
    internal static partial void runtime_has_started();

    /// <summary>
    /// Launch/start_program.c: 0 once the program is executed, or an error number. Signals are as the kernel has them, a bit
    /// from 0 on; the arrays end with a null pointer.
    /// </summary>
    [LibraryImport("start_program")]
    internal static partial int start_program(byte** argv, byte** environment, byte** processIds, ulong blocked, ulong ignored, int* pid);

    /// <summary>Of this thread alone.</summary>
    public static int sys_setgroups(int count, uint* groups) => Call(SystemCallNumber.SYS_setgroups, count, (nint)groups);

    /// <summary>Of this thread alone; -1 leaves one as it is.</summary>
    public static int sys_setresuid(int real, int effective, int saved) => Call(SystemCallNumber.SYS_setresuid, real, effective, saved);

    /// <summary>Likewise.</summary>
    public static int sys_setresgid(int real, int effective, int saved) => Call(SystemCallNumber.SYS_setresgid, real, effective, saved);

    public static int pidfd_open(int pid, uint flags) =>
        Call(SystemCallNumber.SYS_pidfd_open, pid, (nint)flags);

    /// <summary>linux/close_range.h: the calling thread gets a table of descriptors of its own first.</summary>
    public const uint CLOSE_RANGE_UNSHARE = 2;

    /// <summary>glibc has a wrapper since 2.34, and musl has none.</summary>
    public static int close_range(uint first, uint last, uint flags) =>
        Call(SystemCallNumber.SYS_close_range, (nint)first, (nint)last, (nint)flags);

    public static int pidfd_getfd(int pidfd, int targetFd) =>
        Call(SystemCallNumber.SYS_pidfd_getfd, pidfd, targetFd);
}
