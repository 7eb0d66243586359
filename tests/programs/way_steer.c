// Control messages that name an interface or an address to send from, and source routes.
#include "ways.h"

#include <netinet/ip6.h>

enum { ipv6_2292pktinfo = 2, ipv6_rthdr = 57, ip_retopts = 7, route_type_2 = 2, route_type_4 = 4 };

struct control {
    struct msghdr message;
    char buffer[256];
};

static void start(struct control *control, const struct target *to)
{
    memset(control, 0, sizeof *control);
    control->message.msg_control = control->buffer;
    if (to) {
        control->message.msg_name = (void *)&to->address;
        control->message.msg_namelen = to->length;
    }
}

// On a mapped destination the kernel wants a mapped address beside the interface.
static void add_pktinfo(struct control *control, const struct target *to, int index, const struct target *source)
{
    if (family_of(to) == AF_INET) {
        struct in_pktinfo info = { .ipi_ifindex = index };
        if (source->length)
            info.ipi_spec_dst = ((const struct sockaddr_in *)&source->address)->sin_addr;
        control_add(&control->message, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
    } else {
        struct in6_pktinfo info = { .ipi6_ifindex = index };
        if (source->length)
            info.ipi6_addr = ((const struct sockaddr_in6 *)&source->address)->sin6_addr;
        else if (IN6_IS_ADDR_V4MAPPED(&((const struct sockaddr_in6 *)&to->address)->sin6_addr))
            info.ipi6_addr.s6_addr[10] = info.ipi6_addr.s6_addr[11] = 0xff;
        control_add(&control->message, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
    }
}

static const struct target no_source;

static void pktinfo_device(const struct options *options)
{
    struct control control;
    start(&control, &options->to);
    add_pktinfo(&control, &options->to, interface_index(options->device), &no_source);
    send_message(options, open_udp(options), &control.message);
}

static void pktinfo_address(const struct options *options)
{
    struct control control;
    start(&control, &options->to);
    add_pktinfo(&control, &options->to, 0, &options->source);
    send_message(options, open_udp(options), &control.message);
}

static void pktinfo_device_and_address(const struct options *options)
{
    struct control control;
    start(&control, &options->to);
    add_pktinfo(&control, &options->to, interface_index(options->device), &options->source);
    send_message(options, open_udp(options), &control.message);
}

// Of two the kernel takes the last.
static void pktinfo_own_then_device(const struct options *options)
{
    struct control control;
    start(&control, &options->to);
    add_pktinfo(&control, &options->to, interface_index(options->own), &no_source);
    add_pktinfo(&control, &options->to, interface_index(options->device), &no_source);
    send_message(options, open_udp(options), &control.message);
}

static int connected_udp(const struct options *options)
{
    int fd = open_udp(options);
    check(sys_connect(fd, &options->to.address, options->to.length), "connect");
    return fd;
}

static void pktinfo_device_connected(const struct options *options)
{
    struct control control;
    start(&control, NULL);
    add_pktinfo(&control, &options->to, interface_index(options->device), &no_source);
    send_message(options, connected_udp(options), &control.message);
}

static void pktinfo_address_connected(const struct options *options)
{
    struct control control;
    start(&control, NULL);
    add_pktinfo(&control, &options->to, 0, &options->source);
    send_message(options, connected_udp(options), &control.message);
}

static void pktinfo_device_sendmmsg(const struct options *options)
{
    struct control control;
    struct iovec data = { "who\n", 4 };
    struct mmsghdr many = { 0 };
    int fd = open_udp(options);

    start(&control, &options->to);
    add_pktinfo(&control, &options->to, interface_index(options->device), &no_source);
    many.msg_hdr = control.message;
    many.msg_hdr.msg_iov = &data;
    many.msg_hdr.msg_iovlen = 1;
    check(sys_sendmmsg(fd, &many, 1, 0), "sendmmsg");
    print_outcome(options, fd);
}

// A mapped destination on an IPv6 socket also takes IPv4's own control message.
static void pktinfo_ipv4_on_mapped(const struct options *options)
{
    struct control control;
    struct in_pktinfo info = { .ipi_ifindex = interface_index(options->device) };
    start(&control, &options->to);
    control_add(&control.message, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
    send_message(options, open_udp(options), &control.message);
}

// The number of RFC 2292, which the kernel still takes for the same.
static void pktinfo_2292(const struct options *options)
{
    struct control control;
    struct in6_pktinfo info = { .ipi6_ifindex = interface_index(options->device) };
    start(&control, &options->to);
    control_add(&control.message, IPPROTO_IPV6, ipv6_2292pktinfo, &info, sizeof info);
    send_message(options, open_udp(options), &control.message);
}

static void pktinfo_ping_on(const struct options *options, int type)
{
    unsigned char packet[64];
    struct control control;
    struct target to = options->to;
    struct iovec data = { packet, echo_request(&to, packet) };

    if (family_of(&to) == AF_INET6)
        ((struct sockaddr_in6 *)&to.address)->sin6_port = 0;
    start(&control, &to);
    add_pktinfo(&control, &to, interface_index(options->device), &no_source);
    control.message.msg_iov = &data;
    control.message.msg_iovlen = 1;
    send_message(options, open_socket(options, type, ping_protocol(&to)), &control.message);
}

static void pktinfo_ping(const struct options *options)
{
    pktinfo_ping_on(options, SOCK_DGRAM);
}

static void pktinfo_raw(const struct options *options)
{
    pktinfo_ping_on(options, SOCK_RAW);
}

// A source route: the packet goes to --other first, whatever the address given to the kernel says.
// IPv4: loose source and record route. IPv6: a segment routing header (option), or type 2 (message).
static size_t source_route4(const struct options *options, unsigned char *route)
{
    const struct sockaddr_in *hop = (const void *)&options->other.address;
    memcpy(route, (unsigned char[]){ 131, 7, 4 }, 3);
    memcpy(route + 3, &hop->sin_addr, 4);
    route[7] = 0;
    return 8;
}

static size_t source_route6(const struct options *options, unsigned char type, unsigned char *route)
{
    const struct sockaddr_in6 *hop = (const void *)&options->other.address;
    size_t size = type == route_type_4 ? 40 : 24;

    memset(route, 0, size);
    route[1] = size / 8 - 1;
    route[2] = type;
    route[3] = 1;
    route[4] = type == route_type_4;
    memcpy(route + size - 16, &hop->sin6_addr, 16);
    return size;
}

static void source_route_option_then(const struct options *options, int fd)
{
    unsigned char route[64];
    if (family_of(&options->to) == AF_INET) {
        size_t size = source_route4(options, route);
        check(sys_setsockopt(fd, IPPROTO_IP, IP_OPTIONS, route, size), "setsockopt");
    } else {
        size_t size = source_route6(options, route_type_4, route);
        check(sys_setsockopt(fd, IPPROTO_IPV6, ipv6_rthdr, route, size), "setsockopt");
    }
}

static void source_route_option(const struct options *options)
{
    int fd = open_udp(options);
    source_route_option_then(options, fd);
    send_to(options, fd);
}

static void source_route_option_tcp(const struct options *options)
{
    int fd = open_socket(options, SOCK_STREAM | SOCK_NONBLOCK, 0);
    source_route_option_then(options, fd);
    if (sys_connect(fd, &options->to.address, options->to.length) < 0 && errno != EINPROGRESS)
        failed("connect");
    puts("sent");
}

static void source_route_message(const struct options *options)
{
    unsigned char route[64];
    struct control control;
    start(&control, &options->to);
    if (family_of(&options->to) == AF_INET)
        control_add(&control.message, IPPROTO_IP, ip_retopts, route, source_route4(options, route));
    else
        control_add(&control.message, IPPROTO_IPV6, ipv6_rthdr, route, source_route6(options, route_type_2, route));
    send_message(options, open_udp(options), &control.message);
}

// Takes CAP_NET_ADMIN or CAP_NET_RAW.
static void mark_message(const struct options *options)
{
    struct control control;
    uint32_t mark = 1;
    start(&control, &options->to);
    control_add(&control.message, SOL_SOCKET, SO_MARK, &mark, sizeof mark);
    send_message(options, open_udp(options), &control.message);
}

const struct way steer_ways[] = {
    { "pktinfo-device", pktinfo_device },
    { "pktinfo-address", pktinfo_address },
    { "pktinfo-device-and-address", pktinfo_device_and_address },
    { "pktinfo-own-then-device", pktinfo_own_then_device },
    { "pktinfo-device-connected", pktinfo_device_connected },
    { "pktinfo-address-connected", pktinfo_address_connected },
    { "pktinfo-device-sendmmsg", pktinfo_device_sendmmsg },
    { "pktinfo-ipv4-on-mapped", pktinfo_ipv4_on_mapped },
    { "pktinfo-2292", pktinfo_2292 },
    { "pktinfo-ping", pktinfo_ping },
    { "pktinfo-raw", pktinfo_raw },
    { "mark-message", mark_message },
    { "source-route-option", source_route_option },
    { "source-route-option-tcp", source_route_option_tcp },
    { "source-route-message", source_route_message },
    { 0 },
};
