using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

/// <summary>struct signalfd_siginfo with the fields that are read (sys/signalfd.h).</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct SignalfdSiginfo
{
    [FieldOffset(0)] public uint Signo;
    [FieldOffset(8)] public int Code;
    [FieldOffset(12)] public uint Pid;
    [FieldOffset(48)] public ulong Value;
}
