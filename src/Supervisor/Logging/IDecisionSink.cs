using BindToInterface.Policy.Routes;

namespace BindToInterface.Supervisor.Logging;

/// <summary>Hears of decisions: the log, and whatever counts, traces or sums up. Called by any thread.</summary>
internal interface IDecisionSink
{
    /// <summary>Whether it asks who called (<see cref="Decision.Caller"/>), which costs a few system calls.</summary>
    bool NamesCaller { get; }

    /// <summary>
    /// Whether it wants a decision. Asked for each call before it is answered: it makes no system call and allocates nothing.
    /// </summary>
    bool Wants(DecisionKind kind, in Verdict verdict);

    /// <summary>Hears of a decision that it wants, after the call was answered.</summary>
    void Publish(Decision decision);
}
