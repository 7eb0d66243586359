// Datagrams with an address, and TCP Fast Open: sendto and sendmsg.
#include "ways.h"

#include <netinet/tcp.h>
#include <netinet/udp.h>

static void sendto_udp(const struct options *options)
{
    send_to(options, open_udp(options));
}

static void sendto_udp_bound_port(const struct options *options)
{
    struct target any = any_address(family_of(&options->to));
    send_to(options, bind_to(open_udp(options), &any));
}

static void sendto_udp_bound_address(const struct options *options)
{
    send_to(options, bind_to(open_udp(options), &options->source));
}

static int connected_elsewhere(const struct options *options)
{
    int fd = open_udp(options);
    check(sys_connect(fd, &options->other.address, options->other.length), "first-connect");
    return fd;
}

// The reply comes from another address than the connected one, so that the kernel drops it.
static void sendto_udp_connected_elsewhere(const struct options *options)
{
    send_to(options, connected_elsewhere(options));
}

static void sendto_udplite(const struct options *options)
{
    send_to(options, open_socket(options, SOCK_DGRAM, IPPROTO_UDPLITE));
}

static void sendto_ping(const struct options *options)
{
    unsigned char packet[64];
    size_t size = echo_request(&options->to, packet);
    int fd = open_socket(options, SOCK_DGRAM, ping_protocol(&options->to));
    check(sys_sendto(fd, packet, size, 0, &options->to.address, options->to.length), "sendto");
    print_outcome(options, fd);
}

static void sendmsg_ping(const struct options *options)
{
    unsigned char packet[64];
    struct iovec data = { packet, echo_request(&options->to, packet) };
    struct msghdr message = {
        .msg_name = (void *)&options->to.address, .msg_namelen = options->to.length,
        .msg_iov = &data, .msg_iovlen = 1,
    };
    send_message(options, open_socket(options, SOCK_DGRAM, ping_protocol(&options->to)), &message);
}

// The kernel reads family 0 as IPv4 on an IPv4 datagram socket; on an IPv6 one, as no address.
static void sendto_unspec_family(const struct options *options)
{
    struct options unspecified = *options;
    unspecified.to.address.ss_family = AF_UNSPEC;
    send_to(&unspecified, open_udp(options));
}

static void sendto_unspec_family_connected(const struct options *options)
{
    struct options unspecified = *options;
    int fd = connected_elsewhere(options);
    unspecified.to.address.ss_family = AF_UNSPEC;
    send_to(&unspecified, fd);
}

// An IPv6 datagram socket takes an IPv4 address as it is.
static void sendto_inet_on_inet6(const struct options *options)
{
    int fd = (int)sys_socket(AF_INET6, SOCK_DGRAM, 0);
    check(fd, "socket");
    send_to(options, fd);
}

static void sendmsg_udp(const struct options *options)
{
    struct msghdr message = { .msg_name = (void *)&options->to.address, .msg_namelen = options->to.length };
    send_message(options, open_udp(options), &message);
}

static void sendmsg_udp_connected_elsewhere(const struct options *options)
{
    struct msghdr message = { .msg_name = (void *)&options->to.address, .msg_namelen = options->to.length };
    send_message(options, connected_elsewhere(options), &message);
}

// With a null address both go to the connected one.
static void sendmsg_no_address(const struct options *options)
{
    struct msghdr message = { 0 };
    int fd = open_udp(options);
    check(sys_connect(fd, &options->to.address, options->to.length), "connect");
    send_message(options, fd, &message);
}

// The first datagram's address is kept until the cork is pulled; the second carries another.
static void sendto_corked(const struct options *options)
{
    int fd = open_udp(options), on = 1, off = 0;
    check(sys_setsockopt(fd, IPPROTO_UDP, UDP_CORK, &on, sizeof on), "cork");
    check(sys_sendto(fd, "who", 3, 0, &options->to.address, options->to.length), "sendto");
    check(sys_sendto(fd, "\n", 1, 0, &options->other.address, options->other.length), "second-sendto");
    check(sys_setsockopt(fd, IPPROTO_UDP, UDP_CORK, &off, sizeof off), "uncork");
    print_outcome(options, fd);
}

static void sendto_more(const struct options *options)
{
    int fd = open_udp(options);
    check(sys_sendto(fd, "who", 3, MSG_MORE, &options->to.address, options->to.length), "sendto");
    check(sys_sendto(fd, "\n", 1, 0, NULL, 0), "second-sendto");
    print_outcome(options, fd);
}

// A connected TCP socket ignores the address.
static void sendto_connected_tcp(const struct options *options)
{
    int fd = open_socket(options, SOCK_STREAM, 0);
    check(sys_connect(fd, &options->to.address, options->to.length), "connect");
    check(sys_sendto(fd, "who\n", 4, MSG_NOSIGNAL, &options->other.address, options->other.length), "sendto");
    print_outcome(options, fd);
}

