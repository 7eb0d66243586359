using BindToInterface.Policy;
using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// Sends a program's sd_notify messages for it. To the service manager the supervisor is the main process:
/// messages are taken from it alone (NotifyAccess=main), and one that names another main process would make
/// the manager lose the exit status. Descriptors that go with a message go with the copy; where they cannot be duplicated the
/// program sends such a message itself.
/// </summary>
internal sealed unsafe class ServiceMessageRelay(HandlerContext context)
{
    private static readonly byte[] Manager =
        ServiceMessage.SockaddrOf(Environment.GetEnvironmentVariable("NOTIFY_SOCKET")) ?? [];

    /// <summary>Whether a message is for the service manager.</summary>
    public static bool IsFor(ReadOnlySpan<byte> sockaddr) => ServiceMessage.IsTo(sockaddr, Manager);

    /// <summary>Sends it; what cannot be sent here is left to the kernel.</summary>
    public Response Send(in Notification call, ReadOnlySpan<byte> message, ReadOnlySpan<byte> control, int flags)
    {
        Span<byte> copy = context.Scratch.Steered;
        int length = ServiceMessage.WithMainPid(message, LibC.getpid(), copy);
        Span<int> theirs = stackalloc int[UnixControl.MaximumDescriptors];
        bool isValid = UnixControl.TryRead(control, call.Layout, theirs, out int count, out _);
        Errno error = context.Target.Duplicate(call, call.Int(0), out DuplicatedSocket socket);
        if (error == Errno.ENOKEY && SocketWithoutCopy.KindOf(call) == SocketKind.Local)
        {
            // Where copies are kept there is none of it. The manager asks who sends, not by which socket.
            error = DuplicatedSocket.Local(out socket);
        }

        Errno lost = PassedDescriptors.Duplicate(
            context.Target, call, theirs[..count], stackalloc int[UnixControl.MaximumDescriptors], out PassedDescriptors passed);
        using (socket)
        using (passed)
        {
            return length >= 0 && isValid && error == Errno.None && lost == Errno.None
                && context.Target.IsWaiting(call)
                && TrySend(socket, copy[..length], passed.Descriptors, flags)
                    ? Response.Result(message.Length)
                    : Response.Continue;
        }
    }

    /// <summary>Sends with the supervisor's credentials, which the kernel adds for a receiver that wants them.</summary>
    private static bool TrySend(in DuplicatedSocket socket, ReadOnlySpan<byte> message, ReadOnlySpan<int> descriptors, int flags)
    {
        Span<byte> control = stackalloc byte[UnixControl.MaximumLength];
        int controlLength = UnixControl.Write(descriptors, null, control);
        fixed (byte* payload = message)
        {
            var whole = new iovec { iov_base = payload, iov_len = (size_t)message.Length };
            return socket.Send(Manager, control[..controlLength], whole, flags, out _) == Errno.None;
        }
    }
}
