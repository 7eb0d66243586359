using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

/// <summary>struct addrinfo (netdb.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Addrinfo
{
    public int Flags;
    public int Family;
    public int SocketType;
    public int Protocol;
    public uint AddressLength;
    public byte* Address;
    public byte* CanonicalName;
    public Addrinfo* Next;
}
