using System.Runtime.CompilerServices;
using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;
using BindToInterface.Supervisor.Target;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>connect(2): bound and let go on, left alone, or made by the supervisor.</summary>
internal sealed partial class ConnectHandler(HandlerContext context)
{
    private readonly StreamConnector streams = new(context);

    public Outcome Handle(in Notification call)
    {
        if (context.TakeConnection() is HeldConnection held)
        {
            return streams.GoOn(call, held);
        }

        int length = call.Int(2);
        bool isStrict = context.Policy.Options.IsStrict;
        // A family alone dissolves an association (AF_UNSPEC), and with that a binding.
        if (length < (isStrict ? sizeof(ushort) : Sockaddr.InLength) || length > Sockaddr.MaximumLength)
        {
            // Too short for any address that leads out, or EINVAL; and a register cannot change meanwhile.
            return Response.Continue;
        }

        Span<byte> bytes = stackalloc byte[Sockaddr.MaximumLength];
        bytes = bytes[..length];
        Errno error = TargetMemory.Read(call, call.Word(1), bytes);
        Sockaddr destination = error == Errno.None ? Sockaddr.Parse(bytes) : default;
        if (error == Errno.None && !destination.IsIp && !isStrict)
        {
            return ConnectOther(call, destination, bytes);
        }

        Outcome? ended = context.Open(call, new Unread(error, call.Word(1), length, IsFirst: true), out SocketCall socket);
        using (socket.Duplicate)
        {
            return ended is Outcome outcome ? outcome
                : !socket.IsIp ? ConnectNotIp(ref socket, destination, bytes)
                : isStrict ? ConnectStrictly(ref socket, destination, bytes)
                : context.Target.IsCaller(call) ? Connect(ref socket, destination, bytes)
                : Response.Nobody;
        }
    }

    /// <summary>
    /// Two threads of a program may call on one socket. What one of them has found bound, the other is not to set free before it is
    /// connected. Nothing here waits.
    /// </summary>
    private Outcome ConnectStrictly(ref SocketCall socket, in Sockaddr destination, scoped Span<byte> bytes)
    {
        lock (context.Connecting)
        {
            try
            {
                return !context.Target.IsWaiting(socket.Call) ? Response.Nobody
                    : streams.LookAgain(ref socket, destination, bytes) is Outcome told ? told
                    // It would keep the source of its IPv6 peer, at which getaddrinfo aborts. After this error that takes another socket.
                    : destination.Kind == SockaddrKind.IPv4 && socket.Family == IpFamily.IPv6 && !ConnectPlan.MayDissolve(socket.Policy, ref socket) ? Response.Fail(Errno.EINVAL)
                    : destination.IsIp ? Connect(ref socket, destination, bytes)
                    : ConnectElsewhere(ref socket, bytes);
            }
            finally
            {
                // Whatever came of it.
                if (SocketTypes.SendsDatagrams(socket.Type))
                {
                    context.Unconnected.Remove(socket.Cookie);
                }
            }
        }
    }

    /// <summary>
    /// Strict mode: an IP socket, and an address that is none of IP. The kernel refuses it, or dissolves the association (AF_UNSPEC),
    /// which takes the device of a datagram socket along.
    /// </summary>
    private Outcome ConnectElsewhere(ref SocketCall socket, scoped ReadOnlySpan<byte> sockaddr)
    {
        if (Sockaddr.Parse(sockaddr).Kind == SockaddrKind.Unspecified && !ConnectPlan.MayDissolve(socket.Policy, ref socket))
        {
            // What some other systems answer to it, and programs that use it do not mind.
            return Response.Fail(Errno.EAFNOSUPPORT);
        }

        // Where something is excluded, a port tells that a socket is not new: it is not set free, since a send of another thread may still
        // have the former peer. The kernel would let the port go.
        bool keepsPort = socket.Policy.Routes.TakesSocketsElsewhere && socket.Local.Port != 0 && Sockaddr.Parse(sockaddr).Kind == SockaddrKind.Unspecified
            && SocketTypes.SendsDatagrams(socket.Type);
        Response answer = keepsPort && socket.TryDissolve() ? Response.Result(0) : Response.Of(socket.Duplicate.Connect(sockaddr));
        return context.Steps.SecureAgain(ref socket) is Verdict refusal ? socket.Refused(refusal) : answer;
    }

