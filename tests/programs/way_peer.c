// Connected sockets that turn to another destination; and peers that the kernel does not tell.
#include "ways.h"

#include <netinet/ip.h>
#include <netinet/ip6.h>

enum { ipv6_hdrincl = 36, msg_zerocopy = 0x4000000, so_cnx_advice = 53 };

static const char question[] = "who\n";

static int connected(const struct options *options, int type, int protocol)
{
    int fd = open_socket(options, type, protocol);
    check(sys_connect(fd, &options->to.address, options->to.length), "connect");
    return fd;
}

static void ask_peer(const struct options *options, int fd)
{
    check(send(fd, question, sizeof question - 1, MSG_NOSIGNAL), "send");
    print_outcome(options, fd);
}

// Whatever comes of the other destination, the peer is asked afterwards.
static void peer_after_sendto(const struct options *options)
{
    int fd = connected(options, SOCK_DGRAM, 0);
    sys_sendto(fd, question, sizeof question - 1, 0, &options->other.address, options->other.length);
    ask_peer(options, fd);
}

static void peer_after_connect(const struct options *options)
{
    int fd = connected(options, SOCK_DGRAM, 0);
    if (sys_connect(fd, &options->other.address, options->other.length) == 0)
        puts("connected");
    ask_peer(options, fd);
}

static void peer_after_connect_tcp(const struct options *options)
{
    int fd = connected(options, SOCK_STREAM, 0);
    if (sys_connect(fd, &options->other.address, options->other.length) == 0)
        puts("connected");
    ask_peer(options, fd);
}

// Has the kernel forget the route that a connected socket keeps, by one option or another.
static void forget_route(const struct options *options, int fd)
{
    int tos = 0x10, mark = 1, negative = 1;
    if (family_of(&options->to) == AF_INET)
        check(sys_setsockopt(fd, IPPROTO_IP, IP_TOS, &tos, sizeof tos), "IP_TOS");
    else if (sys_setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof mark) < 0)
        check(sys_setsockopt(fd, SOL_SOCKET, so_cnx_advice, &negative, sizeof negative), "SO_CNX_ADVICE");
}

// getpeername tells no peer whose port is 0.
static void portless_pktinfo_on(const struct options *options, int fd)
{
    unsigned char packet[64];
    char buffer[64] = { 0 };
    struct iovec data = { packet, echo_request(&options->to, packet) };
    struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = buffer };

    if (family_of(&options->to) == AF_INET) {
        struct in_pktinfo info = { .ipi_ifindex = interface_index(options->device) };
        control_add(&message, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
    } else {
        struct in6_pktinfo info = { .ipi6_ifindex = interface_index(options->device) };
        control_add(&message, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
    }
    send_message(options, fd, &message);
}

static void portless_pktinfo(const struct options *options)
{
    portless_pktinfo_on(options, connected(options, SOCK_DGRAM, ping_protocol(&options->to)));
}

static void portless_forgotten_pktinfo(const struct options *options)
{
    int fd = connected(options, SOCK_DGRAM, ping_protocol(&options->to));
    forget_route(options, fd);
    portless_pktinfo_on(options, fd);
}

static void portless_forgotten_pktinfo_udp(const struct options *options)
{
    int fd = connected(options, SOCK_DGRAM, 0);
    forget_route(options, fd);
    portless_pktinfo_on(options, fd);
}

// Nobody to send to, whatever interface is named.
static void unconnected_pktinfo(const struct options *options)
{
    portless_pktinfo_on(options, open_udp(options));
}

static void unconnected_pktinfo_ping(const struct options *options)
{
    portless_pktinfo_on(options, open_socket(options, SOCK_DGRAM, ping_protocol(&options->to)));
}

static void announce_headers(const struct options *options, int fd)
{
    bool four = family_of(&options->to) == AF_INET;
    int on = 1;
    check(sys_setsockopt(fd, four ? IPPROTO_IP : IPPROTO_IPV6, four ? IP_HDRINCL : ipv6_hdrincl, &on, sizeof on), "setsockopt");
    puts("headers");
}

static void portless_header(const struct options *options)
{
    announce_headers(options, connected(options, SOCK_RAW, IPPROTO_UDP));
}

static void portless_forgotten_header(const struct options *options)
{
    int fd = connected(options, SOCK_RAW, IPPROTO_UDP);
    forget_route(options, fd);
    announce_headers(options, fd);
}

// The peer, whose port is 0, is sent to after an excluded destination was.
static void portless_forgotten_sendto(const struct options *options)
{
    unsigned char packet[64];
    size_t size = echo_request(&options->to, packet);
    int fd = connected(options, SOCK_DGRAM, ping_protocol(&options->to));
    forget_route(options, fd);
    sys_sendto(fd, packet, size, 0, &options->other.address, options->other.length);
    check(send(fd, packet, size, MSG_NOSIGNAL), "send");
    puts("sent");
}

static void portless_forgotten_sendto_udp(const struct options *options)
{
    int fd = connected(options, SOCK_DGRAM, 0);
    forget_route(options, fd);
    sys_sendto(fd, question, sizeof question - 1, 0, &options->other.address, options->other.length);
    check(send(fd, question, sizeof question - 1, MSG_NOSIGNAL), "send");
    puts("sent");
}

// A raw IPv6 socket sends IPv6 to such an address.
static void raw_mapped(const struct options *options)
{
    int fd = open_socket(options, SOCK_RAW, IPPROTO_UDP);
    check(sys_sendto(fd, question, sizeof question - 1, 0, &options->to.address, options->to.length), "sendto");
    puts("sent");
}

// Raw IPv6 takes a family of 0, and ignores MSG_ZEROCOPY.
static void raw_zerocopy(const struct options *options)
{
    struct target to = options->to;
    int fd = open_socket(options, SOCK_RAW, IPPROTO_UDP);
    to.address.ss_family = AF_UNSPEC;
    check(sys_sendto(fd, question, sizeof question - 1, msg_zerocopy, &to.address, to.length), "sendto");
    puts("sent");
}

const struct way peer_ways[] = {
    { "peer-after-sendto", peer_after_sendto },
    { "peer-after-connect", peer_after_connect },
    { "peer-after-connect-tcp", peer_after_connect_tcp },
    { "portless-pktinfo", portless_pktinfo },
    { "portless-forgotten-pktinfo", portless_forgotten_pktinfo },
    { "portless-forgotten-pktinfo-udp", portless_forgotten_pktinfo_udp },
    { "portless-forgotten-sendto", portless_forgotten_sendto },
    { "portless-forgotten-sendto-udp", portless_forgotten_sendto_udp },
    { "portless-forgotten-header", portless_forgotten_header },
    { "unconnected-pktinfo", unconnected_pktinfo },
    { "unconnected-pktinfo-ping", unconnected_pktinfo_ping },
    { "portless-header", portless_header },
    { "raw-mapped", raw_mapped },
    { "raw-zerocopy", raw_zerocopy },
    { 0 },
};
