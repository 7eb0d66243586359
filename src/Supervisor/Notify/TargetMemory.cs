using System.Globalization;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Notify;

/// <summary>
/// Reads the memory of the process that made a call, by its thread id. It may be another process's memory: ask
/// <see cref="Target.IsWaiting"/> after the last read, before any of it is used. <see cref="PinnedMemory"/> does all
/// writing.
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
            return Read(call, &to, &from, 1, destination.Length);
        }
    }

    /// <summary>Reads pieces of memory in one call, one after the other into one place.</summary>
    public static Errno Read(in TrappedCall call, Iovec* to, Iovec* from, int fromCount, int total)
    {
        if (total == 0)
        {
            return Errno.None;
        }

        nint done = Libc.process_vm_readv(call.Tid, to, 1, from, (nuint)fromCount, 0);
        Errno error = done == total ? Errno.None : done >= 0 ? Errno.EFAULT : Libc.LastError;
        return error == Errno.EFAULT ? ReadByForce(call, (byte*)to->Base, from, fromCount) : error;
    }

    /// <summary>
    /// The kernel can read memory that is for writing or executing only when the program makes a call, because x86 and arm64
    /// have no such pages. process_vm_readv refuses it, because it goes by the permissions that the program asked for.
    /// </summary>
    private static Errno ReadByForce(in TrappedCall call, byte* to, Iovec* from, int count)
    {
        using var memory = new DescriptorHandle(Libc.open(string.Create(CultureInfo.InvariantCulture, $"/proc/{call.Tid}/mem"), Libc.O_CLOEXEC, 0));
        if (memory.IsInvalid)
        {
            return Errno.EFAULT;
        }

        for (int i = 0; i < count; to += from[i].Len, i++)
        {
            if (!MemoryMap.IsUsable(call.Tid, (ulong)from[i].Base, from[i].Len)
                || Libc.pread(memory.Descriptor, to, from[i].Len, (long)from[i].Base) != (nint)from[i].Len)
            {
                return Errno.EFAULT;
            }
        }

        return Errno.None;
    }
}
