// Which sockets open at all: every family, the legacy spellings, and arguments with their high bits set.
#include "ways.h"

#include <netpacket/packet.h>

enum { sock_packet = 10, eth_p_all = 3, eth_p_ip = 0x0800 };

// One line for each family and type: "family 17 type 3 ERRNO", or "ok".
static void families(const struct options *options)
{
    static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_RDM, SOCK_SEQPACKET, sock_packet };
    (void)options;
    for (int family = 0; family <= 50; family++)
        for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
            int fd = (int)sys_socket(family, types[i] | SOCK_CLOEXEC, 0);
            printf("family %d type %d %s\n", family, types[i], fd < 0 ? errno_name(errno) : "ok");
            if (fd >= 0)
                close(fd);
        }
}

// The kernel reads 32 bits of the family: what a 64-bit comparison would call unknown, or allow.
static void family_high_bits(const struct options *options)
{
    (void)options;
#if defined(__LP64__)
    long fd = syscall(SYS_socket, AF_PACKET | 1L << 32, SOCK_RAW | 1L << 32, htons(eth_p_all));
    check(fd, "socket");
    puts("ok");
#else
    puts("no high bits");
#endif
}

static void send_frame(const struct options *options, int fd)
{
    unsigned char frame[20 + 8] = { 0x45, [3] = 28, [8] = 64, [9] = IPPROTO_UDP, [23] = 9, [25] = 8 };
    struct sockaddr_ll to = {
        .sll_family = AF_PACKET, .sll_protocol = htons(eth_p_ip), .sll_ifindex = interface_index(options->device),
        .sll_halen = 6, .sll_addr = { 255, 255, 255, 255, 255, 255 },
    };
    check(sys_sendto(fd, frame, sizeof frame, 0, &to, sizeof to), "sendto");
    puts("sent");
}

static void packet(const struct options *options)
{
    int fd = (int)sys_socket(AF_PACKET, SOCK_DGRAM, htons(eth_p_ip));
    check(fd, "socket");
    send_frame(options, fd);
}

// Linux 2.0's spelling of a packet socket, which the kernel still reads as AF_PACKET.
static void packet_by_inet(const struct options *options)
{
    (void)options;
    check(sys_socket(AF_INET, sock_packet | SOCK_CLOEXEC, htons(eth_p_all)), "socket");
    puts("ok");
}

// Arguments of connect and sendto whose high halves the kernel ignores.
static void connect_high_bits(const struct options *options)
{
#if defined(__LP64__)
    int fd = open_udp(options);
    check(syscall(SYS_connect, fd | 1L << 32, &options->to.address, options->to.length | 1L << 32), "connect");
    check(send(fd, "who\n", 4, 0), "send");
    print_outcome(options, fd);
#else
    connect_to(options, open_udp(options));
#endif
}

static void sendto_high_bits(const struct options *options)
{
#if defined(__LP64__)
    int fd = open_udp(options);
    check(syscall(SYS_sendto, fd | 1L << 32, "who\n", 4L, 1L << 32, &options->to.address, options->to.length | 1L << 32), "sendto");
    print_outcome(options, fd);
#else
    send_to(options, open_udp(options));
#endif
}

const struct way family_ways[] = {
    { "families", families },
    { "family-high-bits", family_high_bits },
    { "packet", packet },
    { "packet-by-inet", packet_by_inet },
    { "connect-high-bits", connect_high_bits },
    { "sendto-high-bits", sendto_high_bits },
    { 0 },
};
