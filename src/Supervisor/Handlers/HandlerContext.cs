using BindToInterface.Policy;
using BindToInterface.Supervisor.Filter;
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
    private readonly Listener listener;
    private readonly CurrentPolicy current;

    public HandlerContext(SharedState shared)
    {
        log = shared.Log;
        listener = shared.Listener;
        current = shared.Policy;
        Policy = current.Take();
        Binder = shared.Binder;
        Rewritten = shared.Rewritten;
        Target = new Target(listener, PidfdCache.Large);
        Judge = new DestinationJudge(Policy, Binder, log);
        Steps = new SocketSteps(Binder, log, Judge);
    }

    public Target Target { get; }

    public Scratch Scratch { get; } = new();

    /// <summary>The policy that the call is judged by.</summary>
    public TrafficPolicy Policy { get; private set; }

    public InterfaceBinder Binder { get; }

    public DecisionLog Log => log;

    public RewrittenSockets Rewritten { get; }

    public DestinationJudge Judge { get; }

    public SocketSteps Steps { get; }

    /// <summary>Whether this thread is not on duty now, so that nobody waits for it but the caller.</summary>
    public bool IsOffDuty { get; set; }

    /// <summary>What the last call that was answered with <see cref="Answer.Block"/> waits for.</summary>
    public WaitRequest WaitRequest { get; private set; }

    /// <summary>Takes the policy for a call that begins.</summary>
    public void TakePolicy() => Judge.Policy = Policy = current.Take();

    /// <summary>The answer where the target's memory could not be read.</summary>
    public Answer CannotRead(in TrappedCall call, Errno error) => error switch
    {
        Errno.EFAULT => Answer.Fail(Errno.EFAULT),
        Errno.ESRCH => Answer.Nobody,
        _ => Answer.Fail(log.Unreachable(call, "process_vm_readv", error)),
    };

    /// <summary>
    /// The answer where the sockaddr of a call could not be read. The supervisor cannot see memory that the kernel itself
    /// maps into the program (vvar, the ring of a perf event); the kernel can. Bound to the interface, the call may go on
    /// with whatever address is there, unless names are redirected by it, or an IPv6 send could name a link by it.
    /// </summary>
    public Answer CannotReadAddress(in TrappedCall call, in DuplicatedSocket socket, in SocketName name, ulong address, int length, Errno error)
    {
        bool namesLink = name.Family == IpFamily.IPv6 && call.SystemCall != SystemCall.Connect;
        if (error != Errno.EFAULT || Policy.RewritesDns || namesLink || !MemoryMap.IsUsable(call.Tid, address, (ulong)length))
        {
            return CannotRead(call, error);
        }

        if (!Target.IsWaiting(call))
        {
            return Answer.Nobody;
        }

        Verdict unseen = Policy.JudgeUnknown(name.Family!.Value);
        Errno bound = unseen.Kind == VerdictKind.Refuse ? unseen.Error : Steps.BindDevice(call, socket, unseen);
        return bound == Errno.None ? Answer.Continue : Answer.Fail(bound);
    }

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

    /// <summary>Has a call wait until its socket is ready (POLLIN, POLLOUT), to be handled again then.</summary>
    public Answer Wait(in TrappedCall call, short events)
    {
        WaitRequest = new(call, events);
        return Answer.Block;
    }

    /// <summary>Has a call that takes long handled by a thread that is not on duty, so that others need not wait for it.</summary>
    public Answer WaitForAnotherThread(in TrappedCall call) => Wait(call, 0);

    /// <summary>Writes to the memory of the process that made a call, if that still waits.</summary>
    public Errno Write(in TrappedCall call, ulong address, ReadOnlySpan<byte> source)
    {
        Errno error = Pin(call, out PinnedMemory? memory);
        using (memory)
        {
            return memory?.Write(address, source) ?? error;
        }
    }

    /// <summary>Opens the memory of the process that made a call, for several writes.</summary>
    public Errno Pin(in TrappedCall call, out PinnedMemory? memory) => PinnedMemory.Open(listener, call, out memory);

    public void Dispose()
    {
        Target.Dispose();
        Scratch.Dispose();
    }
}
