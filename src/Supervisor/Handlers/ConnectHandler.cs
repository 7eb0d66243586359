using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Target;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>connect(2): bound and let go on, left alone, or made by the supervisor.</summary>
internal sealed class ConnectHandler(HandlerContext context)
{
    private readonly StreamConnector streams = new(context);

    public Outcome Handle(in Notification call)
    {
        if (context.TakeConnection() is HeldConnection held)
        {
            return streams.GoOn(call, held);
        }

        int length = call.Int(2);
        if (length is < Sockaddr.InLength or > Sockaddr.MaximumLength)
        {
            // Too short for any address that leads out, or EINVAL; and a register cannot change meanwhile.
            return Response.Continue;
        }

        Span<byte> bytes = stackalloc byte[Sockaddr.MaximumLength];
        bytes = bytes[..length];
        Errno error = TargetMemory.Read(call, call.Word(1), bytes);
        Sockaddr destination = error == Errno.None ? Sockaddr.Parse(bytes) : default;
        if (error == Errno.None && !destination.IsIp)
        {
            return destination.Kind == SockaddrKind.Unix ? ConnectUnix(call, bytes) : Response.Continue;
        }

        Outcome? ended = context.Open(call, new Unread(error, call.Word(1), length, IsFirst: true), out SocketCall socket);
        using (socket.Duplicate)
        {
            return ended is Outcome outcome ? outcome
                : !socket.IsIp ? HandlerContext.NotIp(socket)
                : context.Target.IsCaller(call) ? Connect(ref socket, destination, bytes)
                : Response.Nobody;
        }
    }

    private Outcome ConnectUnix(in Notification call, ReadOnlySpan<byte> sockaddr)
    {
        if (context.Policy.RefusesResolverDaemons && ResolverDaemon.SocketOf(sockaddr) is string daemon)
        {
            if (!ResolverSocket.MayExist(call.Tid, daemon))
            {
                // The kernel's own answer, given here: the daemon could start in between.
                return Response.Fail(Errno.ENOENT);
            }

            context.Counts.Add(null, CountedDecision.Refused, isRedirected: false);
            Verdict refusal = context.WithoutAddress.Refuse(Errno.ECONNREFUSED, "this daemon would ask by the normal route; use '--resolver-daemons allow' to allow it");
            return new(
                Response.Fail(refusal.Error),
                context.Sinks.Want(DecisionKind.ResolverDaemon, refusal) && ResolverDaemon.PathOf(sockaddr) is string refused
                    ? context.Sinks.Describe(call, new Decision(DecisionKind.ResolverDaemon, call, refusal) { Subject = refused })
                    : null);
        }

        return new(
            Response.Continue,
            context.Sinks.Want(DecisionKind.UnixSocket, default)
                ? context.Sinks.Describe(call, new Decision(DecisionKind.UnixSocket, call, context.WithoutAddress with { Reason = TakeoverSocket.OwnerOf(sockaddr) ?? "" })
                {
                    Subject = UnixAddress.TextOf(sockaddr),
                    Seen = new Observed { Begun = context.Begun },
                })
                : null);
    }

    private Outcome Connect(ref SocketCall socket, in Sockaddr destination, scoped Span<byte> bytes)
    {
        Plan plan = ConnectPlan.Make(socket.Policy, destination, ref socket);
        while (plan.Way == Way.Again)
        {
            context.Steps.Carry(ref socket, plan);
            plan = ConnectPlan.Make(socket.Policy, destination, ref socket);
        }

        Outcome outcome = Carry(ref socket, plan, destination, bytes);
        if (socket.Former.IsNoted && (outcome.Response.Kind != ResponseKind.Result || outcome.Response.Error != Errno.None))
        {
            // As without the supervisor, a connect that fails leaves the peer that was there.
            socket.Former.Restore(socket.Duplicate);
        }

        return outcome;
    }

    private Outcome Carry(ref SocketCall socket, in Plan plan, in Sockaddr destination, scoped Span<byte> bytes)
    {
        if (plan.Verdict is not Verdict verdict)
        {
            return Response.Continue;
        }

        if ((plan.Way == Way.Refused ? verdict : context.Steps.Carry(ref socket, plan)) is Verdict refusal)
        {
            return socket.Refused(refusal);
        }

        if (socket.Policy.Options.Dns[destination.Endpoint.Address.Family] is Endpoint server && server == destination.Endpoint)
        {
            // It names the override itself, and is to hear of no other server that it was turned away from before.
            context.Rewritten.Forget(socket.Duplicate);
        }

        var seen = new Observed { IsElsewhere = context.Observer is not null && verdict.Interface is string name && !socket.IsBoundTo(name) };
        // Who makes a call hears what came of it.
        return plan.Way == Way.OnBehalf || context.TellsResults
            ? OnBehalf(ref socket, verdict, destination, bytes, seen)
            : socket.Decided(Response.Continue, verdict, seen);
    }

    private Outcome OnBehalf(ref SocketCall socket, in Verdict verdict, in Sockaddr destination, scoped Span<byte> bytes, in Observed seen)
    {
        bool isStream = !SocketTypes.SendsDatagrams(socket.Type);
        if ((isStream || verdict.Rewritten || !context.TellsResults) && !context.Target.IsWaiting(socket.Call))
        {
            // No call is made for it that was interrupted, and is perhaps made again. A datagram socket's changes nothing else.
            return Response.Nobody;
        }

        if (verdict.Rewritten)
        {
            // The program's memory stays what it is, since it may be a list of addresses that is read later (getaddrinfo's, of
            // a service on port 53), or what the reply's source is compared with.
            destination.TryRewrite(bytes, verdict.Destination);
            context.Rewritten.Remember(socket.Duplicate, new(destination.Endpoint, verdict.Destination, 0, 0));
        }

        if (isStream)
        {
            return streams.Connect(ref socket, verdict, bytes, seen);
        }

        // A datagram socket's connect sends nothing and does not wait.
        Errno error = socket.Duplicate.Connect(bytes);
        Response answer = error == Errno.None ? Response.Result(0) : Response.Fail(error);
        return context.TellsResults
            ? socket.Decided(answer, verdict, seen with { Result = StreamConnector.ResultOf(answer), Local = socket.ReadLocal() })
            : socket.Decided(answer, verdict, seen);
    }
}