// Without MSG_FASTOPEN the kernel refuses, however the address reads.
static void sendto_unconnected_tcp(const struct options *options)
{
    int fd = open_socket(options, SOCK_STREAM, 0);
    check(sys_sendto(fd, "who\n", 4, MSG_NOSIGNAL, &options->to.address, options->to.length), "sendto");
    print_outcome(options, fd);
}

// The first round fetches the cookie; with it, the second one's data leaves in the SYN.
static void sendto_fastopen(const struct options *options)
{
    for (int round = 0; round < 2; round++) {
        int fd = open_socket(options, SOCK_STREAM, 0);
        check(sys_sendto(fd, "who\n", 4, MSG_FASTOPEN | MSG_NOSIGNAL, &options->to.address, options->to.length), "sendto");
        print_outcome(options, fd);
        close(fd);
    }
}

static void sendmsg_fastopen(const struct options *options)
{
    struct iovec data = { "who\n", 4 };
    struct msghdr message = {
        .msg_name = (void *)&options->to.address, .msg_namelen = options->to.length,
        .msg_iov = &data, .msg_iovlen = 1,
    };
    for (int round = 0; round < 2; round++) {
        int fd = open_socket(options, SOCK_STREAM, 0);
        check(sys_sendmsg(fd, &message, MSG_FASTOPEN | MSG_NOSIGNAL), "sendmsg");
        print_outcome(options, fd);
        close(fd);
    }
}

static void sendto_fastopen_bound_address(const struct options *options)
{
    int fd = bind_to(open_socket(options, SOCK_STREAM, 0), &options->source);
    check(sys_sendto(fd, "who\n", 4, MSG_FASTOPEN | MSG_NOSIGNAL, &options->to.address, options->to.length), "sendto");
    print_outcome(options, fd);
}

// Data beside the address reaches the far side whole: several pieces, other control messages kept.
static void sendmsg_pieces(const struct options *options)
{
    struct iovec data[] = { { "w", 1 }, { NULL, 0 }, { "h", 1 }, { "o\n", 2 } };
    struct msghdr message = {
        .msg_name = (void *)&options->to.address, .msg_namelen = options->to.length,
        .msg_iov = data, .msg_iovlen = 4,
    };
    send_message(options, open_udp(options), &message);
}

// The hop limit that the control message asks for is on the packet, for a counter to see.
static void sendmsg_hop_limit(const struct options *options)
{
    char control[64] = { 0 };
    struct msghdr message = {
        .msg_name = (void *)&options->to.address, .msg_namelen = options->to.length, .msg_control = control,
    };
    int hops = 77;
    if (family_of(&options->to) == AF_INET)
        control_add(&message, IPPROTO_IP, IP_TTL, &hops, sizeof hops);
    else
        control_add(&message, IPPROTO_IPV6, IPV6_HOPLIMIT, &hops, sizeof hops);
    send_message(options, open_udp(options), &message);
}

// The kernel's own mark of a 32-bit structure, which sendto takes no notice of.
static void sendto_compat_flag(const struct options *options)
{
    int fd = open_udp(options);
    check(sys_sendto(fd, "who\n", 4, (int)0x80000000, &options->to.address, options->to.length), "sendto");
    print_outcome(options, fd);
}

const struct way send_ways[] = {
    { "sendto-compat-flag", sendto_compat_flag },
    { "sendto-udp", sendto_udp },
    { "sendto-udp-bound-port", sendto_udp_bound_port },
    { "sendto-udp-bound-address", sendto_udp_bound_address },
    { "sendto-udp-connected-elsewhere", sendto_udp_connected_elsewhere },
    { "sendto-udplite", sendto_udplite },
    { "sendto-ping", sendto_ping },
    { "sendto-unspec-family", sendto_unspec_family },
    { "sendto-unspec-family-connected", sendto_unspec_family_connected },
    { "sendto-inet-on-inet6", sendto_inet_on_inet6 },
    { "sendto-corked", sendto_corked },
    { "sendto-more", sendto_more },
    { "sendto-connected-tcp", sendto_connected_tcp },
    { "sendto-unconnected-tcp", sendto_unconnected_tcp },
    { "sendto-fastopen", sendto_fastopen },
    { "sendto-fastopen-bound-address", sendto_fastopen_bound_address },
    { "sendmsg-udp", sendmsg_udp },
    { "sendmsg-udp-connected-elsewhere", sendmsg_udp_connected_elsewhere },
    { "sendmsg-no-address", sendmsg_no_address },
    { "sendmsg-ping", sendmsg_ping },
    { "sendmsg-fastopen", sendmsg_fastopen },
    { "sendmsg-pieces", sendmsg_pieces },
    { "sendmsg-hop-limit", sendmsg_hop_limit },
    { 0 },
};
