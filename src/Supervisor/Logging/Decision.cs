using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Seccomp;

namespace BindToInterface.Supervisor.Logging;

/// <summary>
/// One decision, as it is published to the sinks, and only made where one wants it. The verdict has destination, original
/// destination, interface, source, error and reason.
/// </summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Call">The call, with the thread that made it.</param>
/// <param name="Verdict">What was decided.</param>
internal sealed record Decision(DecisionKind Kind, Notification Call, Verdict Verdict)
{
    /// <summary>SO_TYPE of the socket.</summary>
    public int Type { get; init; }

    /// <summary>SO_PROTOCOL of the socket.</summary>
    public int Protocol { get; init; }

    /// <summary>The path of a Unix socket, the call of the supervisor that failed, or what the filter refused.</summary>
    public string Subject { get; init; } = "";

    /// <summary>Whether it is about a destination that is known.</summary>
    public bool HasDestination => Kind == DecisionKind.Judged && !(Verdict.Destination.Port == 0 && Verdict.Destination.Address.IsUnspecified);

    /// <summary>What was seen of the call besides, where trace or summary ask for that.</summary>
    public Observed Seen { get; init; }

    /// <summary>Who called; null where no sink that wants the decision asks for that.</summary>
    public Caller? Caller { get; set; }
}
