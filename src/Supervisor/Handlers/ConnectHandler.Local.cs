using System.Runtime.CompilerServices;
using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Target;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>Connects that lead to no IP address: Unix sockets, those of resolver daemons among them.</summary>
internal sealed partial class ConnectHandler
{
    /// <summary>
    /// A socket that sends no IP packets. In strict mode the supervisor connects it where another thread could put an IP socket under
    /// its number meanwhile. A program with one thread does so itself: the other end may want to know who it is.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Outcome ConnectNotIp(ref SocketCall socket, in Sockaddr destination, scoped ReadOnlySpan<byte> sockaddr)
    {
        Notification call = socket.Call;
        Outcome judged = destination.IsIp ? HandlerContext.NotIp(socket) : ConnectOther(call, destination, sockaddr);
        if (judged.Response.Kind != ResponseKind.Continue || !context.Policy.Options.IsStrict || !call.MayChange())
        {
            return judged;
        }

        if (!context.Target.IsWaiting(call))
        {
            return Response.Nobody;
        }

        Errno error = LocalConnector.Connect(call, socket.Duplicate, sockaddr, out string? failed);
        return failed is not null ? context.Unreachable(call, failed, error)
            : judged with { Response = Response.Of(error) };
    }

    private Outcome ConnectOther(in Notification call, in Sockaddr destination, ReadOnlySpan<byte> sockaddr) =>
        destination.Kind == SockaddrKind.Unix ? ConnectUnix(call, sockaddr) : Response.Continue;

    [MethodImpl(MethodImplOptions.NoInlining)]
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
}
