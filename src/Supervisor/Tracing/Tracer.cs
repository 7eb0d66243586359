using System.Collections.Concurrent;
using System.Diagnostics;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Logging;

namespace BindToInterface.Supervisor.Tracing;

/// <summary>
/// Hears of decisions, finds out on a thread of its own what became of them, and tells the outputs. Whoever publishes never
/// waits: what comes too fast is lost, and counted.
/// </summary>
internal sealed class Tracer : IDecisionSink, IDisposable
{
    private const int StackSize = 512 * 1024;
    private const int Capacity = 10_000;

    /// <summary>After the first one, others are gathered for so long: a program that connects often wakes the thread seldom.</summary>
    private const int GatherMilliseconds = 10;

    private const int PatienceMilliseconds = 2000;

    private readonly ConcurrentQueue<Decision> queue = new();
    private readonly AutoResetEvent isNew = new(false);
    private readonly Observer observer;
    private readonly ITraceOutput[] outputs;
    private readonly bool wantsAll;
    private readonly ResultWatch watch = new();
    private readonly UnixWatch unix = new();
    private readonly Thread thread;
    private int queued, lost, isWoken;
    private volatile bool isEnding;

    /// <param name="observer">What the handlers note down.</param>
    /// <param name="wantsAll">Whether all connections are told; else only those to programs that are not supervised.</param>
    /// <param name="outputs">Where to tell.</param>
    public Tracer(Observer observer, bool wantsAll, params ITraceOutput[] outputs)
    {
        this.observer = observer;
        this.wantsAll = wantsAll;
        this.outputs = outputs;
        thread = new Thread(Run, StackSize) { IsBackground = true, Name = "trace" };
    }

    public bool NamesCaller => true;

    /// <summary>How long until a socket has to be looked at, in milliseconds; -1 for never.</summary>
    private int NextLook => (watch.NextLook, unix.NextLook) switch
    {
        (-1, int next) => next,
        (int next, -1) => next,
        (int next, int other) => Math.Min(next, other),
    };

    /// <summary>Starts the thread, after the program has been started.</summary>
    public void Start() => thread.Start();

    public bool Wants(DecisionKind kind, in Verdict verdict) => kind == DecisionKind.UnixSocket
        || (wantsAll && kind is DecisionKind.Judged or DecisionKind.ResolverDaemon or DecisionKind.Filtered);

    public void Publish(Decision decision)
    {
        if (decision.Seen.IsRepeated || !Wants(decision.Kind, decision.Verdict))
        {
            return;
        }

        if (Interlocked.Increment(ref queued) > Capacity)
        {
            Interlocked.Decrement(ref queued);
            Interlocked.Increment(ref lost);
            return;
        }

        queue.Enqueue(decision);
        if (Interlocked.Exchange(ref isWoken, 1) == 0)
        {
            isNew.Set();
        }
    }

    /// <summary>Tells of all that was published, and of what is still under way. Nothing more is published.</summary>
    public void End()
    {
        isEnding = true;
        isNew.Set();
        if (thread.IsAlive)
        {
            thread.Join(PatienceMilliseconds);
        }
    }

    public void Dispose()
    {
        isNew.Dispose();
        watch.Dispose();
        unix.Dispose();
    }

    private void Run()
    {
        while (!isEnding)
        {
            if (isNew.WaitOne(NextLook) && !isEnding)
            {
                Thread.Sleep(GatherMilliseconds);
            }

            Interlocked.Exchange(ref isWoken, 0);
            TellQueued();
            watch.Look(Tell);
            unix.Look(TellForeign);
            Flush();
        }

        TellQueued();
        watch.End(Tell);
        unix.End(TellForeign);
        Flush();
    }

    private void Flush()
    {
        foreach (ITraceOutput output in outputs)
        {
            output.Flush();
        }
    }

    private void TellQueued()
    {
        while (queue.TryDequeue(out Decision? next))
        {
            Interlocked.Decrement(ref queued);
            if (next.Seen.Result.Kind == ResultKind.Started)
            {
                watch.Add(next);
            }
            else if (next.Kind != DecisionKind.UnixSocket)
            {
                Tell(next, next.Seen.Result);
            }
            else
            {
                unix.Add(next);
            }
        }

        if (Interlocked.Exchange(ref lost, 0) is int count and > 0)
        {
            foreach (ITraceOutput output in outputs)
            {
                output.TellLost(count);
            }
        }
    }

    private void Tell(Decision decision, CallResult result)
    {
        if (decision.Seen.Pending is PendingResult pending)
        {
            observer.Pending.Remove(pending);
        }

        Tell(new TraceRecord(decision, result) { Time = TimeOf(decision), Name = observer.Names.Find(decision.Verdict.Destination.Address) });
    }

    private void TellForeign(Decision decision, UnixPeer? peer) =>
        Tell(new TraceRecord(decision, new CallResult(ResultKind.Connected)) { Time = TimeOf(decision), Peer = peer });

    private void Tell(TraceRecord record)
    {
        foreach (ITraceOutput output in outputs)
        {
            output.Tell(record);
        }
    }

    private static DateTimeOffset TimeOf(Decision decision) =>
        decision.Seen.Begun == 0 ? DateTimeOffset.Now : DateTimeOffset.Now - Stopwatch.GetElapsedTime(decision.Seen.Begun);
}
