using BindToInterface.Policy;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Sockets;
using BindToInterface.Supervisor.Target;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Tracing;

/// <summary>
/// Looks to whom a Unix socket was connected, once the kernel has carried the connect out: only then does it tell who listens
/// there. That may take, where the machine is busy or the listener's queue is full; so it looks again, less and less often. For
/// one thread.
/// </summary>
internal sealed class UnixWatch : IDisposable
{
    private const int Capacity = 1000;
    private const int FirstLookMilliseconds = 1;
    private const int LookMilliseconds = 100;

    /// <summary>After so long a connect that is not there has failed.</summary>
    private const int PatienceMilliseconds = 10_000;

    private readonly PidfdCache pidfds = new(PidfdCache.Small);
    private readonly UnixListeners listeners = new();
    private readonly List<Watched> watched = [];

    /// <summary>How long until a socket has to be looked at, in milliseconds; -1 for never.</summary>
    public int NextLook => watched.Count == 0 ? -1 : (int)Math.Clamp(watched.Min(each => each.NextLook) - Environment.TickCount64, 0, int.MaxValue);

    /// <summary>Watches a connect, and looks at it at the next look. Where there are very many, the oldest is let go.</summary>
    public void Add(Decision decision)
    {
        if (watched.Count == Capacity)
        {
            watched.RemoveAt(0);
        }

        watched.Add(new Watched(decision));
    }

    /// <summary>Looks at those whose time has come.</summary>
    /// <param name="foreign">Hears of connects to programs that are not supervised; with no program where the kernel does not tell.</param>
    public void Look(Action<Decision, UnixPeer?> foreign) => Look(foreign, isLast: false);

    /// <summary>The end of the run: all are looked at for the last time.</summary>
    public void End(Action<Decision, UnixPeer?> foreign) => Look(foreign, isLast: true);

    public void Dispose() => pidfds.Dispose();

    private void Look(Action<Decision, UnixPeer?> foreign, bool isLast)
    {
        long now = Environment.TickCount64;
        int kept = 0;
        for (int i = 0; i < watched.Count; i++)
        {
            Watched each = watched[i];
            if (now < each.NextLook && !isLast)
            {
                watched[kept++] = each;
                continue;
            }

            bool? isConnected = Look(each.Decision, out UnixPeer? peer);
            if (isConnected == false)
            {
                each.Interval = Math.Max(Math.Min(2 * each.Interval, LookMilliseconds), watched.Count);
                each.NextLook = now + each.Interval;
                if (now < each.Since + PatienceMilliseconds && !isLast)
                {
                    watched[kept++] = each;
                }
            }
            else if (IsForeign(each.Decision, isConnected == true, ref peer))
            {
                foreign(each.Decision, peer);
            }
        }

        watched.RemoveRange(kept, watched.Count - kept);
    }

    private bool IsForeign(Decision decision, bool isConnected, ref UnixPeer? peer)
    {
        if (peer is null && !listeners.TryFind(decision.Subject, out peer) && !isConnected)
        {
            // The socket is gone, and nobody is there: it failed, or both have ended.
            return false;
        }

        return peer is not { IsSupervised: true };
    }

    /// <summary>Whether the socket is connected, and to whom; null where it is gone.</summary>
    private bool? Look(Decision decision, out UnixPeer? peer)
    {
        peer = null;
        if (pidfds.Duplicate(decision.Caller?.Process ?? decision.Call.Tid, decision.Call.Int(0), out int descriptor, out _) != Errno.None)
        {
            return null;
        }

        using var socket = new DuplicatedSocket(descriptor);
        if (socket.GetOption(Linux.SOL_SOCKET, LibC.SO_DOMAIN) != Linux.AF_UNIX)
        {
            return null;
        }

        if (!socket.TryGetPeer(out _))
        {
            return false;
        }

        peer = UnixPeer.Of(socket);
        return true;
    }

    private sealed class Watched(Decision decision)
    {
        public Decision Decision => decision;

        public long Since { get; } = Environment.TickCount64;

        public long NextLook { get; set; }

        public int Interval { get; set; } = FirstLookMilliseconds;
    }
}
