using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

/// <summary>Numbers of the system calls that have no wrapper in every libc that this runs on (asm/unistd.h).</summary>
internal static class SystemCallNumber
{
    public const int SYS_pidfd_open = 434;
    public const int SYS_pidfd_getfd = 438;
    public const int SYS_close_range = 436;
    public const int SYS_openat2 = 437;

    public static readonly int SYS_rt_sigaction = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 134 : 13;
    public static readonly int SYS_gettid = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 178 : 186;
    /// <summary>glibc has wrappers of these two since 2.41 only.</summary>
    public static readonly int SYS_sched_setattr = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 274 : 314;
    public static readonly int SYS_sched_getattr = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 275 : 315;

    /// <summary>glibc's wrappers of these three change all threads of the process.</summary>
    public static readonly int SYS_setgroups = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 159 : 116;
    public static readonly int SYS_setresuid = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 147 : 117;
    public static readonly int SYS_setresgid = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 149 : 119;

    public static readonly int SYS_seccomp = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 277 : 317;
}
