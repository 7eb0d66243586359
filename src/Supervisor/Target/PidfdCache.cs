using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Proc;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Target;

/// <summary>
/// pidfds by thread id, so that pidfd_open is called once for a thread that calls often. If the thread is gone, its pidfd
/// gives ESRCH, even if the id has a new owner, and a new pidfd is opened. The table has a fixed size, and holds plain
/// numbers that it closes itself: thousands of short processes use up neither descriptors nor memory.
/// </summary>
/// <param name="size">How many: a power of two.</param>
internal sealed class PidfdCache(int size) : IDisposable
{
    /// <summary>For a thread that receives calls.</summary>
    public const int Large = 64;

    /// <summary>For a thread that seldom needs pidfds.</summary>
    public const int Small = 2;

    private readonly Entry[] entries = new Entry[size];
    private bool knowsThreads = true;

    /// <summary>Duplicates a target's descriptor into this process.</summary>
    /// <param name="tid">The thread that called.</param>
    /// <param name="targetDescriptor">Its descriptor.</param>
    /// <param name="descriptor">The duplicate.</param>
    /// <param name="wasKnown">
    /// Whether a pidfd of the thread itself was kept from an earlier call. That it still gives a descriptor shows
    /// that the thread lives, so that its id meant nobody else since that earlier call.
    /// </param>
    /// <returns>The errno of pidfd_open or pidfd_getfd.</returns>
    public Errno Duplicate(int tid, int targetDescriptor, out int descriptor, out bool wasKnown)
    {
        Errno error = TryDuplicate(tid, targetDescriptor, out descriptor, out wasKnown);
        if (error is not (Errno.EMFILE or Errno.ENFILE))
        {
            return error;
        }

        // If there are no descriptors left, the cached ones are closed before a call is refused.
        Clear();
        return TryDuplicate(tid, targetDescriptor, out descriptor, out wasKnown);
    }

    public void Dispose() => Clear();

    private Errno TryDuplicate(int tid, int targetDescriptor, out int descriptor, out bool wasKnown)
    {
        wasKnown = false;
        ref Entry entry = ref entries[tid & (entries.Length - 1)];
        if (entry.Tid == tid && StillIn(entry))
        {
            descriptor = Native.pidfd_getfd(entry.Pidfd, targetDescriptor);
            if (descriptor >= 0)
            {
                wasKnown = entry.ThreadGroup == 0;
                return Errno.None;
            }

            if (Native.LastError is Errno error && error != Errno.ESRCH)
            {
                return error;
            }
        }

        descriptor = -1;
        Errno opened = Open(tid, out Entry fresh);
        if (opened != Errno.None)
        {
            return opened;
        }

        Close(entry);
        entry = fresh;
        descriptor = Native.pidfd_getfd(entry.Pidfd, targetDescriptor);
        return descriptor >= 0 ? Errno.None : Native.LastError;
    }

    /// <summary>Closes all.</summary>
    public void Clear()
    {
        foreach (ref Entry entry in entries.AsSpan())
        {
            Close(entry);
            entry = default;
        }
    }

    /// <summary>
    /// Whether a thread still belongs to the process whose pidfd is used for it, on kernels where threads have no pidfd. The
    /// process may still live although the thread id belongs to another process now.
    /// </summary>
    private static bool StillIn(in Entry entry) =>
        entry.ThreadGroup == 0 || Native.tgkill(entry.ThreadGroup, entry.Tid, 0) == 0 || Native.LastError == Errno.EPERM;

    private Errno Open(int tid, out Entry entry)
    {
        int threadGroup = 0;
        int descriptor = knowsThreads ? Native.pidfd_open(tid, Native.PIDFD_THREAD) : -1;
        if (descriptor < 0 && (!knowsThreads || Native.LastError == Errno.EINVAL))
        {
            // Before Linux 6.9 only a process has a pidfd; its threads share its descriptors.
            knowsThreads = false;
            threadGroup = ThreadGroup.Of(tid);
            descriptor = Native.pidfd_open(threadGroup, 0);
        }

        entry = new(tid, threadGroup, descriptor);
        return descriptor < 0 ? Native.LastError : Errno.None;
    }

    private static void Close(in Entry entry)
    {
        if (entry.Tid != 0)
        {
            _ = LibC.close(entry.Pidfd);
        }
    }

    /// <summary>A thread's pidfd, or that of its process, which is then named. Tid 0: empty.</summary>
    private readonly record struct Entry(int Tid, int ThreadGroup, int Pidfd);
}
