using System.Runtime.InteropServices;
using BindToInterface.Policy;

namespace BindToInterface.Supervisor.Interop;

/// <summary>
/// Every native function that is called, with its C name, once. Functions that fail return -1 and leave
/// their error in <see cref="LastError"/>.
/// </summary>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    /// <summary>errno of the last failed call on this thread.</summary>
    public static Errno LastError => (Errno)Marshal.GetLastPInvokeError();

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint syscall(nint number, nint a, nint b, nint c, nint d);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int ioctl(int fd, nuint request, void* argument);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string path, int flags, uint mode);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int statx(int folder, string path, int flags, uint mask, Statx* status);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int close(int fd);

    /// <summary>Where struct linux_dirent64 has its length (an unsigned short) and its name (getdents(2)).</summary>
    public const int DirentLengthOffset = 16;
    public const int DirentNameOffset = 19;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint getdents64(int fd, void* buffer, nuint size);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int dup3(int fd, int newFd, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint read(int fd, void* buffer, nuint count);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint write(int fd, void* buffer, nuint count);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fcntl(int fd, int command, nint argument);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int poll(Pollfd* fds, nuint count, int timeoutMilliseconds);

    public const int AT_FDCWD = -100;
    public const int AT_EMPTY_PATH = 0x1000;
    public const uint STATX_INO = 0x100;

    public const int F_GETFD = 1;
    public const int F_GETFL = 3;
    public const int FD_CLOEXEC = 1;
    public const int O_WRONLY = 1;
    public const int O_RDWR = 2;
    public const int O_NOCTTY = 0x100;
    public const int O_CREAT = 0x40;
    public const int O_APPEND = 0x400;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x8_0000;

    public const short POLLIN = 1;
    public const short POLLOUT = 4;
    public const short POLLHUP = 0x10;
}
