using System.Text;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Status;

/// <summary>The calls on Unix sockets that the status needs (unix(7)).</summary>
internal static unsafe class StatusSocket
{
    private const int MaximumPath = 108;

    /// <summary>A stream socket; invalid where there is none, with the error in <see cref="Native.LastError"/>.</summary>
    public static DescriptorHandle Open() => new(LibC.socket(Linux.AF_UNIX, Linux.SOCK_STREAM | Linux.SOCK_CLOEXEC, 0));

    public static Errno Bind(DescriptorHandle socket, string path)
    {
        byte* name = stackalloc byte[sizeof(ushort) + MaximumPath];
        uint length = Write(path, name);
        return LibC.bind(socket.Descriptor, (sockaddr*)name, length) == 0 ? Errno.None : Native.LastError;
    }

    public static Errno Connect(DescriptorHandle socket, string path)
    {
        byte* name = stackalloc byte[sizeof(ushort) + MaximumPath];
        uint length = Write(path, name);
        return LibC.connect(socket.Descriptor, (sockaddr*)name, length) == 0 ? Errno.None : Native.LastError;
    }

    /// <summary>Process and user at the other end, as the kernel knows them (SO_PEERCRED); null where it does not tell.</summary>
    public static (int Pid, uint User)? Peer(DescriptorHandle socket)
    {
        // struct ucred: pid, uid, gid.
        int* credentials = stackalloc int[3];
        uint length = 3 * sizeof(int);
        return LibC.getsockopt(socket.Descriptor, Linux.SOL_SOCKET, LibC.SO_PEERCRED, credentials, (socklen_t*)&length) == 0
            ? (credentials[0], (uint)credentials[1])
            : null;
    }

    /// <summary>How long connect and receive wait.</summary>
    public static void SetPatience(DescriptorHandle socket, int seconds)
    {
        // struct timeval.
        long* patience = stackalloc long[2] { seconds, 0 };
        _ = LibC.setsockopt(socket.Descriptor, Linux.SOL_SOCKET, LibC.SO_RCVTIMEO, patience, 2 * sizeof(long));
        _ = LibC.setsockopt(socket.Descriptor, Linux.SOL_SOCKET, LibC.SO_SNDTIMEO, patience, 2 * sizeof(long));
    }

    private static uint Write(string path, byte* sockaddr)
    {
        *(ushort*)sockaddr = Linux.AF_UNIX;
        int length = Encoding.UTF8.GetBytes(path, new Span<byte>(sockaddr + sizeof(ushort), MaximumPath - 1));
        sockaddr[sizeof(ushort) + length] = 0;
        return (uint)(sizeof(ushort) + length + 1);
    }
}
