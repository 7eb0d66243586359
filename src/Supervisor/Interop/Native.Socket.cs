using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

// sys/socket.h, netinet/in.h, net/if.h, ifaddrs.h, netdb.h, linux/rtnetlink.h
internal static unsafe partial class Native
{
    public const int NETLINK_ROUTE = 0;
    public const int NETLINK_SOCK_DIAG = 4;
    public const uint RTMGRP_LINK = 1;
    public const uint RTMGRP_IPV4_IFADDR = 0x10;
    public const uint RTMGRP_IPV4_ROUTE = 0x40;
    public const uint RTMGRP_IPV6_IFADDR = 0x100;
    public const uint RTMGRP_IPV6_ROUTE = 0x400;

    /// <summary>Since Linux 5.14.</summary>
    public const int SO_NETNS_COOKIE = 71;

    public const int MSG_PROBE = 0x10;

    /// <summary>linux/socket.h: set by the kernel for calls of 32-bit programs.</summary>
    public const int MSG_CMSG_COMPAT = unchecked((int)0x8000_0000);

    public const int IFNAMSIZ = 16;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getifaddrs(Ifaddrs** list);

    [LibraryImport(Library)]
    internal static partial void freeifaddrs(Ifaddrs* list);

    /// <summary>0, or an EAI_ error that <see cref="gai_strerror"/> explains.</summary>
    [LibraryImport(Library)]
    internal static partial int getaddrinfo(byte* node, byte* service, Addrinfo* hints, Addrinfo** result);

    [LibraryImport(Library)]
    internal static partial void freeaddrinfo(Addrinfo* result);

    [LibraryImport(Library)]
    internal static partial byte* gai_strerror(int error);
}
