using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

/// <summary>struct rlimit (sys/resource.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Rlimit
{
    public nuint Cur;
    public nuint Max;
}
