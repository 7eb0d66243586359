// Raw sockets, with and without a header of the program's own.
#include "ways.h"

#include <netinet/ip.h>
#include <netinet/ip6.h>

enum { ipv6_hdrincl = 36, ipv6_checksum = 7 };

struct udp_header {
    uint16_t source, destination, length, checksum;
};

static in_port_t *port_of(struct target *target)
{
    return family_of(target) == AF_INET ? &((struct sockaddr_in *)&target->address)->sin_port
                                        : &((struct sockaddr_in6 *)&target->address)->sin6_port;
}

// An ordinary socket that hears the answer to a datagram made by hand.
static int open_listener(const struct options *options, in_port_t *port)
{
    struct target any = any_address(family_of(&options->to));
    int fd = bind_to(open_udp(options), &any);
    check(getsockname(fd, (void *)&any.address, &any.length), "getsockname");
    *port = *port_of(&any);
    return fd;
}

static uint32_t add_up(uint32_t sum, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < size; i++)
        sum += i & 1 ? bytes[i] : bytes[i] << 8;
    return sum;
}

static size_t udp_datagram(const struct options *options, in_port_t from, unsigned char *packet)
{
    static const char text[] = "who\n";
    struct target to = options->to;
    struct udp_header header = { from, *port_of(&to), htons(sizeof header + 4), 0 };

    memcpy(packet, &header, sizeof header);
    memcpy(packet + sizeof header, text, 4);
    return sizeof header + 4;
}

// A raw IPv6 destination has port 0 or the protocol as its port.
static void send_raw(int fd, const struct target *to, const void *packet, size_t size)
{
    struct target portless = *to;
    *port_of(&portless) = 0;
    check(sys_sendto(fd, packet, size, 0, &portless.address, portless.length), "sendto");
}

static void raw_ping(const struct options *options)
{
    unsigned char packet[64];
    size_t size = echo_request(&options->to, packet);
    int fd = open_socket(options, SOCK_RAW, ping_protocol(&options->to));
    send_raw(fd, &options->to, packet, size);
    print_outcome(options, fd);
}

static void raw_ping_sendmsg(const struct options *options)
{
    unsigned char packet[64];
    struct target portless = options->to;
    struct iovec data = { packet, echo_request(&options->to, packet) };
    struct msghdr message = {
        .msg_name = &portless.address, .msg_namelen = portless.length, .msg_iov = &data, .msg_iovlen = 1,
    };
    *port_of(&portless) = 0;
    send_message(options, open_socket(options, SOCK_RAW, ping_protocol(&options->to)), &message);
}

static void raw_udp(const struct options *options)
{
    unsigned char packet[64];
    in_port_t port;
    int answers = open_listener(options, &port), checksum_at = 6;
    int fd = open_socket(options, SOCK_RAW, IPPROTO_UDP);
    size_t size = udp_datagram(options, port, packet);

    if (family_of(&options->to) == AF_INET6)
        check(setsockopt(fd, IPPROTO_IPV6, ipv6_checksum, &checksum_at, sizeof checksum_at), "setsockopt");
    send_raw(fd, &options->to, packet, size);
    print_outcome(options, answers);
}

// Raw IPv4 reads family 0 as IPv4, and so does raw IPv6 as IPv6.
static void raw_unspec_family(const struct options *options)
{
    unsigned char packet[64];
    size_t size = echo_request(&options->to, packet);
    struct target to = options->to;
    int fd = open_socket(options, SOCK_RAW, ping_protocol(&options->to));

    *port_of(&to) = 0;
    to.address.ss_family = AF_UNSPEC;
    check(sys_sendto(fd, packet, size, 0, &to.address, to.length), "sendto");
    print_outcome(options, fd);
}

// IPv4: the kernel fills in the source, the length and the checksum.
static size_t packet4(const struct options *options, in_port_t port, unsigned char *packet)
{
    struct ip header = { .ip_hl = 5, .ip_v = 4, .ip_ttl = 64, .ip_p = IPPROTO_UDP };
    header.ip_dst = ((const struct sockaddr_in *)&options->to.address)->sin_addr;
    memcpy(packet, &header, sizeof header);
    return sizeof header + udp_datagram(options, port, packet + sizeof header);
}

