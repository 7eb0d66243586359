using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

/// <summary>struct seccomp_notif (linux/seccomp.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SeccompNotif
{
    public ulong Id;

    /// <summary>The thread's id in the supervisor's pid namespace; 0 where it is not visible there.</summary>
    public int Pid;

    public uint Flags;
    public SeccompData Data;
}
