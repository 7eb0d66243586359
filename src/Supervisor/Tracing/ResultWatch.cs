using BindToInterface.Policy;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Sockets;
using BindToInterface.Supervisor.Target;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Tracing;

/// <summary>
/// Looks what became of the TCP connections for which no program waits in a call: after a millisecond, then less and less often,
/// and less often the more there are. A look duplicates the socket for a moment, and reads its state, which changes nothing. An
/// errno cannot be seen in this way without taking it from the program: that is learned when the program asks for it. For one thread.
/// </summary>
internal sealed class ResultWatch : IDisposable
{
    private const int FirstLookMilliseconds = 1;
    private const int LookMilliseconds = 100;

    /// <summary>How many sockets may be looked at in a millisecond, on average.</summary>
    private const int LooksPerMillisecond = 2;

    /// <summary>How long a program has, after a connection failed, to ask why.</summary>
    private const int PatienceMilliseconds = 1000;

    private readonly PidfdCache pidfds = new(PidfdCache.Large);
    private readonly List<Watched> watched = [];

    /// <summary>How long until a socket has to be looked at, in milliseconds; -1 for never.</summary>
    public int NextLook => watched.Count == 0 ? -1 : (int)Math.Clamp(watched.Min(each => each.NextLook) - Environment.TickCount64, 0, int.MaxValue);

    /// <summary>Watches a connection that was started.</summary>
    public void Add(Decision decision) => watched.Add(new Watched(decision) { NextLook = Environment.TickCount64 + FirstLookMilliseconds });

    /// <summary>Looks at those whose time has come.</summary>
    /// <param name="known">Hears of what became of them.</param>
    public void Look(Action<Decision, CallResult> known)
    {
        long now = Environment.TickCount64;
        int kept = 0;
        for (int i = 0; i < watched.Count; i++)
        {
            Watched each = watched[i];
            if (now < each.NextLook && each.Decision.Seen.Pending?.Result is null)
            {
                watched[kept++] = each;
            }
            else if (ResultOf(each, now) is CallResult result)
            {
                known(each.Decision, result);
            }
            else
            {
                each.Interval = Math.Max(Math.Min(2 * each.Interval, LookMilliseconds), watched.Count / LooksPerMillisecond);
                each.NextLook = now + each.Interval;
                watched[kept++] = each;
            }
        }

        watched.RemoveRange(kept, watched.Count - kept);
    }

    /// <summary>The end of the run: what is not known by now is not found out.</summary>
    public void End(Action<Decision, CallResult> known)
    {
        foreach (Watched each in watched)
        {
            known(each.Decision, ResultOf(each, Environment.TickCount64) ?? CallResult.Unknown("it was under way when the program ended"));
        }

        watched.Clear();
    }

    public void Dispose() => pidfds.Dispose();

    private CallResult? ResultOf(Watched each, long now)
    {
        if (each.Decision.Seen.Pending?.Result is CallResult told)
        {
            return told;
        }

        // The program may have asked, and closed the socket, right before the look.
        CallResult? seen = StateOf(each, now);
        return seen is null ? null : each.Decision.Seen.Pending?.Result ?? seen;
    }

    private CallResult? StateOf(Watched each, long now)
    {
        Decision decision = each.Decision;
        Errno error = pidfds.Duplicate(decision.Caller?.Process ?? decision.Call.Tid, decision.Call.Int(0), out int descriptor, out _);
        if (error != Errno.None)
        {
            return CallResult.Unknown(error switch
            {
                Errno.EBADF => "the program closed the socket before that was known",
                Errno.ESRCH => "the program ended before that was known",
                _ => $"the socket could not be looked at ({error})",
            });
        }

        using var socket = new DuplicatedSocket(descriptor);
        if (socket.GetLongOption(Linux.SOL_SOCKET, LibC.SO_COOKIE) != decision.Seen.Pending?.Cookie)
        {
            return CallResult.Unknown("the program closed the socket before that was known");
        }

        switch (socket.TcpState)
        {
            case Linux.TCP_SYN_SENT or Linux.TCP_SYN_RECV:
                return null;
            case Linux.TCP_CLOSE:
                each.FailedAt ??= now;
                return now < each.FailedAt + PatienceMilliseconds ? null : CallResult.Unknown("it failed, and the program alone was told why");
            default:
                return CallResult.Established;
        }
    }

    private sealed class Watched(Decision decision)
    {
        public Decision Decision => decision;

        public long NextLook { get; set; }

        public int Interval { get; set; } = FirstLookMilliseconds;

        /// <summary>When it was first seen to have failed (Environment.TickCount64).</summary>
        public long? FailedAt { get; set; }
    }
}
