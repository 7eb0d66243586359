using BindToInterface.Policy;
using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Seccomp;

namespace BindToInterface.Supervisor.Logging;

/// <summary>Publishes decisions to the sinks that were chosen at the start. Where none wants one, it is not even described.</summary>
/// <param name="sinks">The sinks.</param>
/// <param name="isWaiting">Whether a call still waits (SECCOMP_IOCTL_NOTIF_ID_VALID).</param>
internal sealed class DecisionSinks(IDecisionSink[] sinks, DecisionSinks.IsWaiting isWaiting)
{
    private const int PatienceMilliseconds = 1000;

    private int announced;

    public delegate bool IsWaiting(in Notification call);

    /// <summary>Whether any sink wants a decision.</summary>
    public bool Want(DecisionKind kind, in Verdict verdict)
    {
        foreach (IDecisionSink sink in sinks)
        {
            if (sink.Wants(kind, verdict))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Adds who called, where a sink that wants the decision asks for it: the call is still to be answered. What is read of a
    /// process is used only if its call still waits after that; else the id could mean another's (see <see cref="Target.IsCaller"/>).
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="decision">What was decided.</param>
    /// <param name="known">The callers that the thread knows; null where the caller is not surely the one that is known by its id.</param>
    /// <returns>null where nobody waits any more.</returns>
    public Decision? Describe(in Notification call, Decision decision, CallerCache? known = null)
    {
        foreach (IDecisionSink sink in sinks)
        {
            if (sink.NamesCaller && sink.Wants(decision.Kind, decision.Verdict))
            {
                bool isWarning = decision.Kind == DecisionKind.Unreachable || decision.Verdict.IsLoud;
                if (!isWarning && known?.Find(call) is Caller same)
                {
                    decision.Caller = same;
                    return decision;
                }

                Caller caller = Caller.Of(call, isWarning);
                if (!isWaiting(call))
                {
                    return null;
                }

                known?.Remember(call, caller);
                decision.Caller = caller;
                return decision;
            }
        }

        return decision;
    }

    /// <summary>The decision where the target's memory, descriptor or the means to wait could not be had: the call is denied.</summary>
    /// <param name="call">The call.</param>
    /// <param name="failed">What the supervisor could not do.</param>
    /// <param name="error">Why.</param>
    /// <returns>The error to answer with, and the decision.</returns>
    public (Errno Response, Decision? Decision) Unreachable(in Notification call, string failed, Errno error)
    {
        Errno answer = error is Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM ? error : Errno.EPERM;
        Verdict verdict = default(Verdict).Refuse(error, failed);
        return (answer, Want(DecisionKind.Unreachable, verdict)
            ? Describe(call, new Decision(DecisionKind.Unreachable, call, verdict) { Subject = failed })
            : null);
    }

    /// <summary>Tells each sink that wants it of a decision.</summary>
    public void Publish(Decision decision)
    {
        foreach (IDecisionSink sink in sinks)
        {
            if (sink.Wants(decision.Kind, decision.Verdict))
            {
                sink.Publish(decision);
            }
        }
    }

    /// <summary>
    /// Says that an outcome is about to be published: its call is answered first, and with the answer the program may end.
    /// </summary>
    public void Announce(in Outcome outcome)
    {
        if (outcome.IsDecided)
        {
            Interlocked.Increment(ref announced);
        }
    }

    /// <summary>Waits until all that was announced is published: the supervisor is about to end.</summary>
    public void Drain() => SpinWait.SpinUntil(() => Volatile.Read(ref announced) == 0, PatienceMilliseconds);

    /// <summary>Tells of all that an outcome carries, which was announced.</summary>
    public void Publish(in Outcome outcome)
    {
        if (!outcome.IsDecided)
        {
            return;
        }

        try
        {
            if (outcome.OfMessages is List<Decision> messages)
            {
                foreach (Decision message in messages)
                {
                    Publish(message);
                }
            }

            if (outcome.Decision is Decision decision)
            {
                Publish(decision);
            }
        }
        finally
        {
            Interlocked.Decrement(ref announced);
        }
    }
}
