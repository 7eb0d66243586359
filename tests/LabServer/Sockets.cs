using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace BindToInterface.LabServer;

/// <summary>Makes sockets by protocol number: the class library refuses numbers that it has no name for.</summary>
internal static partial class Sockets
{
    private const int AF_INET = 2;
    private const int AF_INET6 = 10;
    private const int SOCK_STREAM = 1;
    private const int SOCK_DGRAM = 2;
    private const int SOCK_CLOEXEC = 0x80000;

    public static Socket Create(AddressFamily family, SocketType type, int protocol)
    {
        var fd = socket(
            family == AddressFamily.InterNetwork ? AF_INET : AF_INET6,
            (type == SocketType.Stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC,
            protocol);
        return fd >= 0
            ? new Socket(new SafeSocketHandle(fd, ownsHandle: true))
            : throw new SocketException(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);
}
