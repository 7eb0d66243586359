using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

/// <summary>struct sockaddr_nl (linux/netlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SockaddrNl
{
    public ushort Family;
    public ushort Padding;

    /// <summary>nl_pid: the port, 0 for the kernel.</summary>
    public uint Port;
    public uint Groups;
}
