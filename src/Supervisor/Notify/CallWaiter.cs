using System.Collections.Concurrent;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Handlers;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Sockets;
using Microsoft.Extensions.Logging;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Notify;

/// <summary>
/// Waits for the sockets of all calls that have to wait, on one thread: until the socket is ready or has failed, its
/// timeout is over, or a signal is to be delivered. Few calls come here; the kernel carries out most waits itself.
/// A received call cannot be interrupted by the kernel, and the kernel tells nobody of another thread's signals: they are
/// looked for in /proc, at once and then less and less often, and the more seldom the more calls wait.
/// </summary>
internal sealed unsafe class CallWaiter(SharedState shared, NotifyLoop loop, ILogger logger)
{
    private const int StackSize = 512 * 1024;
    private const int MaximumEvents = 64;
    private const int FirstLookMilliseconds = 2;
    private const int LookMilliseconds = 20;

    /// <summary>How many waiting calls may be looked at in a millisecond, on average: a small part of a processor.</summary>
    private const int LooksPerMillisecond = 2;

    /// <summary>
    /// How long a receive is held back for an answer whose source is to be restored. A later answer comes to a resolver
    /// that no longer waits for it; in the kernel the call can be interrupted, frozen and traced as ever.
    /// </summary>
    private const int HoldMilliseconds = 1000;

    private readonly ConcurrentQueue<WaitingCall> added = new();
    private readonly Dictionary<ulong, WaitingCall> waiting = [];
    private readonly List<WaitingCall> due = [];
    private readonly Lock gate = new();
    private DescriptorHandle? wake, epoll;

    /// <summary>Takes a call over. It is answered here where waiting is not possible.</summary>
    public void Add(WaitingCall call)
    {
        if (!TryStart(out Errno error))
        {
            _ = shared.Log.Unreachable(call.Call, "waiting for a socket", error);
            Finish(call, Answer.Fail(Errno.ENOBUFS));
            return;
        }

        added.Enqueue(call);
        ulong one = 1;
        _ = LibC.write(wake!.Descriptor, &one, sizeof(ulong));
    }

    private bool TryStart(out Errno error)
    {
        lock (gate)
        {
            error = Errno.None;
            if (epoll is not null)
            {
                return true;
            }

            var events = new DescriptorHandle(LibC.epoll_create1(LibC.EPOLL_CLOEXEC));
            error = events.IsInvalid ? Native.LastError : Errno.None;
            var counter = new DescriptorHandle(LibC.eventfd(0, LibC.EFD_CLOEXEC | LibC.EFD_NONBLOCK));
            error = counter.IsInvalid ? Native.LastError : error;
            if (error == Errno.None)
            {
                (epoll, wake) = (events, counter);
                error = Register(counter.Descriptor, LibC.POLLIN, 0);
            }

            try
            {
                if (error == Errno.None)
                {
                    new Thread(Run, StackSize) { IsBackground = true, Name = "waiting calls" }.Start();
                    return true;
                }
            }
            catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
            {
                error = Errno.EAGAIN;
            }

            (epoll, wake) = (null, null);
            events.Dispose();
            counter.Dispose();
            return false;
        }
    }

    private void Run()
    {
        using var dispatcher = new CallDispatcher(shared);
        using var target = new Target(shared.Listener, PidfdCache.Small);
        epoll_event* events = stackalloc epoll_event[MaximumEvents];
        while (true)
        {
            int count = LibC.epoll_wait(epoll!.Descriptor, events, MaximumEvents, NextLook());
            for (int i = 0; i < count; i++)
            {
                Happened(events[i].data.u64, events[i].events, dispatcher);
            }

            while (added.TryDequeue(out WaitingCall? call))
            {
                Begin(call, target);
            }

            LookAtDue(dispatcher);
        }
    }

    /// <summary>How long nothing has to be looked at, in milliseconds; -1 while nobody waits.</summary>
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

