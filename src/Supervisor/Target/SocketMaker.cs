using BindToInterface.Policy;
using BindToInterface.Policy.Plans;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Target;

/// <summary>
/// Makes a socket for a program, as the program itself would get it: of its user, and only where its groups and capabilities allow
/// it. Only a raw socket asks for a capability, in the user namespace that owns the network.
/// </summary>
internal static class SocketMaker
{
    /// <summary>Makes a socket. Whose thread it was is certain only once the call is answered (<see cref="Listener.Hand"/>).</summary>
    /// <param name="call">The call.</param>
    /// <param name="request">What to ask the kernel for.</param>
    /// <param name="socket">The socket.</param>
    /// <param name="failed">What failed, where it was not the program's request.</param>
    /// <returns>The kernel's answer to the request, or why this thread cannot act for the program.</returns>
    public static Errno Make(in Notification call, in SocketRequest request, out DuplicatedSocket socket, out string? failed)
    {
        socket = new DuplicatedSocket(-1);
        Errno error = Impersonation.Begin(call.Tid, takesCapabilities: request.Type == Linux.SOCK_RAW, out Impersonation acting, out failed);
        using (acting)
        {
            return error == Errno.None ? Make(request, out socket, out failed) : error;
        }
    }

    private static Errno Make(in SocketRequest request, out DuplicatedSocket socket, out string? failed)
    {
        int flags = Linux.SOCK_CLOEXEC | (request.IsNonBlocking ? Linux.SOCK_NONBLOCK : 0);
        int descriptor = LibC.socket(request.Domain, request.Type | flags, request.Protocol);
        Errno error = descriptor >= 0 ? Errno.None : Native.LastError;
        socket = new DuplicatedSocket(descriptor);
        // A limit of the supervisor's, and not of the program's.
        failed = error == Errno.EMFILE ? "socket" : null;
        return error;
    }
}