    private Outcome Connect(ref SocketCall socket, in Sockaddr destination, scoped Span<byte> bytes)
    {
        Plan plan = ConnectPlan.Make(socket.Policy, destination, ref socket);
        while (plan.Way == Way.Again)
        {
            _ = context.Steps.TryCarry(ref socket, plan, out _);
            plan = ConnectPlan.Make(socket.Policy, destination, ref socket);
        }

        Outcome outcome = Carry(ref socket, plan, destination, bytes);
        SocketWithoutCopy.LetGo(context, ref socket, plan, outcome.Response);
        if ((outcome.Response.Kind != ResponseKind.Result || outcome.Response.Error != Errno.None) && socket.Former.IsNoted)
        {
            // As without the supervisor, a connect that fails leaves the peer that was there.
            socket.Former.Restore(socket.Duplicate);
        }

        if (socket.Policy.Options.IsStrict && outcome.Response is { Kind: ResponseKind.Result, Error: not (Errno.None or Errno.EINPROGRESS) })
        {
            // It was unbound for an excluded destination, perhaps, and is to be bound while it is connected to none.
            _ = context.Steps.SecureAgain(ref socket);
        }

        return outcome;
    }

    private Outcome Carry(ref SocketCall socket, in Plan plan, in Sockaddr destination, scoped Span<byte> bytes)
    {
        if (!plan.IsJudged)
        {
            if (!socket.Policy.Options.IsStrict)
            {
                return Response.Continue;
            }

            if (socket.IsTcpInUse)
            {
                return streams.ConnectInUse(ref socket, bytes);
            }

            // What the kernel refuses it refuses on the duplicate, too.
            using SendTimeout timeout = socket.Duplicate.WithoutWaiting();
            return Response.Of(socket.Duplicate.Connect(bytes));
        }

        ref readonly Verdict verdict = ref plan.Verdict;
        if (plan.Way == Way.Refused)
        {
            return socket.Refused(verdict);
        }

        if (!context.Steps.TryCarry(ref socket, plan, out Verdict refusal))
        {
            return socket.Refused(refusal);
        }

        if (socket.Policy.RewritesDns && socket.Policy.Options.Dns[destination.Endpoint.Address.Family] is Endpoint server && server == destination.Endpoint)
        {
            // It names the override itself, and is to hear of no other server that it was turned away from before.
            context.Rewritten.Forget(socket.Duplicate);
        }

        bool isElsewhere = context.Observer is not null && verdict.Interface is string name && !socket.IsBoundTo(name);
        // Who makes a call hears what came of it.
        return plan.Way == Way.OnBehalf || context.TellsResults ? OnBehalf(ref socket, verdict, destination, bytes, isElsewhere)
            : Decided(ref socket, Response.Continue, verdict, isElsewhere);
    }

    private Outcome OnBehalf(ref SocketCall socket, in Verdict verdict, in Sockaddr destination, scoped Span<byte> bytes, bool isElsewhere)
    {
        bool isStream = !SocketTypes.SendsDatagrams(socket.Type);
        if (!socket.Policy.Options.IsStrict && (isStream || verdict.Rewritten || !context.TellsResults) && !context.Target.IsWaiting(socket.Call))
        {
            // No call is made for it that was interrupted, and is perhaps made again. A datagram socket's changes nothing else. In strict mode
            // that was asked just now.
            return Response.Nobody;
        }

        if (verdict.Rewritten)
        {
            Redirect(socket, verdict, destination, bytes);
        }

        if (isStream)
        {
            return streams.Connect(ref socket, verdict, bytes, isElsewhere);
        }

        // A datagram socket's connect sends nothing and does not wait.
        return Decided(ref socket, Response.Of(socket.Duplicate.Connect(bytes)), verdict, isElsewhere);
    }

    /// <summary>
    /// The program's memory stays what it is, since it may be a list of addresses that is read later (getaddrinfo's, of a service on
    /// port 53), or what the reply's source is compared with.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Redirect(in SocketCall socket, in Verdict verdict, in Sockaddr destination, scoped Span<byte> bytes)
    {
        destination.TryRewrite(bytes, verdict.Destination);
        context.Rewritten.Remember(socket.Duplicate, new(destination.Endpoint, verdict.Destination, 0, 0));
    }

    private Outcome Decided(ref SocketCall socket, in Response answer, in Verdict verdict, bool isElsewhere) =>
        context.Observer is null ? socket.Decided(answer, verdict) : Told(ref socket, answer, verdict, isElsewhere);

    // Not inlined: where nothing is told, its structures take no room on the stack, which is cleared for every call.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Outcome Told(ref SocketCall socket, in Response answer, in Verdict verdict, bool isElsewhere)
    {
        var seen = new Observed { IsElsewhere = isElsewhere };
        return context.TellsResults && answer.Kind == ResponseKind.Result
            ? socket.Decided(answer, verdict, seen with { Result = StreamConnector.ResultOf(answer), Local = socket.ReadLocal() })
            : socket.Decided(answer, verdict, seen);
    }
}
