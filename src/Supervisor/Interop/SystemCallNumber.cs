using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

/// <summary>Numbers of the system calls that have no wrapper in every libc we run on (asm/unistd.h).</summary>
internal static class SystemCallNumber
{
    public const nint PidfdOpen = 434;
    public const nint PidfdGetfd = 438;

    public static readonly nint RtSigaction = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 134 : 13;

    public static readonly nint Seccomp = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 277 : 317;
}
