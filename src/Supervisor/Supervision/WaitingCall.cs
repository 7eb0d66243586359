using BindToInterface.Policy;
using BindToInterface.Supervisor.Handlers;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;
using BindToInterface.Supervisor.Target;

namespace BindToInterface.Supervisor.Supervision;

/// <summary>A call that waits for its socket. The duplicate is kept for that, and closed before the call is answered.</summary>
internal sealed class WaitingCall(in WaitRequest request) : IDisposable
{
    private const int FirstLookMilliseconds = 2;
    private const int LookMilliseconds = 20;

    /// <summary>How many waiting calls may be looked at in a millisecond, on average: a small part of a processor.</summary>
    private const int LooksPerMillisecond = 2;

    private int lookInterval;

    /// <summary>Whether a signal for the process was pending at the last look.</summary>
    private bool wasPending;

    /// <summary>The tracer that the thread had at the first look; 0 for none.</summary>
    private int? tracer;

    public WaitRequest Request { get; set; } = request;

    public Notification Call => Request.Call;

    /// <summary>The duplicate; null before the call has begun to wait.</summary>
    public DuplicatedSocket? Socket { get; set; }

    /// <summary>When the socket's timeout is over (Environment.TickCount64); null for none.</summary>
    public long? Deadline { get; set; }

    /// <summary>When the call is given back to the kernel, which then waits itself; null for never.</summary>
    public long? HeldUntil { get; set; }

    /// <summary>When to look for signals next.</summary>
    public long NextLook { get; private set; }

    /// <summary>It begins to wait, as one of so many.</summary>
    public void BeginToLook(int waiting) => lookInterval = Math.Max(FirstLookMilliseconds, waiting / LooksPerMillisecond);

    /// <summary>It is looked at again after a while.</summary>
    public void LookAgain(long now) => NextLook = now + lookInterval;

    /// <summary>Looks for everything that ends a wait, except the socket.</summary>
    /// <param name="listener">Says whether it still waits.</param>
    /// <param name="now">Environment.TickCount64.</param>
    /// <param name="waiting">How many calls wait.</param>
    /// <returns>The answer; null while it is to wait on.</returns>
    public Response? Look(Listener listener, long now, int waiting)
    {
        if (!listener.IsWaiting(Call))
        {
            return Response.Nobody;
        }

        if (now >= Deadline)
        {
            return Request.TimedOut;
        }

        (PendingSignal signal, int tracedBy) = PendingSignals.Of(Call.Tid);
        tracer ??= tracedBy;
        bool isInterrupted = signal == PendingSignal.Own || (signal == PendingSignal.Shared && wasPending);
        if (Request.Connection is { MayGoOn: true } && Deadline is null && (isInterrupted || tracedBy != tracer))
        {
            // The connection is under way. The kernel waits on for it, or is interrupted, restarted, stopped or traced, as usual.
            return Response.Continue;
        }

        if (Request.IsReceive)
        {
            // The kernel knows which thread gets the signal and what it does. It also stops a thread for a new tracer.
            if (signal != PendingSignal.None || tracedBy != tracer || now >= HeldUntil)
            {
                return Response.Continue;
            }
        }
        else if (isInterrupted)
        {
            return Request.Interrupted(hasTimeout: Deadline is not null, isOwn: signal == PendingSignal.Own);
        }

        wasPending = signal == PendingSignal.Shared;
        lookInterval = Math.Min(lookInterval * 2, Math.Max(LookMilliseconds, waiting / LooksPerMillisecond));
        LookAgain(now);
        return null;
    }

    public void Dispose()
    {
        Socket?.Dispose();
        Socket = null;
    }
}
