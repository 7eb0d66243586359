using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

/// <summary>struct seccomp_notif_sizes (linux/seccomp.h): what this kernel's structures measure.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SeccompNotifSizes
{
    public ushort SeccompNotif;
    public ushort SeccompNotifResp;
    public ushort SeccompData;
}
