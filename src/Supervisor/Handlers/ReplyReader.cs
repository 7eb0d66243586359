using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;
using BindToInterface.Supervisor.Tracing;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// Looks at the replies of nameservers before a program receives them, and leaves them there. It looks only at sockets that have
/// asked a nameserver by a datagram, and only while trace or summary is on.
/// </summary>
internal sealed unsafe class ReplyReader(HandlerContext context)
{
    /// <summary>Looks at the reply that a call is about to receive.</summary>
    /// <returns>The answer where the call ends here or has to wait; null where it goes on.</returns>
    public Response? Look(in Notification call)
    {
        if (context.Observer is not Observer observer || observer.NameSockets.IsEmpty)
        {
            return null;
        }

        Errno error = context.Target.Duplicate(call, call.Int(0), out DuplicatedSocket socket);
        using (socket)
        {
            return error == Errno.None && socket.GetLongOption(Linux.SOL_SOCKET, LibC.SO_COOKIE) is ulong cookie && observer.NameSockets.Contains(cookie)
                && context.Target.IsWaiting(call)
                    ? Look(call, socket, observer)
                    : null;
        }
    }

    private Response? Look(in Notification call, in DuplicatedSocket socket, Observer observer)
    {
        int flags = call.SystemCall switch
        {
            SystemCall.Recvmsg => call.Int(2),
            SystemCall.Read => 0,
            _ => call.Int(3),
        };
        if ((flags & LibC.MSG_ERRQUEUE) != 0 || HasFailed(socket))
        {
            return null;
        }

        byte* buffer = context.Scratch.Payload;
        nint length = (nint)(long)LibC.recv(socket.Descriptor, buffer, Scratch.PayloadLength, LibC.MSG_PEEK | LibC.MSG_DONTWAIT);
        if (length >= 0)
        {
            observer.NoteReply(new ReadOnlySpan<byte>(buffer, (int)length));
            return null;
        }

        Errno error = Native.LastError;
        // A call that does not wait has its answer: a reply that comes right now would be received unseen.
        return error != Errno.EAGAIN || (flags & LibC.MSG_DONTWAIT) != 0 || socket.IsNonBlocking ? Response.Fail(error) : context.Wait(call, LibC.POLLIN);
    }

    /// <summary>An error that waits on the socket would be taken from the program by a look.</summary>
    private static bool HasFailed(in DuplicatedSocket socket)
    {
        var poll = new pollfd { fd = socket.Descriptor };
        return Native.poll(&poll, 1, 0) != 0;
    }
}
