using BindToInterface.Policy;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;
using BindToInterface.Supervisor.Target;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// bind(2) and listen(2), where copies of sockets are kept: a port is free once the program has closed its socket, and a
/// listener has no copy, which would go on listening. Both calls go on as they are. In strict mode listen is made on the duplicate
/// where a socket may be free.
/// </summary>
internal sealed class PortHandler(HandlerContext context)
{
    public Outcome Handle(in Notification call)
    {
        Outcome outcome = call.SystemCall == SystemCall.Listen && context.Policy.Options.IsStrict && context.Policy.Routes.TakesSocketsElsewhere
            ? ListenStrictly(call)
            : Response.Continue;
        if (context.Copies is SocketCopies copies)
        {
            if (call.SystemCall == SystemCall.Bind)
            {
                Free(copies, call);
            }
            else
            {
                Listen(copies, call);
            }
        }

        return outcome;
    }

    /// <summary>
    /// A socket that was set free for an excluded destination, and whose connection has ended (shutdown), is free until it is used again.
    /// It listens on the interface, as all do.
    /// </summary>
    private Outcome ListenStrictly(in Notification call)
    {
        Outcome? ended = context.Open(call, default, out SocketCall socket);
        using (socket.Duplicate)
        {
            if (ended is Outcome outcome)
            {
                return outcome;
            }

            if (!socket.IsIp)
            {
                return HandlerContext.NotIp(socket) is { Kind: not ResponseKind.Continue } refused ? refused : ListenLocally(call, socket);
            }

            lock (context.Connecting)
            {
                return !context.Target.IsWaiting(call) ? Response.Nobody
                    : context.Steps.SecureAgain(ref socket) is Verdict refusal ? socket.Refused(refusal)
                    : Response.Of(socket.Duplicate.Listen(call.Int(1)));
            }
        }
    }

    /// <summary>Another thread could put an IP socket under the number of this one.</summary>
    private Outcome ListenLocally(in Notification call, in SocketCall socket)
    {
        if (!call.MayChange())
        {
            return Response.Continue;
        }

        if (!context.Target.IsWaiting(call))
        {
            return Response.Nobody;
        }

        Errno error = LocalConnector.Listen(call, socket.Duplicate, out string? failed);
        return failed is not null ? context.Unreachable(call, failed, error) : Response.Of(error);
    }

    private static void Free(SocketCopies copies, in Notification call)
    {
        int length = call.Int(2);
        if (length is < Sockaddr.InLength or > Sockaddr.MaximumLength)
        {
            return;
        }

        Span<byte> bytes = stackalloc byte[Sockaddr.MaximumLength];
        bytes = bytes[..length];
        if (TargetMemory.Read(call, call.Word(1), bytes) == Errno.None && Sockaddr.Parse(bytes) is { IsIp: true, Endpoint.Port: var port and not 0 })
        {
            copies.Free(port);
        }
    }

    private void Listen(SocketCopies copies, in Notification call)
    {
        Errno error = context.Target.Duplicate(call, call.Int(0), out DuplicatedSocket socket);
        using (socket)
        {
            if (error == Errno.None && socket.Copy is SocketCopy copy && context.Target.IsWaiting(call))
            {
                DuplicatedSocket listener = socket;
                copies.Close(copy, context.Policy.Routes.Interfaces.FirstOrDefault(name => context.Binder.IsBoundTo(listener, name)));
            }
        }
    }
}
