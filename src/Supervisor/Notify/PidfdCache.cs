using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Notify;

/// <summary>
/// pidfds by thread id, so that a thread that calls often costs one pidfd_open. A pidfd of a thread that is
/// gone gives ESRCH, even where its id has a new owner, and is opened anew. The table has a fixed size:
/// descriptors do not grow with the number of processes.
/// </summary>
internal sealed class PidfdCache : IDisposable
{
    private const int Size = 64;

    private readonly (int Tid, DescriptorHandle? Pidfd)[] entries = new (int, DescriptorHandle?)[Size];
    private bool knowsThreads = true;

    /// <summary>Duplicates a target's descriptor into ours.</summary>
    /// <returns>The errno of pidfd_open or pidfd_getfd.</returns>
    public Errno Duplicate(int tid, int targetDescriptor, out int descriptor)
    {
        ref (int Tid, DescriptorHandle? Pidfd) entry = ref entries[tid & (Size - 1)];
        if (entry.Tid == tid && entry.Pidfd is DescriptorHandle known)
        {
            descriptor = Libc.pidfd_getfd(known.Descriptor, targetDescriptor);
            if (descriptor >= 0)
            {
                return Errno.None;
            }

            if (Libc.LastError is Errno error && error != Errno.ESRCH)
            {
                return error;
            }
        }

        descriptor = -1;
        Errno opened = Open(tid, out DescriptorHandle? pidfd);
        if (pidfd is null)
        {
            return opened;
        }

        entry.Pidfd?.Dispose();
        entry = (tid, pidfd);
        descriptor = Libc.pidfd_getfd(pidfd.Descriptor, targetDescriptor);
        return descriptor >= 0 ? Errno.None : Libc.LastError;
    }

    public void Dispose()
    {
        foreach ((_, DescriptorHandle? pidfd) in entries)
        {
            pidfd?.Dispose();
        }
    }

    private Errno Open(int tid, out DescriptorHandle? pidfd)
    {
        pidfd = null;
        int descriptor = knowsThreads ? Libc.pidfd_open(tid, Libc.PIDFD_THREAD) : -1;
        if (descriptor < 0 && (!knowsThreads || Libc.LastError == Errno.EINVAL))
        {
            // Before Linux 6.9 only a process has a pidfd; its threads share its descriptors.
            knowsThreads = false;
            descriptor = Libc.pidfd_open(ThreadGroup.Of(tid), 0);
        }

        if (descriptor < 0)
        {
            return Libc.LastError;
        }

        pidfd = new DescriptorHandle(descriptor);
        return Errno.None;
    }
}
