using System.Globalization;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Proc;
using BindToInterface.Supervisor.Seccomp;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Target;

/// <summary>
/// Writes to the memory of the process that made a call, and of no other. A thread id may mean another program a moment
/// later: its process executes a set-user-ID file, or the id gets a new owner. So the memory is opened first. Then the
/// kernel is asked whether the call still waits. Only then is the opened memory written. Through /proc/TID/mem the kernel
/// would also write, by force, to pages that the program cannot write. The map shows these pages, and they are EFAULT.
/// </summary>
internal sealed unsafe class PinnedMemory : IDisposable
{
    private readonly DescriptorHandle memory;
    private readonly MemoryMap map;

    private PinnedMemory(DescriptorHandle memory, MemoryMap map)
    {
        this.memory = memory;
        this.map = map;
    }

    /// <summary>Opens the memory of a call's process.</summary>
    /// <returns>None; ESRCH if the call does not wait any more; otherwise the error of opening the memory.</returns>
    public static Errno Open(Listener listener, in Notification call, out PinnedMemory? pinned)
    {
        pinned = null;
        var memory = DescriptorHandle.Open(string.Create(CultureInfo.InvariantCulture, $"/proc/{call.Tid}/mem"), LibC.O_RDWR | LibC.O_CLOEXEC);
        Errno error = memory.IsInvalid ? Native.LastError : Errno.None;
        MemoryMap? map = error == Errno.None ? MemoryMap.Open(call.Tid) : null;
        if (map is null)
        {
            memory.Dispose();
            return error is Errno.None or Errno.ENOENT ? Errno.ESRCH : error == Errno.EACCES ? Errno.EPERM : error;
        }

        pinned = new PinnedMemory(memory, map);
        if (listener.IsWaiting(call))
        {
            return Errno.None;
        }

        pinned.Dispose();
        pinned = null;
        return Errno.ESRCH;
    }

    /// <summary>Reads memory; EFAULT where any byte of it cannot be read.</summary>
    public Errno Read(ulong address, Span<byte> destination)
    {
        fixed (byte* local = destination)
        {
            return Whole((nint)(long)LibC.pread(memory.Descriptor, local, (size_t)destination.Length, (long)address), destination.Length);
        }
    }

    /// <summary>Writes memory; EFAULT where the program could not write all of it.</summary>
    public Errno Write(ulong address, ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty)
        {
            return Errno.None;
        }

        if (!map.IsWritable(address, (ulong)source.Length))
        {
            return Errno.EFAULT;
        }

        fixed (byte* local = source)
        {
            return Whole((nint)(long)LibC.pwrite(memory.Descriptor, local, (size_t)source.Length, (long)address), source.Length);
        }
    }

    public void Dispose()
    {
        memory.Dispose();
        map.Dispose();
    }

    /// <summary>EIO means that there is no such memory. A result of 0 means that the process has ended.</summary>
    private static Errno Whole(nint done, int wanted) =>
        done == wanted ? Errno.None : done == 0 ? Errno.ESRCH : done > 0 || Native.LastError == Errno.EIO ? Errno.EFAULT : Native.LastError;
}
