using System.Globalization;
using BindToInterface.Policy;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>A socket of another process that makes no call now.</summary>
/// <param name="Pid">The process.</param>
/// <param name="Descriptor">The descriptor that it had there.</param>
/// <param name="Socket">The socket.</param>
internal readonly record struct SocketHolder(int Pid, int Descriptor, DiagnosedSocket Socket)
{
    /// <summary>Whether something is lost with it: a TCP socket that is connected, or about to be.</summary>
    public bool IsConnection => Socket.State is not (Linux.TCP_CLOSE or Linux.TCP_LISTEN);

    /// <summary>
    /// Which of these processes have which of these sockets. A socket that several have is one process's here. An IOException says that the
    /// supervisor lacks a descriptor to look into one.
    /// </summary>
    public static IEnumerable<SocketHolder> Among(IEnumerable<int> pids, IEnumerable<DiagnosedSocket> sockets)
    {
        // The kernel may tell of a socket twice that changes its state meanwhile.
        var wanted = sockets.DistinctBy(socket => socket.Inode).ToDictionary(socket => socket.Inode);
        foreach (int pid in pids)
        {
            foreach ((int descriptor, uint inode) in HeldSockets.Of(pid))
            {
                if (wanted.Remove(inode, out DiagnosedSocket socket))
                {
                    yield return new(pid, descriptor, socket);
                }
            }
        }
    }

    /// <summary>
    /// Binds it to an interface. Descriptor and process may mean something else by now: it is this socket if it has its cookie.
    /// </summary>
    /// <returns>None; EPERM without CAP_NET_RAW; ESRCH or EBADF where it is gone.</returns>
    public Errno Bind(uint index)
    {
        using var pidfd = new DescriptorHandle(Native.pidfd_open(Pid, 0));
        if (pidfd.IsInvalid)
        {
            return Native.LastError;
        }

        int duplicate = Native.pidfd_getfd(pidfd.Descriptor, Descriptor);
        if (duplicate < 0)
        {
            return Native.LastError;
        }

        using var socket = new DuplicatedSocket(duplicate);
        return socket.GetLongOption(Linux.SOL_SOCKET, LibC.SO_COOKIE) != Socket.Cookie ? Errno.EBADF
            : InterfaceBinder.TryBind(socket, index) ? Errno.None
            : Native.LastError;
    }
}
