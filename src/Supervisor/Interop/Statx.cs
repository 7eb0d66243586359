using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

/// <summary>struct statx with the fields that are read (statx(2)): they name a file, whatever its path.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct Statx
{
    [FieldOffset(32)] public ulong Ino;
    [FieldOffset(136)] public uint DevMajor;
    [FieldOffset(140)] public uint DevMinor;
}
