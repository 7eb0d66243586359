// Socket options that name an interface, or that take the binding away.
#include "ways.h"

enum { ip_unicast_if = 50, ipv6_unicast_if = 76, so_bindtoifindex = 62 };

static void name_unicast_interface(const struct options *options, int fd)
{
    uint32_t index = htonl(interface_index(options->device));
    bool four = family_of(&options->to) == AF_INET;
    check(sys_setsockopt(fd, four ? IPPROTO_IP : IPPROTO_IPV6, four ? ip_unicast_if : ipv6_unicast_if, &index, sizeof index), "setsockopt");
}

static void unicast_if(const struct options *options)
{
    int fd = open_udp(options);
    name_unicast_interface(options, fd);
    send_to(options, fd);
}

static void unicast_if_connect(const struct options *options)
{
    int fd = open_udp(options);
    name_unicast_interface(options, fd);
    connect_to(options, fd);
}

// The IPv4 option on an IPv6 socket steers its mapped destinations.
static void unicast_if_ipv4_on_mapped(const struct options *options)
{
    uint32_t index = htonl(interface_index(options->device));
    int fd = open_udp(options);
    check(sys_setsockopt(fd, IPPROTO_IP, ip_unicast_if, &index, sizeof index), "setsockopt");
    send_to(options, fd);
}

static void sticky_pktinfo(const struct options *options)
{
    struct in6_pktinfo info = { .ipi6_ifindex = interface_index(options->device) };
    int fd = open_udp(options);
    check(sys_setsockopt(fd, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info), "setsockopt");
    send_to(options, fd);
}

static void sticky_pktinfo_address(const struct options *options)
{
    struct in6_pktinfo info = { .ipi6_addr = ((const struct sockaddr_in6 *)&options->source.address)->sin6_addr };
    int fd = open_udp(options);
    check(sys_setsockopt(fd, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info), "setsockopt");
    send_to(options, fd);
}

static void bind_to_device(int fd, const char *device)
{
    check(sys_setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, strlen(device)), "setsockopt");
}

static void bind_to_index(int fd, const char *device)
{
    int index = interface_index(device);
    check(sys_setsockopt(fd, SOL_SOCKET, so_bindtoifindex, &index, sizeof index), "setsockopt");
}

static void bind_device_sendto(const struct options *options)
{
    int fd = open_udp(options);
    bind_to_device(fd, options->device);
    send_to(options, fd);
}

static void bind_device_connect_tcp(const struct options *options)
{
    int fd = open_socket(options, SOCK_STREAM, 0);
    bind_to_device(fd, options->device);
    connect_to(options, fd);
}

static void bind_index_sendto(const struct options *options)
{
    int fd = open_udp(options);
    bind_to_index(fd, options->device);
    send_to(options, fd);
}

static void bind_index_connect_tcp(const struct options *options)
{
    int fd = open_socket(options, SOCK_STREAM, 0);
    bind_to_index(fd, options->device);
    connect_to(options, fd);
}

// The binding that a connection got is changed afterwards; then the socket sends.
static void rebind_connected(const struct options *options, void (*bind_socket)(int, const char *), const char *device)
{
    int fd = open_udp(options);
    check(sys_connect(fd, &options->to.address, options->to.length), "connect");
    bind_socket(fd, device);
    check(send(fd, "who\n", 4, 0), "send");
    print_outcome(options, fd);
}

static void unbind_device(const struct options *options)
{
    rebind_connected(options, bind_to_device, "");
}

static void unbind_index(const struct options *options)
{
    rebind_connected(options, bind_to_index, "");
}

static void rebind_device(const struct options *options)
{
    rebind_connected(options, bind_to_device, options->device);
}

static void rebind_index(const struct options *options)
{
    rebind_connected(options, bind_to_index, options->device);
}

// The kernel also takes a name with a length beyond its end, and one that is cut off at 15.
static void bind_device_padded(const struct options *options)
{
    char name[64] = { 0 };
    int fd = open_udp(options);
    snprintf(name, sizeof name, "%s", options->device);
    check(sys_setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, sizeof name), "setsockopt");
    send_to(options, fd);
}

// A bind to a link-local address that this host does not have fails, and binds the socket to the
// interface of its scope all the same (kernel: __inet6_bind).
static int misbound(const struct options *options, int type)
{
    struct target nobody;
    char text[64];
    int fd = open_socket(options, type, 0);

    snprintf(text, sizeof text, "fe80::dead%%%s", options->device);
    parse_target(text, "0", &nobody);
    if (bind(fd, (const void *)&nobody.address, nobody.length) == 0)
        failed("no failure of bind");
    return fd;
}

static void misbound_sendto(const struct options *options)
{
    send_to(options, misbound(options, SOCK_DGRAM));
}

static void misbound_connect(const struct options *options)
{
    connect_to(options, misbound(options, SOCK_DGRAM));
}

const struct way option_ways[] = {
    { "unicast-if", unicast_if },
    { "unicast-if-connect", unicast_if_connect },
    { "unicast-if-ipv4-on-mapped", unicast_if_ipv4_on_mapped },
    { "sticky-pktinfo", sticky_pktinfo },
    { "sticky-pktinfo-address", sticky_pktinfo_address },
    { "bind-device-sendto", bind_device_sendto },
    { "bind-device-connect-tcp", bind_device_connect_tcp },
    { "bind-device-padded", bind_device_padded },
    { "bind-index-sendto", bind_index_sendto },
    { "bind-index-connect-tcp", bind_index_connect_tcp },
    { "unbind-device", unbind_device },
    { "unbind-index", unbind_index },
    { "rebind-device", rebind_device },
    { "rebind-index", rebind_index },
    { "misbound-sendto", misbound_sendto },
    { "misbound-connect", misbound_connect },
    { 0 },
};
