using System.Diagnostics;
using System.Runtime.CompilerServices;
using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Proc;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;
using BindToInterface.Supervisor.Target;
using BindToInterface.Supervisor.Tracing;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// What the handlers of one thread work with. <see cref="Target"/>, <see cref="Scratch"/>, <see cref="Index"/> and <see cref="Counts"/> are the thread's own; the rest is shared.
/// </summary>
internal sealed partial class HandlerContext : IDisposable
{
    private readonly SharedState shared;
    private SocketWithoutCopy? withoutCopy;

    public HandlerContext(SharedState shared)
    {
        this.shared = shared;
        Target = new TargetProcess(shared.Listener, PidfdCache.Large, shared.Copies);
        Counts = shared.Counters.Begin();
        Policy = shared.Policy.Take();
        Steps = new SocketSteps(Binder, Connecting);
        Index = new RecentIndex(Binder);
    }

    public TargetProcess Target { get; }

    public Scratch Scratch { get; } = new();

    public KnownSockets Known => shared.Known;

    /// <summary>Which datagram sockets never had a peer.</summary>
    public UnconnectedSockets Unconnected => shared.Unconnected;

    /// <summary>How many decisions of which kind this thread has made.</summary>
    public DecisionCounts Counts { get; }

    /// <summary>The policy that the call is judged by.</summary>
    public TrafficPolicy Policy { get; private set; }

    /// <summary>A verdict on what has no address: it names the policy's interfaces, if it has any to keep to.</summary>
    public Verdict WithoutAddress => default(Verdict) with { Interface = Policy.Routes.Restricts ? Policy.Routes.InterfaceText : null };

    /// <summary>What is noted for trace and summary; null where neither is on.</summary>
    public Observer? Observer => shared.Observer;

    /// <summary>Whether what becomes of connections is found out.</summary>
    public bool TellsResults => shared.Observer is { TellsResults: true };

    /// <summary>When the call came; 0 where neither trace nor summary is on.</summary>
    public long Begun { get; private set; }

    /// <summary>Who called before; for a thread that <see cref="TargetProcess.IsKnownThread"/> tells.</summary>
    public CallerCache Callers { get; } = new();

    public InterfaceBinder Binder => shared.Binder;

    public DecisionLog Log => shared.Log;

    public DecisionSinks Sinks => shared.Sinks;

    /// <summary>The copies of sockets, where descriptors cannot be duplicated; else null.</summary>
    public SocketCopies? Copies => shared.Copies;

    public RewrittenSockets Rewritten => shared.Rewritten;

    public SocketSteps Steps { get; }

    public Lock Connecting => shared.Connecting;

    public RecentIndex Index { get; }

    /// <summary>Whether this thread is not on duty now, so that nobody waits for it but the caller.</summary>
    public bool IsOffDuty { get; set; }

    /// <summary>What the last call that was answered with <see cref="Response.Block"/> waits for.</summary>
    public WaitRequest WaitRequest { get; private set; }

    /// <summary>The message that the call which is handled again has waited with.</summary>
    public HeldMessage? Held { private get; set; }

    /// <summary>The connection that was started for the call which is handled again.</summary>
    public HeldConnection? Connection { private get; set; }

    /// <summary>Takes the message that the call has waited with: it was judged, and is sent once.</summary>
    public HeldMessage? TakeHeld()
    {
        HeldMessage? held = Held;
        Held = null;
        return held;
    }

    /// <summary>Takes the connection that was started for the call.</summary>
    public HeldConnection? TakeConnection()
    {
        HeldConnection? held = Connection;
        Connection = null;
        return held;
    }

    /// <summary>A call begins: it is judged by the policy that counts now.</summary>
    public void Begin()
    {
        Policy = shared.Policy.Take();
        Begun = shared.Observer is null ? 0 : Stopwatch.GetTimestamp();
    }

    /// <summary>
    /// The answer for a socket that sends no IP packets of its own; and for one, inherited or handed over, of
    /// a family that the program could not have opened.
    /// </summary>
    public static Response NotIp(in SocketCall socket) => socket.LocalAddress.IsRefused ? Response.Fail(Errno.EAFNOSUPPORT) : Response.Continue;

    /// <summary>Has a call wait until its socket is ready (POLLIN, POLLOUT), to be handled again then.</summary>
    /// <param name="call">The call, with what is done of it.</param>
    /// <param name="events">What it waits for.</param>
    /// <param name="held">The message that it waits with.</param>
    /// <param name="isPolled">Whether the socket does not tell.</param>
    public Response Wait(in Notification call, short events, HeldMessage? held = null, bool isPolled = false)
    {
        WaitRequest = new(call, events) { Held = held, IsPolled = isPolled };
        return Response.Block;
    }

    /// <summary>Has a connect wait until the connection that was started for it is there, or has failed.</summary>
    public Response Wait(in Notification call, HeldConnection connection)
    {
        WaitRequest = new(call, LibC.POLLOUT) { Connection = connection };
        return Response.Block;
    }

    /// <summary>Has a call that takes long handled by a thread that is not on duty, so that others need not wait for it.</summary>
    public Response WaitForAnotherThread(in Notification call) => Wait(call, 0);

    /// <summary>Writes to the memory of the process that made a call, if that still waits.</summary>
    public Errno Write(in Notification call, ulong address, ReadOnlySpan<byte> source)
    {
        Errno error = Pin(call, out PinnedMemory? memory);
        using (memory)
        {
            return memory?.Write(address, source) ?? error;
        }
    }

    /// <summary>Opens the memory of the process that made a call, for several writes.</summary>
    public Errno Pin(in Notification call, out PinnedMemory? memory) => PinnedMemory.Open(shared.Listener, call, out memory);

    public void Dispose()
    {
        shared.Counters.End(Counts);
        Target.Dispose();
        Callers.Dispose();
        Scratch.Dispose();
    }

    /// <summary>The outcome where the supervisor could not do what a call needs: it is denied, and that is told.</summary>
    public Outcome Unreachable(in Notification call, string failed, Errno error)
    {
        Counts.Failed();
        (Errno answer, Decision? decision) = Sinks.Unreachable(call, failed, error);
        return new(Response.Fail(answer), decision);
    }
}
