using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

/// <summary>struct open_how (linux/openat2.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct OpenHow
{
    public ulong Flags;
    public ulong Mode;
    public ulong Resolve;
}
