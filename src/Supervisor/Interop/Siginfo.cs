using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

/// <summary>
/// siginfo_t with the fields that waitid fills (signal.h); 128 bytes on 64-bit Linux. That of Tmds.LibC has si_code
/// where si_errno is.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct Siginfo
{
    [FieldOffset(0)] public int Signo;
    [FieldOffset(8)] public int Code;
    [FieldOffset(16)] public int Pid;

    /// <summary>The exit status, or the signal.</summary>
    [FieldOffset(24)] public int Status;
}
