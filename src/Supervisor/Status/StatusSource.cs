using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Check;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Sockets;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Status;

/// <summary>Says how this supervisor is, at the moment that it is asked.</summary>
/// <param name="program">The program as it was started.</param>
/// <param name="programPid">Its process id.</param>
/// <param name="counters">What was decided.</param>
/// <param name="policy">Where the interface stands.</param>
internal sealed class StatusSource(string program, int programPid, DecisionCounters counters, CurrentPolicy policy)
{
    private readonly DateTimeOffset since = DateTimeOffset.UtcNow;

    /// <summary>What was decided until now.</summary>
    public IReadOnlyList<InterfaceCounts> Counts => counters.Sum();

    /// <summary>How it is now.</summary>
    public SupervisorStatus Now()
    {
        IReadOnlyList<InterfaceCounts> counts = Counts;
        TrafficPolicyOptions options = policy.Take().Options;
        string? current = options.Interface;
        using var network = new HostNetwork();
        string StateOf(string name) => InWord(InterfaceState.Of(name, network));
        return new SupervisorStatus
        {
            Pid = LibC.getpid(),
            Uid = LibC.geteuid(),
            Program = program,
            ProgramPid = programPid,
            Interface = options.RefusesOthers ? "none" : current,
            State = current is null ? null : StateOf(current),
            Since = since,
            Counts = StatusCounts.Of(counts),
            Interfaces =
            [
                .. counts.Select(row => row.Interface).Concat(options.Interfaces).OfType<string>().Distinct()
                    .Select(name => (Name: name, Row: counts.FirstOrDefault(row => row.Interface == name)))
                    .Select(each => new InterfaceShare(
                        each.Name, StateOf(each.Name), each.Row?[CountedDecision.Bound] ?? 0, each.Row?[CountedDecision.Refused] ?? 0)),
            ],
        };
    }

    private static string InWord(InterfaceState state) => !state.IsThere ? "absent"
        : !state.IsUsable ? "down"
        : !state.HasAddress ? "no address"
        : "up";
}
