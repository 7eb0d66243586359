using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

/// <summary>struct seccomp_notif_addfd (linux/seccomp.h): a descriptor that the calling process is to have.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SeccompNotifAddfd
{
    public ulong Id;
    public uint Flags;

    /// <summary>The descriptor of this process.</summary>
    public uint Source;

    public uint Number;

    /// <summary>O_CLOEXEC or 0.</summary>
    public uint NumberFlags;
}