    /// <summary>Begins to wait, or goes on waiting after the call was handled in vain.</summary>
    private void Begin(WaitingCall call, Target target)
    {
        long now = Environment.TickCount64;
        if (call.Socket is null)
        {
            Errno error = target.Duplicate(call.Call, call.Call.Int(0), out DuplicatedSocket socket);
            if (error != Errno.None || !target.IsWaiting(call.Call))
            {
                socket.Dispose();
                Finish(call, error is Errno.None or Errno.ESRCH ? Answer.Nobody : Answer.Fail(shared.Log.Unreachable(call.Call, "pidfd_getfd", error)));
                return;
            }

            call.Socket = socket;
            call.Deadline = now + socket.GetTimeout(call.Request.TimeoutOption);
            call.HeldUntil = call.Request.IsReceive && call.Deadline is null ? now + HoldMilliseconds : null;
            call.LookInterval = Math.Max(FirstLookMilliseconds, waiting.Count / LooksPerMillisecond);
        }

        call.NextLook = now + call.LookInterval;
        waiting[call.Call.Id] = call;
        // Where the socket is ready already, that is told at once.
        Errno registered = Register(call.Socket.Value.Descriptor, call.Request.Events, call.Call.Id);
        if (registered != Errno.None)
        {
            waiting.Remove(call.Call.Id);
            Finish(call, Answer.Fail(shared.Log.Unreachable(call.Call, "epoll_ctl", registered)));
        }
    }

    private Errno Register(int descriptor, short events, ulong id)
    {
        // Told of what is new, not of what still holds: an error queue that nobody reads would be told of for ever.
        var wanted = new epoll_event { events = (ushort)events | (id == 0 ? 0 : LibC.EPOLLET | LibC.EPOLLRDHUP) };
        wanted.data.u64 = id;
        return LibC.epoll_ctl(epoll!.Descriptor, LibC.EPOLL_CTL_ADD, descriptor, &wanted) == 0 ? Errno.None : Native.LastError;
    }

    private void Happened(ulong id, int events, CallDispatcher dispatcher)
    {
        if (waiting.TryGetValue(id, out WaitingCall? call))
        {
            Forget(call);
            if (call.Request.IsReceive && (events & (LibC.EPOLLRDHUP | (ushort)LibC.POLLHUP)) != 0)
            {
                // After a shutdown only a receive that may wait returns 0 on a datagram socket; it does not wait then.
                Finish(call, Answer.Continue);
            }
            else if (!loop.TryResume(call))
            {
                loop.OnDuty.Resume(dispatcher, call);
            }
        }
        else if (id == 0)
        {
            ulong count;
            _ = LibC.read(wake!.Descriptor, &count, sizeof(ulong));
        }
    }

    private void Forget(WaitingCall call)
    {
        waiting.Remove(call.Call.Id);
        _ = LibC.epoll_ctl(epoll!.Descriptor, LibC.EPOLL_CTL_DEL, call.Socket!.Value.Descriptor, null);
    }

    private void LookAtDue(CallDispatcher dispatcher)
    {
        long now = Environment.TickCount64;
        due.Clear();
        due.AddRange(waiting.Values.Where(call => now >= call.NextLook || now >= call.Deadline || now >= call.HeldUntil));
        foreach (WaitingCall call in due)
        {
            if (Look(call, now) is Answer answer)
            {
                Forget(call);
                Finish(call, answer);
            }
        }
    }

    /// <summary>Looks at what ends a wait besides the socket.</summary>
    private Answer? Look(WaitingCall call, long now)
    {
        if (!shared.Listener.IsWaiting(call.Call))
        {
            return Answer.Nobody;
        }

        if (now >= call.Deadline)
        {
            return call.Request.TimedOut;
        }

        (PendingSignal signal, int tracer) = PendingSignals.Of(call.Call.Tid);
        call.Tracer ??= tracer;
        if (call.Request.IsReceive)
        {
            // The kernel knows whose signal it is, and what is to come of it; and it stops a thread for a tracer that has come.
            if (signal != PendingSignal.None || tracer != call.Tracer || now >= call.HeldUntil)
            {
                return Answer.Continue;
            }
        }
        else if (signal == PendingSignal.Own || (signal == PendingSignal.Shared && call.WasPending))
        {
            return call.Request.Interrupted(hasTimeout: call.Deadline is not null, isOwn: signal == PendingSignal.Own);
        }

        call.WasPending = signal == PendingSignal.Shared;
        call.LookInterval = Math.Min(call.LookInterval * 2, Math.Max(LookMilliseconds, waiting.Count / LooksPerMillisecond));
        call.NextLook = now + call.LookInterval;
        return null;
    }

    private void Finish(WaitingCall call, in Answer answer)
    {
        call.Dispose();
        Errno error = answer.Kind == AnswerKind.Nobody ? Errno.None : shared.Listener.Send(call.Call, answer);
        if (error is not (Errno.None or Errno.ENOENT))
        {
            logger.AnswerFailed(call.Call.Tid, error.ToString());
        }
    }
}
