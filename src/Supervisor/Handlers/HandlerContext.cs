using BindToInterface.Policy;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Notify;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// What the handlers of one thread work with. <see cref="Target"/> and <see cref="Scratch"/> are the
/// thread's own; the rest is shared.
/// </summary>
internal sealed class HandlerContext : IDisposable
{
    private readonly DecisionLog log;

    public HandlerContext(SharedState shared, bool mayBlock)
    {
        log = shared.Log;
        MayBlock = mayBlock;
        Policy = shared.Policy;
        Binder = shared.Binder;
        Rewritten = shared.Rewritten;
        Target = new Target(shared.Listener);
        Judge = new DestinationJudge(Policy, Binder, log);
        Steps = new SocketSteps(Binder, log, Judge);
    }

    public Target Target { get; }

    public Scratch Scratch { get; } = new();

    public TrafficPolicy Policy { get; }

    public InterfaceBinder Binder { get; }

    public DecisionLog Log => log;

    public RewrittenSockets Rewritten { get; }

    public DestinationJudge Judge { get; }

    public SocketSteps Steps { get; }

    /// <summary>Whether this thread serves one call and may wait in it; the notify loop may not.</summary>
    public bool MayBlock { get; }

    /// <summary>The answer where the target's memory could not be read.</summary>
    public Answer CannotRead(in TrappedCall call, Errno error) => error switch
    {
        Errno.EFAULT => Answer.Fail(Errno.EFAULT),
        Errno.ESRCH => Answer.Nobody,
        _ => Answer.Fail(log.Unreachable(call, "process_vm_readv", error)),
    };

    /// <summary>
    /// The answer for a socket that sends no IP packets of its own; and for one, inherited or handed over, of
    /// a family that the program could not have opened.
    /// </summary>
    public static Answer NotIp(in SocketName name) => name.IsRefused ? Answer.Fail(Errno.EAFNOSUPPORT) : Answer.Continue;

    /// <summary>The answer where the target's descriptor could not be duplicated.</summary>
    public Answer CannotDuplicate(in TrappedCall call, Errno error) => error switch
    {
        Errno.EBADF => Answer.Fail(Errno.EBADF),
        Errno.ESRCH when !Target.IsWaiting(call) => Answer.Nobody,
        _ => Answer.Fail(log.Unreachable(call, "pidfd_getfd", error)),
    };

    /// <summary>
    /// Waits until a socket is ready, on a thread that may. A call that waits here cannot be interrupted by
    /// the kernel, so that a pending signal is looked for, and answered with ERESTARTSYS: the kernel then
    /// makes EINTR or a restarted call of it, as the program's SA_RESTART says. It does so only in the thread that
    /// it has marked; which one of a process's threads that is cannot be seen, so that a signal for the process
    /// that none of them takes at once gives EINTR, which is always an answer.
    /// </summary>
    /// <returns>null where the socket is ready; else the answer that ends the call.</returns>
    public Answer? Wait(in TrappedCall call, in DuplicatedSocket socket, short events, int timeoutOption)
    {
        const int SliceMilliseconds = 20;
        long? deadline = socket.GetTimeout(timeoutOption) is long timeout ? Environment.TickCount64 + timeout : null;
        bool wasPending = false;
        while (!socket.Poll(events, SliceMilliseconds))
        {
            if (!Target.IsWaiting(call))
            {
                return Answer.Nobody;
            }

            PendingSignal signal = PendingSignals.Of(call.Tid);
            if (signal == PendingSignal.Own)
            {
                return Answer.Fail(Errno.ERESTARTSYS);
            }

            if (signal == PendingSignal.Shared && wasPending)
            {
                return Answer.Fail(Errno.EINTR);
            }

            wasPending = signal == PendingSignal.Shared;
            if (Environment.TickCount64 >= deadline)
            {
                return Answer.Fail(Errno.EAGAIN);
            }
        }

        return Target.IsWaiting(call) ? null : Answer.Nobody;
    }

    public void Dispose()
    {
        Target.Dispose();
        Scratch.Dispose();
    }
}