// IPv6: the kernel fills in nothing. The source is --source.
static size_t packet6(const struct options *options, in_port_t port, unsigned char *packet)
{
    struct ip6_hdr header = { 0 };
    unsigned char *udp = packet + sizeof header;
    size_t size = udp_datagram(options, port, udp);

    header.ip6_vfc = 0x60;
    header.ip6_plen = htons(size);
    header.ip6_nxt = IPPROTO_UDP;
    header.ip6_hlim = 64;
    header.ip6_src = ((const struct sockaddr_in6 *)&options->source.address)->sin6_addr;
    header.ip6_dst = ((const struct sockaddr_in6 *)&options->to.address)->sin6_addr;
    memcpy(packet, &header, sizeof header);
    uint32_t sum = add_up(IPPROTO_UDP + size, &header.ip6_src, 32);
    sum = add_up(sum, udp, size);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    ((struct udp_header *)udp)->checksum = htons((uint16_t)~sum);
    return sizeof header + size;
}

static size_t whole_packet(const struct options *options, in_port_t port, unsigned char *packet)
{
    return family_of(&options->to) == AF_INET ? packet4(options, port, packet) : packet6(options, port, packet);
}

static int open_with_header(const struct options *options, int protocol)
{
    int on = 1, fd = open_socket(options, SOCK_RAW, protocol);
    bool four = family_of(&options->to) == AF_INET;
    if (protocol != IPPROTO_RAW)
        check(sys_setsockopt(fd, four ? IPPROTO_IP : IPPROTO_IPV6, four ? IP_HDRINCL : ipv6_hdrincl, &on, sizeof on), "setsockopt");
    return fd;
}

static void raw_header_of(const struct options *options, int protocol)
{
    unsigned char packet[128];
    in_port_t port;
    int answers = open_listener(options, &port), fd = open_with_header(options, protocol);
    send_raw(fd, &options->to, packet, whole_packet(options, port, packet));
    print_outcome(options, answers);
}

static void raw_header(const struct options *options)
{
    raw_header_of(options, IPPROTO_UDP);
}

static void raw_header_protocol_raw(const struct options *options)
{
    raw_header_of(options, IPPROTO_RAW);
}

// The address given to the kernel routes the packet; the one in its header is where it goes.
static void raw_header_disguised(const struct options *options)
{
    unsigned char packet[128];
    int fd = open_with_header(options, IPPROTO_UDP);
    send_raw(fd, &options->other, packet, whole_packet(options, htons(9), packet));
    puts("sent");
}

static void raw_header_connected_disguised(const struct options *options)
{
    unsigned char packet[128];
    int fd = open_with_header(options, IPPROTO_UDP);
    size_t size = whole_packet(options, htons(9), packet);
    check(sys_connect(fd, &options->other.address, options->other.length), "connect");
    check(write(fd, packet, size), "write");
    puts("sent");
}

// The header is announced once the socket is connected; IPv6 knows the option at a second level too.
static void raw_header_late_disguised(const struct options *options)
{
    unsigned char packet[128];
    int on = 1, fd = open_socket(options, SOCK_RAW, IPPROTO_UDP);
    bool four = family_of(&options->to) == AF_INET;
    size_t size = whole_packet(options, htons(9), packet);

    check(sys_connect(fd, &options->other.address, options->other.length), "connect");
    check(sys_setsockopt(fd, four ? IPPROTO_IP : IPPROTO_RAW, four ? IP_HDRINCL : ipv6_hdrincl, &on, sizeof on), "setsockopt");
    check(write(fd, packet, size), "write");
    puts("sent");
}

const struct way raw_ways[] = {
    { "raw-ping", raw_ping },
    { "raw-ping-sendmsg", raw_ping_sendmsg },
    { "raw-udp", raw_udp },
    { "raw-unspec-family", raw_unspec_family },
    { "raw-header", raw_header },
    { "raw-header-protocol-raw", raw_header_protocol_raw },
    { "raw-header-disguised", raw_header_disguised },
    { "raw-header-connected-disguised", raw_header_connected_disguised },
    { "raw-header-late-disguised", raw_header_late_disguised },
    { 0 },
};
