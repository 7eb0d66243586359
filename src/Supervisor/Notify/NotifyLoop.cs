using BindToInterface.Policy;
using BindToInterface.Supervisor.Handlers;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor.Notify;

/// <summary>
/// Receives, handles and answers on one thread: the answer that is sent by the thread that received wakes
/// the target on the same processor. A call that has to wait gets a thread of its own.
/// </summary>
internal sealed class NotifyLoop(SharedState shared, ILogger logger)
{
    /// <summary>Handlers need little; the usual 8 MiB count where address space is limited.</summary>
    private const int StackSize = 512 * 1024;

    private const int OurError = 125;

    /// <summary>Starts the loop; it ends with the process.</summary>
    public void Start()
    {
        var thread = new Thread(Run, StackSize) { IsBackground = true, Name = "notify" };
        thread.Start();
    }

    private void Run()
    {
        using var dispatcher = new CallDispatcher(shared, mayBlock: false);
        while (true)
        {
            Errno error = shared.Listener.Receive(out TrappedCall call);
            if (error == Errno.None)
            {
                Answer(call, dispatcher.Handle(call));
            }
            else if (shared.Listener.HasHungUp)
            {
                // The last task that was filtered is gone.
                return;
            }
            else if (error != Errno.ENOENT)
            {
                // As if we had been killed: what is trapped gets ENOSYS, instead of waiting for an answer for ever.
                logger.ListenerFailed(error.ToString());
                StandardError.Flush();
                Libc.exit(OurError);
            }
        }
    }

    private void Answer(in TrappedCall call, in Answer answer)
    {
        switch (answer.Kind)
        {
            case AnswerKind.Nobody:
                break;
            case AnswerKind.Block:
                HandleOnItsOwn(call);
                break;
            default:
                Errno error = shared.Listener.Send(call, answer);
                if (error is not (Errno.None or Errno.ENOENT))
                {
                    // ENOENT: the target went meanwhile.
                    logger.AnswerFailed(call.Tid, error.ToString());
                }

                break;
        }
    }

    private void HandleOnItsOwn(TrappedCall call)
    {
        CallDispatcher? dispatcher = null;
        try
        {
            dispatcher = new CallDispatcher(shared, mayBlock: true);
            var thread = new Thread(() =>
            {
                using (dispatcher)
                {
                    Answer(call, dispatcher.Handle(call));
                }
            }, StackSize)
            {
                IsBackground = true,
                Name = "waiting call",
            };
            thread.Start();
        }
        catch (Exception failure) when (failure is OutOfMemoryException or ThreadStartException)
        {
            // RLIMIT_NPROC, or a limit of the control group (pids.max).
            dispatcher?.Dispose();
            _ = shared.Log.Unreachable(call, "starting a thread for a call that waits", Errno.EAGAIN);
            Answer(call, Notify.Answer.Fail(Errno.ENOBUFS));
        }
    }
}
