using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

/// <summary>sigset_t: 1,024 bits in glibc and musl, of which the kernel knows 64.</summary>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal struct Sigset
{
    private ulong bits;

    /// <summary>The set of these signals.</summary>
    public static Sigset Of(params ReadOnlySpan<int> signals)
    {
        var set = default(Sigset);
        foreach (int signal in signals)
        {
            set.bits |= 1UL << (signal - 1);
        }

        return set;
    }

    /// <summary>Every signal but these.</summary>
    public static Sigset AllBut(params ReadOnlySpan<int> signals)
    {
        Sigset set = Of(signals);
        set.bits = ~set.bits;
        return set;
    }
}
