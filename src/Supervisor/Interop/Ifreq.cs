using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

/// <summary>struct ifreq as SIOCGIFINDEX uses it (net/if.h).</summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal struct Ifreq
{
    [FieldOffset(0)] public InterfaceNameBytes Name;
    [FieldOffset(16)] public int Index;

    /// <summary>char ifr_name[IFNAMSIZ], zero-terminated.</summary>
    [InlineArray(Native.IFNAMSIZ)]
    public struct InterfaceNameBytes
    {
        private byte first;
    }
}
