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

    /// <summary>The set as the kernel has it: a signal is a bit from 0 on.</summary>
    public static Sigset FromKernel(ulong bits) => new() { bits = bits };

    /// <summary>Whether a signal is of the set.</summary>
    public readonly bool Contains(int signal) => (bits & (1UL << (signal - 1))) != 0;
}
