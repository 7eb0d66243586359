using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

/// <summary>struct termios with the fields that are read (termios.h).</summary>
[StructLayout(LayoutKind.Explicit, Size = 60)]
internal struct Termios
{
    [FieldOffset(12)] public uint Lflag;
}
