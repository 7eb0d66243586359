using System.Runtime.CompilerServices;
using BindToInterface.Policy;
using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Tracing;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>What is told of a decision on the call.</summary>
internal ref partial struct SocketCall
{
    /// <summary>An answer with what was decided, which is counted.</summary>
    public Outcome Decided(in Response response, in Verdict verdict)
    {
        context.Counts.Judged(verdict);
        return Described(response, verdict);
    }

    /// <summary>An answer with what was decided, which is counted, and with what was seen besides.</summary>
    public Outcome Decided(in Response response, in Verdict verdict, in Observed seen)
    {
        context.Counts.Judged(verdict);
        return Described(response, verdict, seen);
    }

    /// <summary>An answer with what was decided, where anybody wants to know.</summary>
    public Outcome Described(in Response response, in Verdict verdict) =>
        context.Sinks.Want(DecisionKind.Judged, verdict) ? Describe(response, verdict, default) : response;

    /// <summary>An answer with what was decided, and what was seen besides, where anybody wants to know.</summary>
    public Outcome Described(in Response response, in Verdict verdict, in Observed seen) =>
        context.Sinks.Want(DecisionKind.Judged, verdict) ? Describe(response, verdict, seen) : response;

    // Not inlined: where nobody wants to know, its structures take no room on the stack, which is cleared for every call.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Outcome Describe(in Response response, in Verdict verdict, in Observed seen)
    {
        Observed observed = context.Observer is Observer observer ? Observe(observer, verdict, seen) : seen;
        if (observed.IsRepeated && !context.Log.Wants(DecisionKind.Judged, verdict))
        {
            return response;
        }

        // What was found to be a TCP socket is not asked for its type.
        bool isKnownTcp = hasTcpState && tcpState is not null;
        var decision = new Decision(DecisionKind.Judged, Call, Policy.WithInterface(verdict))
        {
            Type = isKnownTcp ? Linux.SOCK_STREAM : Type,
            Protocol = isKnownTcp ? Linux.IPPROTO_TCP : Protocol,
            Seen = observed,
        };
        return new Outcome(response, context.Sinks.Describe(Call, decision, context.Target.IsKnownThread ? context.Callers : null));
    }

    /// <summary>The call fails as the verdict says.</summary>
    public Outcome Refused(in Verdict verdict) => Decided(Response.Fail(verdict.Error), verdict);

    private Observed Observe(Observer observer, in Verdict verdict, in Observed seen)
    {
        bool isSend = Call.SystemCall is SystemCall.Sendto or SystemCall.Sendmsg or SystemCall.Sendmmsg;
        if (Observer.MayBeNameserver(verdict) && verdict.Kind != VerdictKind.Refuse && Type == Linux.SOCK_DGRAM)
        {
            observer.NameSockets.Add(Cookie);
        }

        return seen with { Begun = context.Begun, IsDry = observer.IsDry, IsRepeated = isSend && !observer.Flows.Add(Cookie, verdict) };
    }
}
