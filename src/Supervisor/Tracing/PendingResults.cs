using BindToInterface.Supervisor.Logging;

namespace BindToInterface.Supervisor.Tracing;

/// <summary>The connections that are under way, by their socket. Where there are very many, the oldest are let go. Safe to use from any thread.</summary>
internal sealed class PendingResults
{
    private const int Capacity = 4096;

    private readonly Dictionary<ulong, PendingResult> pending = [];
    private readonly Queue<ulong> order = [];
    private readonly Lock gate = new();
    private int count;

    /// <summary>Whether none is under way: a look at it costs no lock.</summary>
    public bool IsEmpty => Volatile.Read(ref count) == 0;

    /// <summary>A connection of a socket has been started.</summary>
    public PendingResult Add(ulong cookie)
    {
        var added = new PendingResult(cookie);
        lock (gate)
        {
            if (order.Count == Capacity)
            {
                pending.Remove(order.Dequeue());
            }

            order.Enqueue(cookie);
            pending[cookie] = added;
            Volatile.Write(ref count, pending.Count);
        }

        return added;
    }

    /// <summary>The connection of a socket that is under way; null for none.</summary>
    public PendingResult? Find(ulong cookie)
    {
        lock (gate)
        {
            return pending.GetValueOrDefault(cookie);
        }
    }

    /// <summary>What became of a connection has been told.</summary>
    public void Remove(PendingResult done)
    {
        lock (gate)
        {
            if (pending.GetValueOrDefault(done.Cookie) == done)
            {
                pending.Remove(done.Cookie);
            }

            if (pending.Count == 0)
            {
                order.Clear();
            }

            Volatile.Write(ref count, pending.Count);
        }
    }
}
