using BindToInterface.Policy;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Target;

/// <summary>
/// Connects a socket that sends no IP packets for a program: to the path that the program sees, with the program's rights. Or has it
/// listen. The other end sees the supervisor's process id.
/// </summary>
internal static class LocalConnector
{
    /// <summary>Connects. Where the other end has no room, that is EAGAIN, and not waited for.</summary>
    /// <param name="call">The call.</param>
    /// <param name="socket">The duplicate of its socket.</param>
    /// <param name="sockaddr">The address that was judged.</param>
    /// <param name="failed">What failed, where it was not the connect.</param>
    public static Errno Connect(in Notification call, in DuplicatedSocket socket, ReadOnlySpan<byte> sockaddr, out string? failed)
    {
        Errno error = Impersonation.Begin(call.Tid, takesCapabilities: true, out Impersonation acting, out failed);
        using (acting)
        {
            if (error != Errno.None)
            {
                return error;
            }

            error = LocalPath.Open(call, sockaddr, stackalloc byte[Sockaddr.MaximumLength], out LocalPath path, out failed);
            using (path)
            using (socket.WithoutWaiting())
            {
                return error == Errno.None ? socket.Connect(path.Sockaddr) : error;
            }
        }
    }

    /// <summary>Listens for a program.</summary>
    /// <param name="call">The call.</param>
    /// <param name="socket">The duplicate of its socket.</param>
    /// <param name="failed">What failed, where it was not the listen.</param>
    public static Errno Listen(in Notification call, in DuplicatedSocket socket, out string? failed)
    {
        Errno error = Impersonation.Begin(call.Tid, takesCapabilities: true, out Impersonation acting, out failed);
        using (acting)
        {
            return error != Errno.None ? error : socket.Listen(call.Int(1));
        }
    }
}
