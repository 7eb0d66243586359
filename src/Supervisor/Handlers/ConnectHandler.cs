using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Target;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>connect(2): bound and let go on, left alone, or made by the supervisor.</summary>
internal sealed unsafe class ConnectHandler(HandlerContext context)
{
    public Outcome Handle(in Notification call)
    {
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
            Verdict refusal = Others(context.Policy).Refuse(Errno.ECONNREFUSED, "this daemon would ask by the normal route; use '--resolver-daemons allow' to allow it");
            return new(
                Response.Fail(refusal.Error),
                context.Sinks.Want(DecisionKind.ResolverDaemon, refusal) && ResolverDaemon.PathOf(sockaddr) is string refused
                    ? context.Sinks.Describe(call, new Decision(DecisionKind.ResolverDaemon, call, refusal) { Subject = refused })
                    : null);
        }

        return new(
            Response.Continue,
            context.Policy.Routes.Restricts && context.Sinks.Want(DecisionKind.Takeover, default) && TakeoverSocket.OwnerOf(sockaddr) is string owner && ResolverDaemon.PathOf(sockaddr) is string path
                ? context.Sinks.Describe(call, new Decision(DecisionKind.Takeover, call, Others(context.Policy) with { Reason = owner }) { Subject = path })
                : null);
    }

    /// <summary>A verdict on what has no address: it names the policy's interfaces.</summary>
    private static Verdict Others(TrafficPolicy policy) => default(Verdict) with { Interface = policy.Routes.InterfaceText };

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

        return plan.Way == Way.OnBehalf ? OnBehalf(ref socket, verdict, destination, bytes) : socket.Decided(Response.Continue, verdict);
    }

    private Outcome OnBehalf(ref SocketCall socket, in Verdict verdict, in Sockaddr destination, scoped Span<byte> bytes)
    {
        if (!context.Target.IsWaiting(socket.Call))
        {
            // No call is made for it that was interrupted, and is perhaps made again.
            return Response.Nobody;
        }

        if (verdict.Rewritten)
        {
            // The program's memory stays what it is, since it may be a list of addresses that is read later (getaddrinfo's, of
            // a service on port 53), or what the reply's source is compared with.
            destination.TryRewrite(bytes, verdict.Destination);
            context.Rewritten.Remember(socket.Duplicate, new(destination.Endpoint, verdict.Destination, 0, 0));
        }

        // A datagram socket's connect sends nothing and does not wait.
        Response answer = SocketTypes.SendsDatagrams(socket.Type) ? ConnectOnBehalf(socket, bytes) : ConnectStream(socket, verdict, bytes);
        return socket.Decided(answer, verdict);
    }

    /// <summary>
    /// A connection is begun on the duplicate, to the address that was judged. A blocking call then goes on in the kernel,
    /// which on a socket that is connecting waits for that connection, with the program's timeout and signals, and
    /// does not look at the address (__inet_stream_connect).
    /// </summary>
    private Response ConnectStream(SocketCall socket, in Verdict verdict, scoped ReadOnlySpan<byte> sockaddr)
    {
        bool isNonBlocking = socket.Duplicate.IsNonBlocking;
        if (!isNonBlocking && (!socket.IsTcp || socket.Duplicate.GetTimeout(LibC.SO_SNDTIMEO) is not null)
            && (!verdict.Rewritten || context.Write(socket.Call, socket.Call.Word(1), sockaddr) == Errno.None))
        {
            // Such a wait would end with EALREADY where it is to end with EINPROGRESS; and SCTP has no such wait.
            return Response.Continue;
        }

        // With a timeout that is over, connect does not wait, even if a thread of the program makes the socket blocking now.
        using (socket.Duplicate.WithoutWaiting())
        {
            Response answer = ConnectOnBehalf(socket, sockaddr);
            return answer.Error == Errno.EINPROGRESS && !isNonBlocking ? Response.Continue : answer;
        }
    }

    private static Response ConnectOnBehalf(in SocketCall socket, ReadOnlySpan<byte> sockaddr)
    {
        fixed (byte* address = sockaddr)
        {
            return LibC.connect(socket.Duplicate.Descriptor, (sockaddr*)address, (uint)sockaddr.Length) == 0
                ? Response.Result(0)
                : Response.Fail(Native.LastError);
        }
    }
}
