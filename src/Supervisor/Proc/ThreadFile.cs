using System.Globalization;
using System.Text.Unicode;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Proc;

/// <summary>The files of a thread in /proc, by paths that are made on the stack: they are used for each stopped call.</summary>
internal static unsafe class ThreadFile
{
    /// <summary>Room for the longest path: "/proc/4194304/fd/2147483647".</summary>
    private const int PathLength = 48;

    /// <summary>Room for "socket:[4294967295]", and "net:[4026531840]".</summary>
    private const int LinkLength = 32;

    /// <summary>Opens /proc/TID/mem to read it.</summary>
    /// <returns>The descriptor, which the caller closes; -1 with the error in <see cref="Native.LastError"/>.</returns>
    public static int OpenMemory(int tid)
    {
        Span<byte> path = stackalloc byte[PathLength];
        _ = Utf8.TryWrite(path, CultureInfo.InvariantCulture, $"/proc/{tid}/mem\0", out _);
        return Open(path);
    }

    /// <summary>Opens /proc/TID/status.</summary>
    /// <returns>The descriptor, which the caller closes; -1 with the error in <see cref="Native.LastError"/>.</returns>
    public static int OpenStatus(int tid)
    {
        Span<byte> path = stackalloc byte[PathLength];
        _ = Utf8.TryWrite(path, CultureInfo.InvariantCulture, $"/proc/{tid}/status\0", out _);
        return Open(path);
    }

    /// <summary>The inode of the socket that a descriptor of a thread means. A socket keeps it as long as it lives.</summary>
    /// <returns>None; EBADF where there is no such descriptor, or no such thread; ENOTSOCK; EACCES where the thread may not be looked into.</returns>
    public static Errno SocketInode(int tid, int descriptor, out uint inode)
    {
        inode = 0;
        if (descriptor < 0)
        {
            return Errno.EBADF;
        }

        Span<byte> path = stackalloc byte[PathLength];
        WriteDescriptor(path, tid, descriptor);
        Errno error = ReadLink(path, "socket"u8, out inode);
        return error switch
        {
            Errno.ENOENT => Errno.EBADF,
            Errno.EINVAL => Errno.ENOTSOCK,
            _ => error,
        };
    }

    /// <summary>The inode of the network namespace that a thread is in: the same for all that are in it.</summary>
    /// <returns>None; ENOENT where there is no such thread; EACCES where it may not be looked into.</returns>
    public static Errno NetworkNamespaceInode(int tid, out uint inode)
    {
        Span<byte> path = stackalloc byte[PathLength];
        _ = Utf8.TryWrite(path, CultureInfo.InvariantCulture, $"/proc/{tid}/ns/net\0", out _);
        return ReadLink(path, "net"u8, out inode);
    }

    /// <summary>The kernel's name of a socket's protocol, such as TCPv6 or UNIX-STREAM (an attribute of the socket's file).</summary>
    /// <returns>The length of the name; 0 where it cannot be had.</returns>
    public static int SocketProtocol(int tid, int descriptor, Span<byte> room)
    {
        Span<byte> path = stackalloc byte[PathLength];
        WriteDescriptor(path, tid, descriptor);
        fixed (byte* name = path, attribute = "system.sockprotoname\0"u8, value = room)
        {
            // With the zero at its end.
            return (int)Math.Max(0, Native.getxattr(name, attribute, value, (nuint)room.Length) - 1);
        }
    }

    private static int Open(ReadOnlySpan<byte> path)
    {
        fixed (byte* name = path)
        {
            return LibC.open(name, LibC.O_CLOEXEC, 0);
        }
    }

    private static void WriteDescriptor(Span<byte> path, int tid, int descriptor) =>
        _ = Utf8.TryWrite(path, CultureInfo.InvariantCulture, $"/proc/{tid}/fd/{descriptor}\0", out _);

    /// <summary>Reads a link; EINVAL where it is of another kind.</summary>
    private static Errno ReadLink(ReadOnlySpan<byte> path, ReadOnlySpan<byte> kind, out uint inode)
    {
        inode = 0;
        Span<byte> link = stackalloc byte[LinkLength];
        nint length;
        fixed (byte* name = path, target = link)
        {
            length = (nint)(long)LibC.readlink(name, target, LinkLength);
        }

        return length < 0 ? Native.LastError : InodeLink.TryParse(link[..(int)length], kind, out inode) ? Errno.None : Errno.EINVAL;
    }
}
