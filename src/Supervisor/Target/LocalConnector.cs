using System.Globalization;
using System.Text;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Target;

/// <summary>
/// Connects a socket that sends no IP packets for a program: to the path that the program sees, with the program's rights. The other
/// end sees the supervisor's process id.
/// </summary>
internal static unsafe class LocalConnector
{
    private const int FamilyLength = 2;

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

            bool hasPath = BitConverter.ToUInt16(sockaddr) == Linux.AF_UNIX && sockaddr.Length > FamilyLength && sockaddr[FamilyLength] != 0;
            using SendTimeout timeout = socket.WithoutWaiting();
            return hasPath ? ConnectToPath(call.Tid, socket, sockaddr[FamilyLength..], out failed) : Connect(socket, sockaddr);
        }
    }

    private static Errno ConnectToPath(int tid, in DuplicatedSocket socket, ReadOnlySpan<byte> path, out string? failed)
    {
        int end = path.IndexOf((byte)0);
        path = end < 0 ? path : path[..end];
        bool isAbsolute = path[0] == '/';
        failed = null;
        using var from = DescriptorHandle.Open(
            string.Create(CultureInfo.InvariantCulture, $"/proc/{tid}/{(isAbsolute ? "root" : "cwd")}"), LibC.O_PATH | LibC.O_CLOEXEC);
        if (from.IsInvalid)
        {
            failed = "opening its directory";
            return Native.LastError;
        }

        Span<byte> name = stackalloc byte[path.Length + 1];
        path.CopyTo(name);
        name[path.Length] = 0;
        var how = new OpenHow { Flags = (ulong)(LibC.O_PATH | LibC.O_CLOEXEC), Resolve = isAbsolute ? (ulong)LibC.RESOLVE_IN_ROOT : 0 };
        fixed (byte* start = name)
        {
            using var file = new DescriptorHandle(Native.sys_openat2(from.Descriptor, start, &how));
            return file.IsInvalid ? Native.LastError : ConnectToFile(socket, file.Descriptor);
        }
    }

    /// <summary>A path may be longer than an address has room for; that of a descriptor is short.</summary>
    private static Errno ConnectToFile(in DuplicatedSocket socket, int file)
    {
        Span<byte> address = stackalloc byte[64];
        BitConverter.TryWriteBytes(address, (ushort)Linux.AF_UNIX);
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{file}\0");
        int length = FamilyLength + Encoding.ASCII.GetBytes(path, address[FamilyLength..]);
        return Connect(socket, address[..length]);
    }

    private static Errno Connect(in DuplicatedSocket socket, ReadOnlySpan<byte> sockaddr)
    {
        fixed (byte* address = sockaddr)
        {
            return LibC.connect(socket.Descriptor, (sockaddr*)address, (uint)sockaddr.Length) == 0 ? Errno.None : Native.LastError;
        }
    }
}
