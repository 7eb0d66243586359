namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// Datagram sockets that were made here in strict mode, and that nobody has connected since: no send can be on its way to a peer of theirs.
/// By cookie (<see cref="KnownSockets"/>), in a table of fixed size without a lock: what it does not hold counts as connected. A socket is
/// removed while <see cref="HandlerContext.Connecting"/> is held.
/// </summary>
internal sealed class UnconnectedSockets
{
    private const int Size = 1024;

    private readonly ulong[] places = new ulong[Size];

    /// <summary>Adds one that nobody has yet. Cookie 0, which stands for none, is not added.</summary>
    public void Add(ulong cookie) => Volatile.Write(ref places[cookie % Size], cookie);

    /// <summary>Whether it is known to have had no peer.</summary>
    public bool Contains(ulong cookie) => cookie != 0 && Volatile.Read(ref places[cookie % Size]) == cookie;

    /// <summary>It has had a peer from now on.</summary>
    public void Remove(ulong cookie) => Interlocked.CompareExchange(ref places[cookie % Size], 0, cookie);
}
