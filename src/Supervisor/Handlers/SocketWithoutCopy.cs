using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Proc;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;
using BindToInterface.Supervisor.Target;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// A call on a socket that the supervisor has no descriptor of, where it can duplicate none and keeps copies: a connection, whose
/// copy was closed; one that was accepted, inherited or received; a socket that is not an IP one. A stream that was bound stays
/// bound, whatever it is connected to. What cannot be judged is refused.
/// </summary>
internal sealed class SocketWithoutCopy(HandlerContext context)
{
    private const string WhatFailed = "finding the socket";

    private readonly SocketOptionHandler options = new(context);

    /// <summary>A stream socket that connects needs its copy no more, which would hold back the FIN.</summary>
    public static void LetGo(HandlerContext context, ref SocketCall socket, in Plan plan, in Response response)
    {
        bool connects = response.Kind == ResponseKind.Continue || (response.Kind == ResponseKind.Result && response.Error is Errno.None or Errno.EINPROGRESS);
        if (socket.Duplicate.Copy is SocketCopy { Type: Linux.SOCK_STREAM } copy && connects && plan.IsJudged && !IsNeeded(context, socket.Call))
        {
            context.Copies!.Close(copy, plan.Verdict.Interface);
        }
    }

    /// <summary>The same for one that is connected or listens by now; what it is bound to stays known.</summary>
    public static void LetGo(HandlerContext context, in SocketCall socket)
    {
        if (socket.Duplicate.Copy is SocketCopy { Type: Linux.SOCK_STREAM } copy && !IsNeeded(context, socket.Call))
        {
            DuplicatedSocket bound = socket.Duplicate;
            context.Copies!.Close(copy, context.Policy.Routes.Interfaces.FirstOrDefault(name => context.Binder.IsBoundTo(bound, name)));
        }
    }

    /// <summary>Judges the call by what is known of the socket.</summary>
    /// <param name="call">The call.</param>
    /// <param name="former">The socket, if it was made for the program.</param>
    public Outcome Judge(in Notification call, SocketCopy? former)
    {
        SocketKind kind = former is null ? KindOf(call)
            : !former.IsIp ? SocketKind.Local
            : former.Type == Linux.SOCK_STREAM ? SocketKind.Stream
            : SocketKind.Unknown;
        Outcome outcome = kind switch
        {
            SocketKind.Local => Response.Continue,
            SocketKind.Stream => JudgeStream(call, former),
            _ => Unknown(call),
        };
        return outcome.Response.Kind == ResponseKind.Continue && CouldLeadOut(call.SystemCall) && IsNeeded(context, call)
            ? Unknown(call)
            : outcome;
    }

    /// <summary>Strict mode: messages of a program with several threads are sent on the copy, until that is swept.</summary>
    private static bool IsNeeded(HandlerContext context, in Notification call) => context.Policy.Options.IsStrict && call.MayChange();

    /// <summary>Strict mode: whether a call could have a packet go out elsewhere if another thread puts another socket under its number.</summary>
    private static bool CouldLeadOut(SystemCall call) =>
        call is SystemCall.Connect or SystemCall.Sendto or SystemCall.Sendmsg or SystemCall.Sendmmsg or SystemCall.Setsockopt;

    /// <summary>The kind of a socket that was not made here.</summary>
    public static SocketKind KindOf(in Notification call)
    {
        Span<byte> name = stackalloc byte[32];
        return SocketKinds.Of(name[..ThreadFile.SocketProtocol(call.Tid, call.Int(0), name)]);
    }

