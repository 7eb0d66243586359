using System.Globalization;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Proc;
using BindToInterface.Supervisor.Seccomp;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Target;

/// <summary>
/// Reads the memory of the process that made a call, by its thread id. It may be another process's memory: ask
/// <see cref="Target.IsWaiting"/> after the last read, before any of it is used. <see cref="PinnedMemory"/> does all
/// writing.
/// </summary>
internal static unsafe class TargetMemory
{
    /// <summary>Reads memory; EFAULT where any byte of it cannot be read.</summary>
    public static Errno Read(in Notification call, ulong address, Span<byte> destination)
    {
        fixed (byte* local = destination)
        {
            var to = new iovec { iov_base = local, iov_len = (size_t)destination.Length };
            var from = new iovec { iov_base = (void*)address, iov_len = (size_t)destination.Length };
            return Read(call, &to, &from, 1, destination.Length);
        }
    }

    /// <summary>Reads pieces of memory in one call, one after the other into one place.</summary>
    public static Errno Read(in Notification call, iovec* to, iovec* from, int fromCount, int total)
    {
        if (total == 0)
        {
            return Errno.None;
        }

        if (TargetAccess.ReadsMemoryFile)
        {
            return ReadFile(call, (byte*)to->iov_base, from, fromCount);
        }

        nint done = Native.process_vm_readv(call.Tid, to, 1, from, (nuint)fromCount, 0);
        Errno error = done == total ? Errno.None : done >= 0 ? Errno.EFAULT : Native.LastError;
        return error == Errno.EFAULT ? ReadByForce(call, (byte*)to->iov_base, from, fromCount) : error;
    }

    /// <summary>
    /// Reads through /proc/TID/mem, where process_vm_readv is refused. The file is opened for each call: one that is kept would be
    /// that of the memory which the thread had then, and not of the program that it has executed since.
    /// </summary>
    private static Errno ReadFile(in Notification call, byte* to, iovec* from, int count)
    {
        int memory = ThreadFile.OpenMemory(call.Tid);
        if (memory < 0)
        {
            return Native.LastError switch
            {
                Errno.ENOENT => Errno.ESRCH,
                Errno.EACCES => Errno.EPERM,
                var error => error,
            };
        }

        Errno read = Errno.None;
        for (int i = 0; i < count && read == Errno.None; to += from[i].iov_len, i++)
        {
            nint wanted = (nint)(ulong)from[i].iov_len;
            nint done = wanted == 0 ? 0 : (nint)(long)LibC.pread(memory, to, from[i].iov_len, (long)from[i].iov_base);
            // EIO: there is no such memory. EINVAL: an address of the kernel's half.
            read = done == wanted ? Errno.None : done >= 0 || Native.LastError is Errno.EIO or Errno.EINVAL ? Errno.EFAULT : Native.LastError;
        }

        _ = LibC.close(memory);
        return read;
    }

    /// <summary>
    /// The kernel can read memory that is for writing or executing only when the program makes a call, because x86 and arm64
    /// have no such pages. process_vm_readv refuses it, because it goes by the permissions that the program asked for.
    /// </summary>
    private static Errno ReadByForce(in Notification call, byte* to, iovec* from, int count)
    {
        using var memory = DescriptorHandle.Open(string.Create(CultureInfo.InvariantCulture, $"/proc/{call.Tid}/mem"), LibC.O_CLOEXEC);
        if (memory.IsInvalid)
        {
            return Errno.EFAULT;
        }

        for (int i = 0; i < count; to += from[i].iov_len, i++)
        {
            if (!MemoryMap.IsUsable(call.Tid, (ulong)from[i].iov_base, from[i].iov_len)
                || LibC.pread(memory.Descriptor, to, from[i].iov_len, (long)from[i].iov_base) != (long)(ulong)from[i].iov_len)
            {
                return Errno.EFAULT;
            }
        }

        return Errno.None;
    }
}
