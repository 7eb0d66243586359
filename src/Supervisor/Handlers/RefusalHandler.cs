using System.Globalization;
using BindToInterface.Policy;
using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>What the filter alone refuses otherwise: the same error, and the trace knows of it.</summary>
internal sealed class RefusalHandler(HandlerContext context)
{
    public Outcome Handle(in Notification call, Errno error)
    {
        Verdict verdict = context.WithoutAddress.Refuse(error, call.SystemCall switch
        {
            SystemCall.Socket or SystemCall.Socketpair => "sockets of this family, type or protocol could send past the interface",
            SystemCall.RequestKey => "the kernel would start a helper outside of the supervisor",
            _ => "io_uring would connect and send without a system call",
        });
        bool isDry = context.Observer is { IsDry: true };
        Response answer = isDry ? Response.Continue : Response.Fail(error);
        return context.Sinks.Want(DecisionKind.Filtered, verdict)
            ? new Outcome(answer, context.Sinks.Describe(call, new Decision(DecisionKind.Filtered, call, verdict)
            {
                Subject = SubjectOf(call),
                Seen = new Observed { Begun = context.Begun, IsDry = isDry },
            }))
            : answer;
    }

    private static string SubjectOf(in Notification call)
    {
        string name = FilterDump.NameOf(call.SystemCall);
        return call.SystemCall is SystemCall.Socket or SystemCall.Socketpair
            ? string.Create(CultureInfo.InvariantCulture, $"{name}({call.Int(0)}, {call.Int(1)}, {call.Int(2)})")
            : name;
    }
}