    private Outcome JudgeStream(in Notification call, SocketCopy? former) => call.SystemCall switch
    {
        SystemCall.Connect => Connect(call, former, call.Word(1), call.Int(2)),
        SystemCall.Sendto when (call.Int(3) & Linux.MSG_FASTOPEN) != 0 => Connect(call, former, call.Word(4), call.Int(5)),
        SystemCall.Sendmsg when (call.Int(2) & Linux.MSG_FASTOPEN) != 0 => Unknown(call),
        SystemCall.Sendmmsg when (call.Int(3) & Linux.MSG_FASTOPEN) != 0 => Unknown(call),
        SystemCall.Setsockopt => options.JudgeStream(call, former) ?? Unknown(call),
        // Strict mode: it was set free.
        SystemCall.Listen when former is { Interface: null } => Unknown(call),
        // TCP takes no notice of an address, nor of control messages that name a way.
        _ => Response.Continue,
    };

    /// <summary>
    /// A connection asks again what became of it, or a connect is tried again after one that failed. Bound to where it is to go
    /// it may; else only what has the normal routes.
    /// </summary>
    private Outcome Connect(in Notification call, SocketCopy? former, ulong address, int length)
    {
        if (length is < Sockaddr.InLength or > Sockaddr.MaximumLength)
        {
            return Response.Continue;
        }

        Span<byte> bytes = stackalloc byte[Sockaddr.MaximumLength];
        bytes = bytes[..length];
        Errno error = TargetMemory.Read(call, address, bytes);
        if (error != Errno.None)
        {
            return context.CannotRead(call, error);
        }

        Sockaddr destination = Sockaddr.Parse(bytes);
        if (!destination.IsIp)
        {
            // AF_UNSPEC ends a connection, and a TCP socket keeps its device.
            return Response.Continue;
        }

        if (former is null)
        {
            return Unknown(call);
        }

        Verdict verdict = context.Policy.Judge(destination);
        if (!context.Target.IsWaiting(call))
        {
            return Response.Nobody;
        }

        return verdict.Kind == VerdictKind.Refuse ? Refused(call, verdict)
            : verdict.Interface is string name && context.Binder.Addresses.IsOfAnother(name, destination.Endpoint.Address) ? Refused(call, TrafficPolicy.RefuseOwnAddress(verdict))
            : verdict.Interface != former.Interface || (context.Policy.Options.IsStrict && DependsOnAddress(verdict)) ? Refused(call, Elsewhere(verdict))
            : verdict.Rewritten && !TryRewrite(call, address, bytes, destination, verdict) ? Refused(call, verdict.Refuse(
                Errno.ECONNREFUSED, "the address of the --dns server cannot be written into the program's memory", isLoud: true))
            : Decided(call, Response.Continue, verdict);
    }

    /// <summary>Whether the kernel, which reads the address again, could be led elsewhere by another one.</summary>
    private bool DependsOnAddress(in Verdict verdict) => verdict.Interface is null || verdict.Rewritten || context.Policy.Routes.Interfaces.Count > 1;

    private static Verdict Elsewhere(in Verdict verdict) => verdict.Interface is null
        ? SocketPlan.RefuseBound(verdict)
        : verdict.Refuse(
            Errno.EPERM, $"an earlier call has connected this socket, and here it cannot be led through {verdict.Interface} any more; a new socket works", isLoud: true);

    private bool TryRewrite(in Notification call, ulong address, Span<byte> bytes, in Sockaddr destination, in Verdict verdict)
    {
        destination.TryRewrite(bytes, verdict.Destination);
        return context.Write(call, address, bytes) == Errno.None;
    }

    private Outcome Refused(in Notification call, in Verdict verdict) => Decided(call, Response.Fail(verdict.Error), verdict);

    private Outcome Decided(in Notification call, in Response response, in Verdict verdict)
    {
        context.Counts.Judged(verdict);
        return context.Sinks.Want(DecisionKind.Judged, verdict)
            ? new Outcome(response, context.Sinks.Describe(
                call, new Decision(DecisionKind.Judged, call, verdict) { Type = Linux.SOCK_STREAM, Protocol = Linux.IPPROTO_TCP }))
            : response;
    }

    private Outcome Unknown(in Notification call) => !context.Policy.Routes.Restricts ? Response.Continue : context.Unreachable(call, WhatFailed, Errno.ENOKEY);
}
