namespace BindToInterface.Supervisor.Tracing;

/// <summary>
/// The sockets, by cookie, that have asked a nameserver by a datagram a short time ago: their replies are looked at. Safe to use
/// from any thread.
/// </summary>
internal sealed class NameSockets
{
    private const int Capacity = 256;
    private const int KeptMilliseconds = 60_000;

    private readonly Dictionary<ulong, long> until = [];
    private readonly Lock gate = new();
    private long latest;

    /// <summary>Whether no reply is awaited: the usual case, which is to cost nothing.</summary>
    public bool IsEmpty => Environment.TickCount64 >= Volatile.Read(ref latest);

    /// <summary>A socket has been connected to a nameserver, or has sent to one.</summary>
    public void Add(ulong cookie)
    {
        long now = Environment.TickCount64;
        lock (gate)
        {
            if (until.Count == Capacity && !until.ContainsKey(cookie))
            {
                until.Remove(until.MinBy(pair => pair.Value).Key);
            }

            until[cookie] = now + KeptMilliseconds;
            Volatile.Write(ref latest, now + KeptMilliseconds);
        }
    }

    /// <summary>Whether a socket is one of them.</summary>
    public bool Contains(ulong cookie)
    {
        lock (gate)
        {
            return until.TryGetValue(cookie, out long end) && Environment.TickCount64 < end;
        }
    }
}
