using BindToInterface.Policy;
using BindToInterface.Supervisor.Handlers;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using Microsoft.Extensions.Logging;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Notify;

/// <summary>A thread that receives calls, handles and answers them, while it is on duty; else takes up calls that waited.</summary>
internal sealed class Receiver
{
    /// <summary>Handlers need little; the usual 8 MiB count where address space is limited.</summary>
    private const int StackSize = 512 * 1024;

    private const int OurError = 125;

    private const int RestMilliseconds = 10_000;

    private readonly SharedState shared;
    private readonly NotifyLoop loop;
    private readonly ILogger logger;
    private readonly bool isFirst;
    private readonly object assignment = new();
    private bool isAssigned;
    private WaitingCall? resumed;
    private bool isStarted;
    private int progress;

    public Receiver(SharedState shared, NotifyLoop loop, ILogger logger, bool isFirst)
    {
        this.shared = shared;
        this.loop = loop;
        this.logger = logger;
        this.isFirst = isFirst;
    }

    /// <summary>Changes when a call is received, and when it has been answered; odd in between.</summary>
    public int Progress => Volatile.Read(ref progress);

    /// <summary>Its thread id, once it has started.</summary>
    public int Tid { get; private set; }

    /// <summary>Starts the thread: on duty, or with a call to take up again.</summary>
    public void Start(WaitingCall? call)
    {
        resumed = call;
        var thread = new Thread(Run, StackSize) { IsBackground = true, Name = "receiver" };
        isStarted = true;
        thread.Start();
    }

    /// <summary>Gives it something to do, and starts it where it has not been started; false where no thread can be had.</summary>
    /// <param name="call">A call to take up again; null for the duty.</param>
    public bool TryAssign(WaitingCall? call)
    {
        if (isStarted)
        {
            lock (assignment)
            {
                resumed = call;
                isAssigned = true;
                Monitor.Pulse(assignment);
            }

            return true;
        }

        try
        {
            Start(call);
            return true;
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            // RLIMIT_NPROC, or a limit of the control group (pids.max).
            return false;
        }
    }

    private void Run()
    {
        Tid = Native.gettid();
        using var dispatcher = new CallDispatcher(shared);
        using NotificationBuffer buffer = shared.Listener.NewBuffer();
        if (isFirst)
        {
            loop.Watch();
        }
        else
        {
            // The receiver that started this one may go before others just now (ReceiverPriority), which is inherited.
            _ = Native.setpriority(Native.PRIO_PROCESS, 0, 0);
        }

        do
        {
            if (resumed is WaitingCall call)
            {
                Resume(dispatcher, call);
            }
            else if (!Serve(dispatcher, buffer))
            {
                return;
            }

            dispatcher.Rest();
            loop.Rest(this);
        }
        while (IsAssigned());
    }

    private bool IsAssigned()
    {
        while (true)
        {
            lock (assignment)
            {
                if (!isAssigned)
                {
                    Monitor.Wait(assignment, RestMilliseconds);
                }

                if (isAssigned)
                {
                    isAssigned = false;
                    return true;
                }
            }

            if (loop.MayEnd(this))
            {
                return false;
            }
        }
    }

    /// <summary>Receives, handles and answers until another has the duty; false at the end of the listener.</summary>
    private bool Serve(CallDispatcher dispatcher, NotificationBuffer buffer)
    {
        while (loop.OnDuty == this)
        {
            Errno error = shared.Listener.Receive(buffer, out TrappedCall call);
            if (error == Errno.None)
            {
                Interlocked.Increment(ref progress);
                loop.Received(this);
                Answer answer = dispatcher.Handle(call);
                if (answer.Kind == AnswerKind.Block)
                {
                    Wait(dispatcher, new WaitingCall(dispatcher.WaitRequest));
                }
                else
                {
                    Send(call, answer);
                }

                Interlocked.Increment(ref progress);
            }
            else if (shared.Listener.HasHungUp)
            {
                // The last task that was filtered is gone.
                return false;
            }
            else if (error != Errno.ENOENT)
            {
                // As if the supervisor had been killed: what is trapped gets ENOSYS, instead of waiting for an answer for ever.
                logger.ListenerFailed(error.ToString());
                StandardError.Flush();
                LibC._exit(OurError);
            }
        }

        return true;
    }

    private void Wait(CallDispatcher dispatcher, WaitingCall call)
    {
        if (!loop.TryWait(call))
        {
            Resume(dispatcher, call);
        }
    }

    /// <summary>Handles a call again that had to wait, and answers it.</summary>
    public void Resume(CallDispatcher dispatcher, WaitingCall waiting)
    {
        Answer answer = dispatcher.Resume(waiting.Call);
        if (answer.Kind == AnswerKind.Block)
        {
            waiting.Request = dispatcher.WaitRequest;
            Wait(dispatcher, waiting);
            return;
        }

        // Closed first: with the answer, the program may close the socket and expect its port to be free.
        waiting.Dispose();
        Send(waiting.Call, answer);
    }

    /// <summary>Answers a call.</summary>
    public void Send(in TrappedCall call, in Answer answer)
    {
        Errno error = answer.Kind == AnswerKind.Nobody ? Errno.None : shared.Listener.Send(call, answer);
        if (error is not (Errno.None or Errno.ENOENT))
        {
            // ENOENT: the target went meanwhile.
            logger.AnswerFailed(call.Tid, error.ToString());
        }
    }
}
