using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

// sys/socket.h, netinet/in.h, net/if.h, ifaddrs.h, linux/rtnetlink.h
internal static unsafe partial class Libc
{
    public const int AF_UNIX = 1;
    public const int AF_INET = 2;
    public const int AF_INET6 = 10;
    public const int AF_NETLINK = 16;

    public const int NETLINK_ROUTE = 0;
    public const int NETLINK_SOCK_DIAG = 4;
    public const uint RTMGRP_LINK = 1;
    public const uint RTMGRP_IPV4_IFADDR = 0x10;
    public const uint RTMGRP_IPV6_IFADDR = 0x100;

    public const int SOCK_STREAM = 1;
    public const int SOCK_DGRAM = 2;
    public const int SOCK_RAW = 3;
    public const int SOCK_SEQPACKET = 5;
    public const int SOCK_CLOEXEC = 0x80000;

    public const int IPPROTO_ICMP = 1;
    public const int IPPROTO_TCP = 6;
    public const int TCP_INFO = 11;
    public const byte TCP_CLOSE = 7;
    public const byte TCP_LISTEN = 10;
    public const int IPPROTO_UDP = 17;
    public const int IPPROTO_ICMPV6 = 58;
    public const int IPPROTO_UDPLITE = 136;

    public const int SOL_SOCKET = 1;
    public const int SO_TYPE = 3;
    public const int SO_RCVTIMEO = 20;
    public const int SO_SNDTIMEO = 21;
    public const int SO_BINDTODEVICE = 25;
    public const int SO_MARK = 36;
    public const int SO_PROTOCOL = 38;
    public const int SO_COOKIE = 57;
    public const int SO_ZEROCOPY = 60;

    /// <summary>Since Linux 5.1.</summary>
    public const int SO_BINDTOIFINDEX = 62;

    /// <summary>Since Linux 5.14.</summary>
    public const int SO_NETNS_COOKIE = 71;

    public const int SOL_IP = 0;
    public const int IP_TOS = 1;
    public const int IP_HDRINCL = 3;
    public const int IP_BIND_ADDRESS_NO_PORT = 24;
    public const int IP_MULTICAST_IF = 32;

    public const int SOL_IPV6 = 41;
    public const int IPV6_V6ONLY = 26;
    public const int IPV6_HDRINCL = 36;
    public const int IPV6_TCLASS = 67;

    public const int MSG_PROBE = 0x10;
    public const int MSG_DONTWAIT = 0x40;
    public const int MSG_NOSIGNAL = 0x4000;
    public const int MSG_MORE = 0x8000;
    public const int MSG_ZEROCOPY = 0x400_0000;
    public const int MSG_FASTOPEN = 0x2000_0000;

    /// <summary>linux/socket.h: set by the kernel for calls of 32-bit programs.</summary>
    public const int MSG_CMSG_COMPAT = unchecked((int)0x8000_0000);

    public const uint SIOCGIFNAME = 0x8910;
    public const uint SIOCGIFINDEX = 0x8933;
    public const uint IFF_BROADCAST = 0x2;
    public const uint IFF_LOOPBACK = 0x8;
    public const uint IFF_NOARP = 0x80;

    public const int IFNAMSIZ = 16;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int connect(int fd, byte* address, uint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bind(int fd, byte* address, uint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getsockname(int fd, byte* address, uint* length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getpeername(int fd, byte* address, uint* length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getsockopt(int fd, int level, int name, void* value, uint* length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setsockopt(int fd, int level, int name, void* value, uint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint sendmsg(int fd, MsghdrNative* message, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint recvfrom(int fd, void* buffer, nuint length, int flags, byte* address, uint* addressLength);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getifaddrs(Ifaddrs** list);

    [LibraryImport(Library)]
    internal static partial void freeifaddrs(Ifaddrs* list);
}
