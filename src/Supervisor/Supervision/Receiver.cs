using BindToInterface.Policy;
using BindToInterface.Supervisor.Handlers;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;
using Microsoft.Extensions.Logging;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Supervision;

/// <summary>A thread that receives, handles and answers calls while it is on duty. Otherwise it handles calls again that waited.</summary>
internal sealed class Receiver
{
    /// <summary>Handlers need little. The usual 8 MiB would be too much if address space is limited (ulimit -v).</summary>
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
    private int caller;

    public Receiver(SharedState shared, NotifyLoop loop, ILogger logger, bool isFirst)
    {
        this.shared = shared;
        this.loop = loop;
        this.logger = logger;
        this.isFirst = isFirst;
    }

    /// <summary>Changes when a call is received, and when it has been answered; odd in between.</summary>
    public int Progress => Volatile.Read(ref progress);

    /// <summary>Whether it has received a call and not answered it yet.</summary>
    public bool IsBusy => (Progress & 1) != 0;

    /// <summary>Its thread id, once it has started.</summary>
    public int Tid { get; private set; }

    /// <summary>The thread whose call it has received last; 0 for none since this was asked before.</summary>
    public int TakeCaller() => Interlocked.Exchange(ref caller, 0);

    /// <summary>Starts the thread: on duty, or with a call to take up again.</summary>
    public void Start(WaitingCall? call)
    {
        resumed = call;
        var thread = new Thread(Run, StackSize) { IsBackground = true, Name = "receiver" };
        isStarted = true;
        thread.Start();
    }

    /// <summary>Gives it work, and starts its thread if that does not run yet; false if no thread can be started.</summary>
    /// <param name="call">A call to handle again; null for the duty.</param>
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
        TimeSlice.Shorten();
        using var dispatcher = new CallDispatcher(shared);
        using NotificationBuffer buffer = shared.Listener.NewBuffer();
        if (isFirst)
        {
            loop.Watch();
        }
        else
        {
            ReceiverPriority.Reset();
            ReceiverAffinity.Reset();
        }

        do
        {
            if (resumed is WaitingCall call)
            {
                loop.Resume(dispatcher, call);
            }
            else if (!Serve(dispatcher, buffer))
            {
                return;
            }

            dispatcher.Rest();
            caller = 0;
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
        while (loop.Receives(this))
        {
            Errno error = shared.Listener.Receive(buffer, out Notification call);
            if (error == Errno.None)
            {
                Interlocked.Increment(ref progress);
                Volatile.Write(ref caller, call.Tid);
                loop.Received(this);
                Outcome outcome = dispatcher.Handle(call);
                if (outcome.Response.Kind == ResponseKind.Block)
                {
                    loop.Finish(dispatcher, new WaitingCall(dispatcher.WaitRequest), outcome);
                }
                else
                {
                    loop.Send(call, outcome);
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
                // Ends as if the supervisor had been killed: stopped calls get ENOSYS, instead of waiting for an answer for ever.
                logger.ListenerFailed(error.ToString());
                StandardError.Flush();
                LibC._exit(OurError);
            }
        }

        return true;
    }
}
