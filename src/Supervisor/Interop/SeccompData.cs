using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

/// <summary>struct seccomp_data (linux/seccomp.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SeccompData
{
    public int Nr;
    public uint Arch;
    public ulong InstructionPointer;
    public Arguments Args;

    /// <summary>The six arguments of a system call.</summary>
    [InlineArray(6)]
    public struct Arguments
    {
        private ulong first;
    }
}
