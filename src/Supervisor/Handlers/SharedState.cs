using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;
using BindToInterface.Supervisor.Tracing;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>What the threads that handle calls share; each member is safe to use from any of them.</summary>
internal sealed record SharedState(Listener Listener, CurrentPolicy Policy, InterfaceBinder Binder, DecisionLog Log)
{
    public required FilterRules Rules { get; init; }

    /// <summary>The copies of sockets, where descriptors cannot be duplicated; else null.</summary>
    public SocketCopies? Copies { get; init; }

    public DecisionCounters Counters { get; } = new();

    public KnownSockets Known { get; } = new();

    public UnconnectedSockets Unconnected { get; } = new();

    public RewrittenSockets Rewritten { get; } = new();

    /// <summary>What is noted for trace and summary; null where neither is on.</summary>
    public Observer? Observer { get; init; }

    /// <summary>Held while a socket is bound or set free, and connected, in strict mode.</summary>
    public Lock Connecting { get; } = new();

    /// <summary>Who hears of decisions: what is off is not in it.</summary>
    public required DecisionSinks Sinks { get; init; }
}
