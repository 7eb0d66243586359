using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

/// <summary>struct ifaddrs with the fields that are read (ifaddrs.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Ifaddrs
{
    public Ifaddrs* Next;
    public byte* Name;
    public uint Flags;
    public byte* Address;
    public byte* Netmask;
    public byte* Destination;
    public void* Data;
}
