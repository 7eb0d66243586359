using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;
using BindToInterface.Supervisor.Target;
using BindToInterface.Supervisor.Tracing;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// getsockopt(2) of SO_ERROR, by which a program asks what became of a connection that it did not wait for. The kernel tells that
/// once. So the supervisor asks in the program's place where a connection that it watches has failed, and hands the answer over.
/// </summary>
internal sealed unsafe class SocketErrorHandler(HandlerContext context)
{
    public Outcome Handle(in Notification call)
    {
        if (context.Observer is not Observer observer || observer.Pending.IsEmpty)
        {
            return Response.Continue;
        }

        Errno error = context.Target.Duplicate(call, call.Int(0), out DuplicatedSocket socket);
        using (socket)
        {
            if (error != Errno.None || socket.GetLongOption(Linux.SOL_SOCKET, LibC.SO_COOKIE) is not ulong cookie
                || observer.Pending.Find(cookie) is not PendingResult pending || !context.Target.IsWaiting(call))
            {
                // Whatever is wrong here, the kernel may say.
                return Response.Continue;
            }

            switch (socket.TcpState)
            {
                case null or Linux.TCP_SYN_SENT or Linux.TCP_SYN_RECV:
                    return Response.Continue;
                case Linux.TCP_CLOSE:
                    return HandOver(call, socket, pending);
                default:
                    pending.Resolve(CallResult.Established);
                    return Response.Continue;
            }
        }
    }

    /// <summary>Carries the call out as the kernel does: the length is read first, and an errno that cannot be written is gone.</summary>
    private Response HandOver(in Notification call, in DuplicatedSocket socket, PendingResult pending)
    {
        _ = context.Pin(call, out PinnedMemory? memory);
        using (memory)
        {
            int length = 0;
            if (memory is null || memory.Read(call.Word(4), new Span<byte>(&length, sizeof(int))) != Errno.None || length < 0
                || socket.GetOption(Linux.SOL_SOCKET, Linux.SO_ERROR) is not int value)
            {
                return Response.Continue;
            }

            if (value != 0)
            {
                pending.Resolve(CallResult.Failed((Errno)value));
            }

            length = Math.Min(length, sizeof(int));
            Errno error = memory.Write(call.Word(3), new ReadOnlySpan<byte>(&value, length));
            error = error == Errno.None ? memory.Write(call.Word(4), new ReadOnlySpan<byte>(&length, sizeof(int))) : error;
            return error switch
            {
                Errno.None => Response.Result(0),
                Errno.ESRCH => Response.Nobody,
                _ => Response.Fail(Errno.EFAULT),
            };
        }
    }
}
