using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Supervisor.Sockets;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// Remembers, by socket cookie, which server a program asked before its query was redirected, so that the
/// reply can carry that server's address. The oldest entries give way: a lookup is over in seconds.
/// </summary>
internal sealed class RewrittenSockets
{
    private const int Capacity = 1024;

    // Without a capacity from the start, which would be 130 kB that most programs never need.
    private readonly Dictionary<ulong, Entry> entries = [];
    private readonly Queue<ulong> order = [];
    private readonly Lock gate = new();

    /// <summary>What was redirected.</summary>
    /// <param name="Original">The server that the program named.</param>
    /// <param name="Actual">The server that was asked.</param>
    /// <param name="SockaddrAddress">Where in the program's memory its sockaddr was, which now names the actual server.</param>
    /// <param name="SockaddrLength">How long it was; 0 where the program's memory was left alone.</param>
    public readonly record struct Entry(Endpoint Original, Endpoint Actual, ulong SockaddrAddress, int SockaddrLength);

    public void Remember(in DuplicatedSocket socket, in Entry entry)
    {
        if (socket.GetLongOption(Linux.SOL_SOCKET, LibC.SO_COOKIE) is not ulong cookie)
        {
            return;
        }

        lock (gate)
        {
            if (!entries.ContainsKey(cookie))
            {
                if (order.Count == Capacity)
                {
                    entries.Remove(order.Dequeue());
                }

                order.Enqueue(cookie);
            }

            entries[cookie] = entry;
        }
    }

    /// <summary>Replies to this socket keep their source.</summary>
    public void Forget(in DuplicatedSocket socket)
    {
        if (TryFind(socket, out Entry entry))
        {
            Remember(socket, entry with { Original = entry.Actual });
        }
    }

    public bool TryFind(in DuplicatedSocket socket, out Entry entry)
    {
        entry = default;
        if (socket.GetLongOption(Linux.SOL_SOCKET, LibC.SO_COOKIE) is not ulong cookie)
        {
            return false;
        }

        lock (gate)
        {
            return entries.TryGetValue(cookie, out entry);
        }
    }

    /// <summary>Whether nothing was ever redirected, which spares the look at the socket.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (gate)
            {
                return entries.Count == 0;
            }
        }
    }
}
