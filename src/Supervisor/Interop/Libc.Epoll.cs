using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

// sys/epoll.h, sys/eventfd.h
internal static unsafe partial class Libc
{
    public const int EPOLL_CLOEXEC = 0x8_0000;
    public const int EPOLL_CTL_ADD = 1;
    public const int EPOLL_CTL_DEL = 2;

    /// <summary>The peer, or another thread of the program, has shut the receiving side down.</summary>
    public const uint EPOLLRDHUP = 0x2000;

    /// <summary>Tell of what is new, not of what still holds: an error queue that nobody reads would be told of for ever.</summary>
    public const uint EPOLLET = 0x8000_0000;

    public const int EFD_CLOEXEC = 0x8_0000;
    public const int EFD_NONBLOCK = 0x800;

    /// <summary>struct epoll_event is packed on x86-64 alone: the events, then 64 bits of the caller's own.</summary>
    public static readonly int EpollEventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    /// <summary>Where those 64 bits are.</summary>
    public static readonly int EpollDataOffset = EpollEventSize - sizeof(ulong);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int epoll_create1(int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int epoll_ctl(int epoll, int operation, int fd, byte* epollEvent);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int epoll_wait(int epoll, byte* events, int count, int timeoutMilliseconds);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int eventfd(uint value, int flags);
}
