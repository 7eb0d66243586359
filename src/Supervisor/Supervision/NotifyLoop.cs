using BindToInterface.Policy;
using BindToInterface.Supervisor.Handlers;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;
using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor.Supervision;

/// <summary>
/// The threads that receive calls, handle and answer them. One is on duty, and usually does everything: an answer from the
/// thread that received wakes the target on the same processor. While that is too much for one, another helps; see
/// <see cref="ReceiverLoad"/>. If a call takes it long (memory that is slow to read, a
/// socket whose lock is held, a file whose close waits), another thread takes the duty over; see <see cref="ReceiverWatch"/>.
/// </summary>
internal sealed class NotifyLoop
{
    /// <summary>A program whose threads occupy more receivers than this at once stops all others.</summary>
    private const int MaximumReceivers = 256;

    /// <summary>How many receivers without work are kept, for the next call that takes long.</summary>
    private const int SpareReceivers = 4;

    private readonly SharedState shared;
    private readonly ILogger logger;
    private readonly CallWaiter waiter;
    private readonly ReceiverWatch watch;
    private readonly Lock gate = new();
    private readonly List<Receiver> resting = [];
    private readonly LongCalls longCalls;
    private volatile Receiver onDuty;
    private volatile Receiver? helper;
    private int receivers = 1;

    public NotifyLoop(SharedState shared, ILogger logger)
    {
        this.shared = shared;
        this.logger = logger;
        waiter = new CallWaiter(shared, this);
        longCalls = new LongCalls(shared, this);
        watch = new ReceiverWatch(this, longCalls);
        onDuty = new Receiver(shared, this, logger, isFirst: true);
    }

    /// <summary>Who is on duty.</summary>
    public Receiver OnDuty => onDuty;

    /// <summary>The second receiver that helps; null for none.</summary>
    public Receiver? Helper => helper;

    /// <summary>Whether a call is there that no receiver has received yet.</summary>
    public bool HasCall => shared.Listener.HasCall;

    /// <summary>Whether a receiver is to receive calls: it is on duty, or helps.</summary>
    public bool Receives(Receiver receiver) => onDuty == receiver || helper == receiver;

    /// <summary>Starts the loop; it ends with the process.</summary>
    public void Start() => onDuty.Start(null);

    /// <summary>The first receiver has started: now it can be watched.</summary>
    public void Watch() => watch.Start();

    /// <summary>A receiver has received a call.</summary>
    public void Received(Receiver receiver)
    {
        watch.Busy();
        if (watch.IsAlert)
        {
            TryRelieve(receiver);
        }
    }

    /// <summary>Has a second receiver receive calls as well. If there is none, nothing changes.</summary>
    public void Help()
    {
        lock (gate)
        {
            if (helper is null && TakeResting() is Receiver next)
            {
                helper = next;
                if (!next.TryAssign(null))
                {
                    helper = null;
                    receivers--;
                }
            }
        }
    }

    /// <summary>The second receiver rests after its next call.</summary>
    public void EndHelp() => helper = null;

    /// <summary>Gives the duty to another receiver; false if there is none, or if this one does not have the duty.</summary>
    public bool TryRelieve(Receiver receiver)
    {
        lock (gate)
        {
            if (onDuty != receiver || TakeResting() is not Receiver next)
            {
                return false;
            }

            Receiver before = onDuty;
            onDuty = next;
            if (next.TryAssign(null))
            {
                return true;
            }

            onDuty = before;
            receivers--;
            return false;
        }
    }

    /// <summary>Lets a receiver that is not on duty handle a call again that waited; false if there is no such receiver.</summary>
    public bool TryResume(WaitingCall call)
    {
        lock (gate)
        {
            if (TakeResting() is not Receiver receiver)
            {
                return false;
            }

            if (receiver.TryAssign(call))
            {
                return true;
            }

            receivers--;
            return false;
        }
    }

    /// <summary>Answers a call, or leaves it to whoever waits for what it needs.</summary>
    public void Finish(CallDispatcher dispatcher, WaitingCall call, in Outcome outcome)
    {
        if (outcome.Response.Kind == ResponseKind.Block)
        {
            // What was judged is carried by the call, and not judged again.
            shared.Sinks.Announce(outcome);
            shared.Sinks.Publish(outcome);
            call.Request = dispatcher.WaitRequest;
            if (!TryWait(call))
            {
                Resume(dispatcher, call);
            }

            return;
        }

        // Closed first: with the answer, the program may close the socket and expect its port to be free.
        call.Dispose();
        Send(call.Call, outcome);
    }

    /// <summary>Handles a call again that had to wait, and answers it.</summary>
    public void Resume(CallDispatcher dispatcher, WaitingCall call) => Finish(dispatcher, call, dispatcher.Resume(call.Request));

    /// <summary>Answers a call, and publishes then what was decided.</summary>
    public void Send(in Notification call, in Outcome outcome)
    {
        Response answer = outcome.Response;
        shared.Sinks.Announce(outcome);
        Errno error = answer.Kind == ResponseKind.Nobody ? Errno.None : shared.Listener.Send(call, answer);
        if (error is not (Errno.None or Errno.ENOENT))
        {
            // ENOENT: the target is gone.
            logger.AnswerFailed(call.Tid, error.ToString());
        }

        shared.Sinks.Publish(outcome);
    }

    private bool TryWait(WaitingCall call)
    {
        if (call.Request.Events == 0)
        {
            return longCalls.TryAdd(call);
        }

        waiter.Add(call);
        return true;
    }

    /// <summary>A receiver has nothing to do.</summary>
    public void Rest(Receiver receiver)
    {
        lock (gate)
        {
            resting.Add(receiver);
        }
    }

    /// <summary>Whether a receiver that has rested for long may end.</summary>
    public bool MayEnd(Receiver receiver)
    {
        lock (gate)
        {
            if (resting.Count <= SpareReceivers || !resting.Remove(receiver))
            {
                return false;
            }

            receivers--;
            return true;
        }
    }

    private Receiver? TakeResting()
    {
        if (resting.Count > 0)
        {
            Receiver last = resting[^1];
            resting.RemoveAt(resting.Count - 1);
            return last;
        }

        if (receivers == MaximumReceivers)
        {
            return null;
        }

        receivers++;
        return new Receiver(shared, this, logger, isFirst: false);
    }
}
