using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Target;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>Judges calls for --dry-run. It reads and tells, changes nothing of a socket, and lets every call go on.</summary>
internal sealed class DryRunHandler(HandlerContext context)
{
    /// <summary>Judges a call. The answer is always that the kernel carries it out.</summary>
    /// <returns>null for a call that nothing is judged of.</returns>
    public Outcome? Handle(CallHandler handler, in Notification call) => handler switch
    {
        CallHandler.Connect => Connect(call),
        CallHandler.Send => call.Word(4) == 0 ? Response.Continue : Send(call, call.Word(4), call.Int(5)),
        CallHandler.Message => Message(call, call.Word(1)),
        CallHandler.Vector => Vector(call),
        // An option that names another interface is refused in a run; in this one its packets are told where they are sent.
        CallHandler.SocketOption => Response.Continue,
        // Where sockets are reached by copies, these are judged by them.
        CallHandler.Birth => context.Copies is null ? Response.Continue : null,
        _ => null,
    };

    private Outcome Connect(in Notification call)
    {
        Span<byte> room = stackalloc byte[Sockaddr.MaximumLength];
        int length = call.Int(2);
        if (length is < Sockaddr.InLength or > Sockaddr.MaximumLength || TargetMemory.Read(call, call.Word(1), room[..length]) != Errno.None)
        {
            return Response.Continue;
        }

        Span<byte> bytes = room[..length];
        Sockaddr destination = Sockaddr.Parse(bytes);
        return destination.Kind == SockaddrKind.Unix ? ConnectUnix(call, bytes) : new Outcome(Response.Continue, Judge(call, bytes, isSend: false));
    }

    private Outcome ConnectUnix(in Notification call, ReadOnlySpan<byte> sockaddr)
    {
        bool isDaemon = context.Policy.RefusesResolverDaemons && ResolverDaemon.SocketOf(sockaddr) is string daemon && ResolverSocket.MayExist(call.Tid, daemon);
        Verdict verdict = isDaemon ? context.WithoutAddress.Refuse(Errno.ECONNREFUSED, "this daemon would ask by the normal route") : context.WithoutAddress;
        DecisionKind kind = isDaemon ? DecisionKind.ResolverDaemon : DecisionKind.UnixSocket;
        return new(Response.Continue, context.Sinks.Want(kind, verdict)
            ? context.Sinks.Describe(call, new Decision(kind, call, verdict)
            {
                Subject = UnixAddress.TextOf(sockaddr),
                Seen = new Observed { Begun = context.Begun, IsDry = true },
            })
            : null);
    }

    private Outcome Send(in Notification call, ulong address, int length)
    {
        Span<byte> room = stackalloc byte[Sockaddr.MaximumLength];
        return length is >= Sockaddr.InLength and <= Sockaddr.MaximumLength && TargetMemory.Read(call, address, room[..length]) == Errno.None
            ? new Outcome(Response.Continue, Judge(call, room[..length], isSend: true))
            : Response.Continue;
    }

    private Outcome Message(in Notification call, ulong address) =>
        MessageHandler.ReadHeader(call, address, out Msghdr header) == Errno.None && header.HasName
            ? Send(call, header.Name, header.KernelNameLength)
            : Response.Continue;

    private Outcome Vector(in Notification call)
    {
        List<Decision> decisions = [];
        for (int i = 0; i < (int)Math.Min((uint)call.Int(2), Interop.Native.UIO_MAXIOV); i++)
        {
            if (Message(call, call.Word(1) + (ulong)(i * call.Layout.MmsghdrLength)).Decision is Decision decision)
            {
                decisions.Add(decision);
            }
        }

        return new Outcome(Response.Continue) { OfMessages = decisions };
    }

    private Decision? Judge(in Notification call, ReadOnlySpan<byte> address, bool isSend)
    {
        Outcome? ended = context.Open(call, default, out SocketCall socket);
        using (socket.Duplicate)
        {
            if (ended is not null || !socket.IsIp || !context.Target.IsCaller(call))
            {
                return null;
            }

            Sockaddr destination = Sockaddr.Parse(address, socket.Family == IpFamily.IPv4 && isSend ? IpFamily.IPv4 : null);
            if (!Destinations.Fits(socket.Family, destination) || (socket.Local.Port != 0 && socket.IsTcpInUse))
            {
                return null;
            }

            Verdict verdict = Judge(ref socket, destination, isSend);
            PendingResult? pending = !isSend && socket.IsTcp ? new PendingResult(socket.Cookie) : null;
            var result = pending is null ? default : new CallResult(ResultKind.Started);
            return socket.Described(Response.Continue, verdict, new Observed { Result = result, Pending = pending }).Decision;
        }
    }

    private static Verdict Judge(ref SocketCall socket, in Sockaddr destination, bool isSend)
    {
        Verdict verdict = Destinations.Judge(socket.Policy, destination, ref socket, isSend);
        return verdict.Interface is not string name || verdict.Kind == VerdictKind.Refuse ? verdict
            : socket.IndexOf(name) == 0 ? Destinations.Missing(verdict)
            : Destinations.HasSource(ref socket) && Destinations.CheckSource(verdict, socket.Local.Address, ref socket) is Verdict refusal ? refusal
            : verdict;
    }
}
