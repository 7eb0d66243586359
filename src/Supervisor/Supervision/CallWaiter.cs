using System.Collections.Concurrent;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Handlers;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;
using BindToInterface.Supervisor.Target;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Supervision;

/// <summary>
/// Waits for the sockets of all calls that have to wait, on one thread: until the socket is ready or has failed, its
/// timeout is over, or a signal is to be delivered. Few calls come here; the kernel carries out most waits itself.
/// The kernel cannot interrupt a call that was received, and it does not report another thread's signals. So /proc is read
/// to find them: at once, then less and less often, and less often the more calls wait.
/// </summary>
internal sealed class CallWaiter(SharedState shared, NotifyLoop loop)
{
    private const int StackSize = 512 * 1024;
    private const int MaximumEvents = 64;
    /// <summary>
    /// How long a receive waits here for an answer whose source is to be restored. After that the call waits in the kernel,
    /// where it can be interrupted, frozen and traced as usual. A resolver does not wait long for an answer.
    /// </summary>
    private const int HoldMilliseconds = 1000;

    private readonly ConcurrentQueue<WaitingCall> added = new();
    private readonly Dictionary<ulong, WaitingCall> waiting = [];
    private readonly List<WaitingCall> due = [];
    private readonly Lock gate = new();
    private SocketEvents? events;
    private bool isStarted;

    /// <summary>Takes a call over. If waiting is not possible, it is answered here.</summary>
    public void Add(WaitingCall call)
    {
        if (!TryStart(out Errno error))
        {
            Finish(call, CannotWait(call, "waiting for a socket", error, Errno.ENOBUFS));
            return;
        }

        added.Enqueue(call);
        events!.Wake();
    }

    private bool TryStart(out Errno error)
    {
        lock (gate)
        {
            error = Errno.None;
            events ??= SocketEvents.Open(out error);
            if (events is null || isStarted)
            {
                return isStarted;
            }

            try
            {
                new Thread(Run, StackSize) { IsBackground = true, Name = "waiting calls" }.Start();
                isStarted = true;
            }
            catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
            {
                error = Errno.EAGAIN;
            }

            return isStarted;
        }
    }

    private void Run()
    {
        ReceiverPriority.Reset();
        ReceiverAffinity.Reset();
        using var dispatcher = new CallDispatcher(shared);
        using var target = new TargetProcess(shared.Listener, PidfdCache.Small, shared.Copies);
        Span<epoll_event> happened = stackalloc epoll_event[MaximumEvents];
        while (true)
        {
            int count = events!.Wait(happened, NextLook());
            for (int i = 0; i < count; i++)
            {
                Happened(happened[i].data.u64, happened[i].events, dispatcher);
            }

            while (added.TryDequeue(out WaitingCall? call))
            {
                Begin(call, target);
            }

            LookAtDue(dispatcher);
        }
    }

    /// <summary>How long until a call has to be looked at, in milliseconds; -1 while no call waits.</summary>
    private int NextLook()
    {
        if (waiting.Count == 0)
        {
            return -1;
        }

        long next = long.MaxValue;
        foreach (WaitingCall call in waiting.Values)
        {
            next = Math.Min(next, Math.Min(call.NextLook, Math.Min(call.Deadline ?? long.MaxValue, call.HeldUntil ?? long.MaxValue)));
        }

        return (int)Math.Clamp(next - Environment.TickCount64, 0, int.MaxValue);
    }

    /// <summary>Begins to wait, or goes on waiting if the call was handled again and still has to wait.</summary>
    private void Begin(WaitingCall call, TargetProcess target)
    {
        long now = Environment.TickCount64;
        if (call.Socket is null)
        {
            Errno error = target.Duplicate(call.Call, call.Call.Int(0), out DuplicatedSocket socket);
            if (error != Errno.None || !target.IsWaiting(call.Call))
            {
                socket.Dispose();
                Finish(call, error is Errno.None or Errno.ESRCH ? Response.Nobody : CannotWait(call, TargetAccess.DescriptorCall, error));
                return;
            }

            call.Socket = socket;
            call.Deadline = now + socket.GetTimeout(call.Request.TimeoutOption);
            call.HeldUntil = call.Request.IsReceive && call.Deadline is null ? now + HoldMilliseconds : null;
            call.BeginToLook(waiting.Count);
        }

        call.LookAgain(now);
        waiting[call.Call.Id] = call;
        if (call.Request.IsPolled)
        {
            return;
        }

        // If the socket is ready already, epoll reports it at once.
        Errno registered = events!.Add(call.Socket.Value.Descriptor, call.Request.Events, call.Call.Id);
        if (registered != Errno.None)
        {
            waiting.Remove(call.Call.Id);
            Finish(call, CannotWait(call, "epoll_ctl", registered));
        }
    }

    private void Happened(ulong id, int what, CallDispatcher dispatcher)
    {
        if (waiting.TryGetValue(id, out WaitingCall? call))
        {
            Forget(call);
            if (call.Request.IsReceive && (what & (LibC.EPOLLRDHUP | (ushort)LibC.POLLHUP)) != 0)
            {
                // After a shutdown of a datagram socket a receive returns 0, but only one that may wait. It does not wait then.
                Finish(call, Response.Continue);
            }
            else
            {
                Resume(dispatcher, call);
            }
        }
        else if (id == 0)
        {
            events!.Woken();
        }
    }

    private void Resume(CallDispatcher dispatcher, WaitingCall call)
    {
        if (!loop.TryResume(call))
        {
            loop.Resume(dispatcher, call);
        }
    }

    private void Forget(WaitingCall call)
    {
        waiting.Remove(call.Call.Id);
        if (!call.Request.IsPolled)
        {
            events!.Remove(call.Socket!.Value.Descriptor);
        }
    }

    private void LookAtDue(CallDispatcher dispatcher)
    {
        long now = Environment.TickCount64;
        due.Clear();
        due.AddRange(waiting.Values.Where(call => now >= call.NextLook || now >= call.Deadline || now >= call.HeldUntil));
        foreach (WaitingCall call in due)
        {
            if (call.Look(shared.Listener, now, waiting.Count) is Response answer)
            {
                Forget(call);
                Finish(call, answer);
            }
            else if (call.Request.IsPolled)
            {
                Forget(call);
                Resume(dispatcher, call);
            }
        }
    }

    private Outcome CannotWait(WaitingCall call, string failed, Errno error, Errno? answered = null)
    {
        if (call.Request.Connection is { MayGoOn: true })
        {
            // The connection was judged and started: the kernel can wait for it as well.
            return Response.Continue;
        }

        if (call.Call.Done > 0)
        {
            return Response.Result(call.Call.Done);
        }

        shared.Counters.Failed();
        (Errno answer, Decision? decision) = shared.Sinks.Unreachable(call.Call, failed, error);
        return new(Response.Fail(answered ?? answer), decision);
    }

    private void Finish(WaitingCall call, in Outcome outcome)
    {
        call.Dispose();
        loop.Send(call.Call, call.Request.Connection is HeldConnection held ? held.EndsWith(outcome.Response) : outcome);
    }
}
