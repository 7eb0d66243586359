using BindToInterface.Supervisor.Handlers;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Proc;

namespace BindToInterface.Supervisor.Supervision;

/// <summary>
/// Calls that take long by themselves (a vector of many messages), handled by threads that are never on duty. Few at a
/// time: these threads and the receiver on duty share the processors, and other programs wait for that one.
/// </summary>
internal sealed class LongCalls(SharedState shared, NotifyLoop loop)
{
    private const int StackSize = 512 * 1024;
    private const int MaximumThreads = 256;
    private const int RestMilliseconds = 10_000;

    /// <summary>One processor is left to the receiver on duty, and to the programs that it answers.</summary>
    private static readonly int UsualThreads = Math.Max(1, Environment.ProcessorCount - 1);

    private readonly object gate = new();
    private readonly Queue<WaitingCall> calls = new();
    private readonly List<int> tids = [];
    private int threads, resting, taken, takenBefore;

    /// <summary>Whether calls wait for a thread.</summary>
    public bool AreWaiting
    {
        get
        {
            lock (gate)
            {
                return calls.Count > 0;
            }
        }
    }

    /// <summary>Leaves a call to these threads; false where there is none.</summary>
    public bool TryAdd(WaitingCall call)
    {
        lock (gate)
        {
            if (resting == 0 && threads < UsualThreads && !TryStart() && threads == 0)
            {
                return false;
            }

            calls.Enqueue(call);
            Monitor.Pulse(gate);
            return true;
        }
    }

    /// <summary>
    /// Doubles the threads where calls wait and no thread gets on: each waits for something, such as memory that is slow to
    /// read. Called every few milliseconds.
    /// </summary>
    public void Sample()
    {
        lock (gate)
        {
            bool isStuck = calls.Count > 0 && taken == takenBefore && !tids.Exists(TaskState.IsRunnable);
            takenBefore = taken;
            int more = isStuck ? Math.Min(Math.Min(threads, calls.Count), MaximumThreads - threads) : 0;
            while (more-- > 0 && TryStart())
            {
            }
        }
    }

    private bool TryStart()
    {
        try
        {
            new Thread(Run, StackSize) { IsBackground = true, Name = "long calls" }.Start();
            threads++;
            return true;
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            // RLIMIT_NPROC, or a limit of the control group (pids.max).
            return false;
        }
    }

    private void Run()
    {
        TimeSlice.Reset();
        ReceiverPriority.Reset();
        ReceiverAffinity.Reset();
        int tid = Native.gettid();
        lock (gate)
        {
            tids.Add(tid);
        }

        using var dispatcher = new CallDispatcher(shared);
        while (Next(dispatcher, tid) is WaitingCall call)
        {
            loop.Resume(dispatcher, call);
        }
    }

    /// <summary>The next call; null where this thread is one too many.</summary>
    private WaitingCall? Next(CallDispatcher dispatcher, int tid)
    {
        lock (gate)
        {
            while (calls.Count == 0)
            {
                dispatcher.Rest();
                resting++;
                bool isWoken = Monitor.Wait(gate, RestMilliseconds);
                resting--;
                if (!isWoken && calls.Count == 0 && threads > UsualThreads)
                {
                    threads--;
                    tids.Remove(tid);
                    return null;
                }
            }

            taken++;
            return calls.Dequeue();
        }
    }
}
