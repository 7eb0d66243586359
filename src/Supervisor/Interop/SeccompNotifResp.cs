using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

/// <summary>struct seccomp_notif_resp (linux/seccomp.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SeccompNotifResp
{
    public ulong Id;
    public long Val;

    /// <summary>A negated errno, or 0.</summary>
    public int Error;

    public uint Flags;
}
