using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Notify;

/// <summary>
/// The memory of the process that made a call. It is never written by force: a page that the program cannot
/// write gives EFAULT here too. See <see cref="Target.IsWaiting"/> before acting on what was read.
/// </summary>
internal static unsafe class TargetMemory
{
    /// <summary>Reads memory; EFAULT where any byte of it cannot be read.</summary>
    public static Errno Read(in TrappedCall call, ulong address, Span<byte> destination)
    {
        fixed (byte* local = destination)
        {
            var to = new Iovec { Base = local, Len = (nuint)destination.Length };
            var from = new Iovec { Base = (void*)address, Len = (nuint)destination.Length };
            return Read(call, &to, 1, &from, 1, destination.Length);
        }
    }

    /// <summary>Reads pieces of memory in one call.</summary>
    public static Errno Read(in TrappedCall call, Iovec* to, int toCount, Iovec* from, int fromCount, int total)
    {
        if (total == 0)
        {
            return Errno.None;
        }

        nint done = Libc.process_vm_readv(call.Tid, to, (nuint)toCount, from, (nuint)fromCount, 0);
        return done == total ? Errno.None : done >= 0 ? Errno.EFAULT : Libc.LastError;
    }

    /// <summary>Writes memory; EFAULT where any byte of it cannot be written.</summary>
    public static Errno Write(in TrappedCall call, ulong address, ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty)
        {
            return Errno.None;
        }

        fixed (byte* local = source)
        {
            var from = new Iovec { Base = local, Len = (nuint)source.Length };
            var to = new Iovec { Base = (void*)address, Len = (nuint)source.Length };
            nint done = Libc.process_vm_writev(call.Tid, &from, 1, &to, 1, 0);
            return done == source.Length ? Errno.None : done >= 0 ? Errno.EFAULT : Libc.LastError;
        }
    }
}
