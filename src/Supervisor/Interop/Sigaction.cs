using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

/// <summary>struct sigaction as libc declares it (signal.h). A handler of 0 is SIG_DFL.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Sigaction
{
    public nint Handler;
    public Sigset Mask;
    public int Flags;
    public nint Restorer;
}
