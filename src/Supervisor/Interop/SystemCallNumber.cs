using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

/// <summary>Numbers of the system calls that have no wrapper in every libc we run on (asm/unistd.h).</summary>
internal static class SystemCallNumber
{
    public const nint PidfdOpen = 434;
    public const nint PidfdGetfd = 438;

    public static readonly nint RtSigaction = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 134 : 13;

    /// <summary>glibc has a wrapper since 2.30 only.</summary>
    public static readonly nint Gettid = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 178 : 186;

    public static readonly nint Seccomp = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 277 : 317;

    /// <summary>glibc has wrappers of these two since 2.41 only.</summary>
    public static readonly nint SchedSetattr = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 274 : 314;

    public static readonly nint SchedGetattr = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 275 : 315;
}
