using BindToInterface.Policy;
using BindToInterface.Supervisor.Handlers;
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
                logger.ListenerFailed(error.ToString());
                return;
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
                // ENOENT: the target went meanwhile.
                _ = shared.Listener.Send(call, answer);
                break;
        }
    }

    private void HandleOnItsOwn(TrappedCall call)
    {
        var thread = new Thread(() =>
        {
            using var dispatcher = new CallDispatcher(shared, mayBlock: true);
            Answer answer = dispatcher.Handle(call);
            if (answer.Kind != AnswerKind.Nobody)
            {
                _ = shared.Listener.Send(call, answer);
            }
        }, StackSize)
        {
            IsBackground = true,
            Name = "waiting call",
        };
        thread.Start();
    }
}
