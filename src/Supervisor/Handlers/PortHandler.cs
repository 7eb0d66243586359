using BindToInterface.Policy;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;
using BindToInterface.Supervisor.Target;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// bind(2) and listen(2), where copies of sockets are kept: a port is free once the program has closed its socket, and a
/// listener has no copy, which would go on listening. Both calls go on as they are.
/// </summary>
internal sealed class PortHandler(HandlerContext context)
{
    public Outcome Handle(in Notification call)
    {
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

        return Response.Continue;
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
