using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

/// <summary>struct msghdr as the kernel reads it in a 64-bit process (sys/socket.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MsghdrNative
{
    public byte* Name;
    public uint NameLength;
    public Iovec* Iov;
    public nuint IovLength;
    public byte* Control;
    public nuint ControlLength;
    public int Flags;
}
