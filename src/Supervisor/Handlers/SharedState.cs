using BindToInterface.Policy;
using BindToInterface.Supervisor.Filter;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Notify;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>What the threads that handle calls share; each member is safe to use from any of them.</summary>
internal sealed record SharedState(
    FilterRules Rules, Listener Listener, CurrentPolicy Policy, InterfaceBinder Binder, DecisionLog Log, RewrittenSockets Rewritten);
