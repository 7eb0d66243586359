using System.Runtime.InteropServices;
using BindToInterface.Policy;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Interop;

/// <summary>
/// What Tmds.LibC lacks of libc, of the kernel and of the runtime's native library: every native function with its C name,
/// once. Functions that fail return -1 and leave their error in <see cref="LastError"/>, as those of Tmds.LibC do.
/// </summary>
internal static unsafe partial class Native
{
    private const string Library = "libc";

    /// <summary>errno of the last failed call on this thread.</summary>
    public static Errno LastError => (Errno)Marshal.GetLastPInvokeError();

    /// <summary>Tmds.LibC has a poll that does not keep its error.</summary>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int poll(pollfd* fds, nuint count, int timeoutMilliseconds);

    /// <summary>Where struct linux_dirent64 has its length (an unsigned short) and its name (getdents(2)).</summary>
    public const int DirentLengthOffset = 16;
    public const int DirentNameOffset = 19;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint getdents64(int fd, void* buffer, nuint size);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rename(string from, string to);

    private static int Call(int number, nint a, nint b, nint c = 0, nint d = 0) =>
        (int)(ssize_t)LibC.syscall(number, (void*)a, (void*)b, (void*)c, (void*)d);
}
