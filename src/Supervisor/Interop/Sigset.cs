using Tmds.Linux;

namespace BindToInterface.Supervisor.Interop;

/// <summary>What is in a sigset_t: 1,024 bits in glibc and musl, of which the kernel knows the first 64.</summary>
internal static unsafe class Sigset
{
    /// <summary>The set of these signals.</summary>
    public static sigset_t Of(params ReadOnlySpan<int> signals)
    {
        ulong bits = 0;
        foreach (int signal in signals)
        {
            bits |= 1UL << (signal - 1);
        }

        return FromKernel(bits);
    }

    /// <summary>The set as the kernel has it: a signal is a bit from 0 on.</summary>
    public static sigset_t FromKernel(ulong bits)
    {
        sigset_t set = default;
        *(ulong*)&set = bits;
        return set;
    }

    /// <summary>Whether a signal is of the set.</summary>
    public static bool Contains(this in sigset_t set, int signal)
    {
        fixed (sigset_t* bits = &set)
        {
            return (*(ulong*)bits & (1UL << (signal - 1))) != 0;
        }
    }
}
