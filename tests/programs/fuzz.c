// Random arguments for the calls that a supervisor traps, and what the kernel answers:
//   fuzz SEED FIRST COUNT OWN OTHER [bind]
// A line per case, "NUMBER CALL=RESULT…", the same for the same seed. OWN and OTHER are interfaces.
// With `bind` each IP socket is bound to OWN by the program itself, and no option names an interface.
// A call whose arguments a supervisor may refuse by policy (another interface is named, the family or
// protocol is not allowed, the destination is this machine) is marked: "CALL!=RESULT".
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { most_messages = 4, most_pieces = 6, control_size = 192 };

static uint64_t state;
static unsigned own, other;
static bool bound;
static const char *own_name, *other_name;
static char payload[70000];

static uint32_t draw(uint32_t below)
{
    // splitmix64
    uint64_t z = (state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (uint32_t)((z ^ (z >> 31)) % below);
}

static bool chance(uint32_t percent)
{
    return draw(100) < percent;
}

static void draw_bytes(void *place, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((unsigned char *)place)[i] = (unsigned char)draw(256);
}

static void report(const char *call, bool marked, long result)
{
    if (result < 0)
        printf(" %s%s=-%d", call, marked ? "!" : "", errno);
    else
        printf(" %s%s=%ld", call, marked ? "!" : "", result);
}

// --- interfaces and addresses --------------------------------------------------------------------

static unsigned draw_interface(bool *marked)
{
    switch (draw(6)) {
        case 0: *marked = true; return other;
        case 1: *marked = true; return 4000 + draw(9);
        case 2: case 3: return own;
        default: return 0;
    }
}

// Served by both internets, silent, LAN, own, private, multicast, broadcast, this machine.
static const char *const addresses4[] = {
    "198.51.100.1", "198.51.100.2", "203.0.113.53", "198.51.100.99", "8.8.8.8", "10.8.0.1", "192.168.77.9",
    "192.168.77.1", "172.16.5.5", "100.64.1.1", "239.1.2.3", "224.0.0.1", "255.255.255.255", "10.8.0.255",
    "192.168.77.255", "240.0.0.1", "0.1.2.3",
};
static const char *const machine4[] = { "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.8.0.2", "192.168.77.2" };
static const char *const addresses6[] = {
    "2001:db8:1::1", "2001:db8:1::2", "2001:db8:53::6", "2001:db8:ffff::1", "fd00:8::1", "fd00:77::1", "ff02::1",
    "ff0e::77", "ff05::1:3", "fe80::1", "fec0::1", "100::1", "64:ff9b::c633:6401", "::198.51.100.1",
};
static const char *const machine6[] = { "::1", "::", "fd00:8::2", "fd00:77::2", "::ffff:127.0.0.1", "::ffff:0.0.0.0" };
#define ANY_OF(list) (list)[draw(sizeof(list) / sizeof *(list))]

static in_addr_t draw4(bool *marked)
{
    in_addr_t address;
    if (chance(15)) {
        *marked = true;
        return inet_addr(ANY_OF(machine4));
    }
    if (chance(70))
        return inet_addr(ANY_OF(addresses4));
    draw_bytes(&address, sizeof address);
    *marked |= (ntohl(address) >> 24) == 127;
    return address;
}

static struct in6_addr draw6(bool *marked)
{
    struct in6_addr address;
    if (chance(15)) {
        *marked = true;
        inet_pton(AF_INET6, ANY_OF(machine6), &address);
    } else if (chance(25)) {
        in_addr_t four = draw4(marked);
        inet_pton(AF_INET6, "::ffff:0.0.0.0", &address);
        memcpy(&address.s6_addr[12], &four, sizeof four);
    } else if (chance(70)) {
        inet_pton(AF_INET6, ANY_OF(addresses6), &address);
    } else {
        draw_bytes(&address, sizeof address);
    }
    return address;
}

struct drawn_address {
    struct sockaddr_storage bytes;
    socklen_t length;
    bool marked;
};

static void draw_address(struct drawn_address *drawn, int family)
{
    struct sockaddr_in *four = (struct sockaddr_in *)&drawn->bytes;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&drawn->bytes;
    static const int odd_families[] = { AF_UNSPEC, AF_UNIX, AF_NETLINK, AF_PACKET, 255, 65535 };

    memset(drawn, 0, sizeof *drawn);
    if (chance(8))
        draw_bytes(&drawn->bytes, sizeof drawn->bytes);
    if (chance(10))
        family = family == AF_INET ? AF_INET6 : AF_INET;
    if (family == AF_INET) {
        four->sin_addr.s_addr = draw4(&drawn->marked);
        four->sin_port = htons(chance(90) ? 9 : draw(65536));
        drawn->length = sizeof *four;
    } else {
        six->sin6_addr = draw6(&drawn->marked);
        six->sin6_port = htons(chance(90) ? 9 : draw(65536));
        six->sin6_scope_id = draw_interface(&drawn->marked);
        if (chance(20))
            draw_bytes(&six->sin6_flowinfo, 4);
        drawn->length = sizeof *six;
    }
    drawn->bytes.ss_family = family;
    if (chance(10))
        drawn->bytes.ss_family = ANY_OF(odd_families);
    if (chance(15))
        drawn->length = draw(140);
    if (chance(3))
        drawn->length = draw(2) ? 0x7fffffff : 0xffffffff;
}

// --- sockets and options -------------------------------------------------------------------------

struct drawn_socket { int fd, family, type; };

static int open_other(void)
{
    switch (draw(5)) {
        case 0: return open("/dev/null", O_RDWR);
        case 1: return epoll_create1(0);
        case 2: return socket(AF_UNIX, SOCK_DGRAM, 0);
        case 3: return socket(AF_NETLINK, SOCK_RAW, 0);
        default: return -1;
    }
}

static struct drawn_socket draw_socket(void)
{
    static const int protocols[][2] = {
        { SOCK_DGRAM, 0 }, { SOCK_DGRAM, 0 }, { SOCK_DGRAM, 0 }, { SOCK_STREAM, 0 }, { SOCK_DGRAM, IPPROTO_UDPLITE },
        { SOCK_DGRAM, IPPROTO_ICMP }, { SOCK_DGRAM, IPPROTO_ICMPV6 }, { SOCK_RAW, IPPROTO_UDP },
    };
    struct drawn_socket drawn = { .family = draw(2) ? AF_INET : AF_INET6 };
    const int *protocol = ANY_OF(protocols);

    if (chance(4)) {
        drawn.fd = open_other();
        return drawn;
    }
    drawn.type = protocol[0];
    drawn.fd = socket(drawn.family, protocol[0] | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol[1]);
    report("socket", false, drawn.fd < 0 ? -1 : 0);
    if (bound && drawn.fd >= 0)
        report("bind-device", true, setsockopt(drawn.fd, SOL_SOCKET, SO_BINDTODEVICE, own_name, strlen(own_name)));
    return drawn;
}

// Any family, type and protocol. What else than IP it opens is closed again.
static void try_socket(void)
{
    static const int families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, 38 };
    static const int protocols[] = { 0, 0, 1, 6, 17, 33, 58, 115, 132, 136, 255, 256, 262, 263, -1 };
    int family = chance(50) ? ANY_OF(families) : (int)draw(60) - 5;
    int type = chance(80) ? (int)draw(6) : (int)draw(1 << 20), protocol = ANY_OF(protocols);
    bool marked = type == 10 || protocol > 255;

    if (family != AF_UNIX && family != AF_INET && family != AF_INET6 && family != AF_NETLINK && family != 38)
        marked = true;
    long fd = syscall(SYS_socket, family, type, protocol);
    report("any-socket", marked, fd < 0 ? fd : 0);
    if (fd >= 0)
        close((int)fd);
}

static long set(int fd, int level, int name, const void *value, socklen_t length)
{
    return syscall(SYS_setsockopt, fd, level, name, value, length);
}

static void name_interface(int fd, int family)
{
    bool marked = true;
    unsigned index = draw_interface(&marked), network_order = htonl(index);
    struct ip_mreqn request = { .imr_multiaddr.s_addr = inet_addr("239.1.2.3"), .imr_ifindex = (int)index };
    struct ipv6_mreq request6 = { .ipv6mr_interface = index };
    struct in6_pktinfo sticky = { .ipi6_ifindex = index };
    socklen_t cut = chance(20) ? draw(5) : 0;

    inet_pton(AF_INET6, "ff0e::77", &request6.ipv6mr_multiaddr);
    if (chance(30))
        request.imr_address.s_addr = draw4(&marked);
    if (chance(30))
        sticky.ipi6_addr = draw6(&marked);
    switch (draw(9)) {
        case 0: report("device", true, set(fd, SOL_SOCKET, SO_BINDTODEVICE, draw(2) ? own_name : other_name, cut ? cut : 5)); break;
        case 1: report("device-index", true, set(fd, SOL_SOCKET, 62, &index, 4 - cut)); break;
        case 2: report("unicast", true, set(fd, IPPROTO_IP, 50, &network_order, 4 - cut)); break;
        case 3: report("unicast6", true, set(fd, IPPROTO_IPV6, 76, &network_order, 4 - cut)); break;
        case 4: report("multicast", true, set(fd, IPPROTO_IP, IP_MULTICAST_IF, &request, sizeof request - cut * 2)); break;
        case 5: report("multicast6", true, set(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &index, 4 - cut)); break;
        case 6: report("join", true, set(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request - cut)); break;
        case 7: report("join6", true, set(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &request6, sizeof request6 - cut)); break;
        default: report("sticky", true, set(fd, IPPROTO_IPV6, IPV6_PKTINFO, &sticky, sizeof sticky - cut)); break;
    }
    (void)family;
}

// Options by number, with values that make no sense: those that name interfaces have their own function.
static void set_any_option(int fd)
{
    static const int levels[] = { SOL_SOCKET, IPPROTO_IP, IPPROTO_IPV6, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_RAW, IPPROTO_ICMPV6 };
    static const int naming[][2] = {
        { SOL_SOCKET, SO_BINDTODEVICE }, { SOL_SOCKET, 62 }, { IPPROTO_IP, 50 }, { IPPROTO_IPV6, 76 }, { IPPROTO_IP, 32 },
        { IPPROTO_IPV6, 17 }, { IPPROTO_IPV6, 50 }, { IPPROTO_IPV6, 2 },
    };
    unsigned char value[64];
    int level = ANY_OF(levels), name = (int)draw(90);
    socklen_t length = chance(80) ? 4 : draw(sizeof value);
    bool marked = (level == IPPROTO_IP && (name == IP_OPTIONS || (name >= 33 && name <= 48)))
        || (level == IPPROTO_IPV6 && ((name >= 20 && name <= 30) || (name >= 42 && name <= 48)));

    for (size_t i = 0; i < sizeof naming / sizeof *naming; i++)
        if (naming[i][0] == level && naming[i][1] == name)
            return;
    if (chance(70)) {
        memset(value, 0, sizeof value);
        value[0] = (unsigned char)draw(3);
    } else {
        draw_bytes(value, sizeof value);
    }
    char call[32];
    snprintf(call, sizeof call, "option-%d-%d", level, name);
    report(call, marked, set(fd, level, name, chance(3) ? (void *)8 : value, length));
}

// --- control messages ----------------------------------------------------------------------------

static size_t add_control(char *buffer, size_t used, int level, int type, const void *data, size_t size)
{
    struct cmsghdr header = { .cmsg_len = CMSG_LEN(size), .cmsg_level = level, .cmsg_type = type };
    if (used + CMSG_SPACE(size) > control_size)
        return used;
    if (chance(5))
        header.cmsg_len = draw(64);
    if (chance(1))
        header.cmsg_len = (size_t)-1 - draw(16);
    memset(buffer + used, 0, CMSG_SPACE(size));
    memcpy(buffer + used, &header, sizeof header);
    memcpy(buffer + used + CMSG_LEN(0), data, size);
    return used + CMSG_SPACE(size);
}

static size_t draw_control(char *buffer, bool *marked)
{
    size_t used = 0;
    if (chance(5)) {
        draw_bytes(buffer, control_size);
        return draw(control_size);
    }
    for (uint32_t left = draw(4); left > 0; left--) {
        int number = (int)draw(300);
        unsigned char noise[32];
        struct in_pktinfo info = { .ipi_ifindex = (int)draw_interface(marked) };
        struct in6_pktinfo info6 = { .ipi6_ifindex = draw_interface(marked) };
        draw_bytes(noise, sizeof noise);
        if (chance(30)) {
            info.ipi_spec_dst.s_addr = draw4(marked);
            info6.ipi6_addr = draw6(marked);
            *marked = true; // an address to send from may be another interface's
        }
        switch (draw(8)) {
            case 0: case 1: used = add_control(buffer, used, IPPROTO_IP, IP_PKTINFO, &info, sizeof info); break;
            case 2: case 3: used = add_control(buffer, used, IPPROTO_IPV6, chance(80) ? IPV6_PKTINFO : 2, &info6, sizeof info6); break;
            case 4: used = add_control(buffer, used, IPPROTO_IP, draw(2) ? IP_TTL : IP_TOS, &number, sizeof number); break;
            case 5: used = add_control(buffer, used, IPPROTO_IPV6, draw(2) ? IPV6_HOPLIMIT : IPV6_TCLASS, &number, sizeof number); break;
            case 6: used = add_control(buffer, used, IPPROTO_UDP, 103, &number, draw(2) ? 2 : 4); break;
            default:
                *marked = true; // routing headers and IP options among them
                used = add_control(buffer, used, draw(45), draw(70), noise, draw(sizeof noise));
        }
    }
    return chance(5) ? draw(control_size) : used;
}

// --- calls ---------------------------------------------------------------------------------------

static size_t draw_size(void)
{
    return chance(80) ? draw(40) : chance(80) ? draw(3000) : draw(sizeof payload);
}

static int draw_flags(void)
{
    static const int flags[] = { MSG_MORE, MSG_CONFIRM, MSG_DONTROUTE, MSG_OOB, MSG_FASTOPEN, MSG_EOR, 0x10, 0x40000000, 0x80000 };
    return MSG_NOSIGNAL | MSG_DONTWAIT | (chance(15) ? ANY_OF(flags) : 0);
}

struct drawn_message {
    struct drawn_address name;
    struct iovec pieces[most_pieces];
    char control[control_size];
    bool marked;
};

static void draw_message(struct drawn_message *drawn, struct msghdr *message, int family)
{
    memset(message, 0, sizeof *message);
    drawn->marked = false;
    draw_address(&drawn->name, family);
    if (chance(85)) {
        message->msg_name = chance(98) ? (void *)&drawn->name.bytes : (void *)8;
        message->msg_namelen = drawn->name.length;
        drawn->marked |= drawn->name.marked;
    }
    message->msg_iov = chance(99) ? drawn->pieces : (void *)8;
    message->msg_iovlen = chance(98) ? draw(most_pieces + 1) : 1025 + draw(9);
    for (size_t i = 0; i < most_pieces; i++) {
        drawn->pieces[i].iov_base = chance(98) ? payload : (void *)8;
        drawn->pieces[i].iov_len = chance(98) ? draw_size() / 3 : (size_t)-1 / (1 + draw(3));
    }
    if (chance(50)) {
        message->msg_control = chance(98) ? drawn->control : (void *)8;
        message->msg_controllen = draw_control(drawn->control, &drawn->marked);
        if (chance(2))
            message->msg_controllen = (size_t)-1 - draw(99);
    }
    message->msg_flags = (int)draw(1000);
}

static void try_sendmmsg(int fd, int family)
{
    static struct drawn_message drawn[most_messages];
    struct mmsghdr messages[most_messages];
    unsigned count = draw(most_messages + 1);
    bool marked = false;

    for (unsigned i = 0; i < most_messages; i++) {
        draw_message(&drawn[i], &messages[i].msg_hdr, family);
        messages[i].msg_len = 77;
        marked |= drawn[i].marked;
    }
    long sent = syscall(SYS_sendmmsg, fd, messages, count, draw_flags());
    report("sendmmsg", marked, sent);
    for (unsigned i = 0; i < count; i++)
        printf(",%u", messages[i].msg_len);
}

static void try_call(const struct drawn_socket *drawn)
{
    static struct drawn_message message;
    struct msghdr header;
    struct drawn_address address;
    int fd = drawn->fd;

    draw_address(&address, drawn->family);
    void *place = chance(98) ? (void *)&address.bytes : (void *)8;
    switch (draw(8)) {
        case 0: case 1:
            report("connect", address.marked, syscall(SYS_connect, fd, place, address.length));
            break;
        case 2: case 3:
            report("sendto", address.marked, syscall(SYS_sendto, fd, chance(98) ? payload : (char *)8, draw_size(), draw_flags(), place, address.length));
            break;
        case 4: case 5:
            draw_message(&message, &header, drawn->family);
            report("sendmsg", message.marked, syscall(SYS_sendmsg, fd, chance(99) ? &header : (void *)8, draw_flags()));
            break;
        case 6:
            try_sendmmsg(fd, drawn->family);
            break;
        default:
            report("send", false, send(fd, payload, draw_size(), draw_flags()));
    }
}

static void run_case(uint64_t seed, unsigned number)
{
    state = seed * 1000003 + number;
    draw(2);
    printf("%u", number);
    if (chance(10))
        try_socket();
    struct drawn_socket drawn = draw_socket();
    if (chance(40))
        set_any_option(drawn.fd);
    if (!bound && chance(30))
        name_interface(drawn.fd, drawn.family);
    if (chance(20)) {
        struct drawn_address local;
        draw_address(&local, drawn.family);
        if (drawn.family == AF_INET)
            ((struct sockaddr_in *)&local.bytes)->sin_port = 0;
        else
            ((struct sockaddr_in6 *)&local.bytes)->sin6_port = 0;
        report("bind", false, bind(drawn.fd, (void *)&local.bytes, local.length));
    }
    for (uint32_t calls = 1 + draw(3); calls > 0; calls--)
        try_call(&drawn);
    puts("");
    if (drawn.fd >= 0)
        close(drawn.fd);
}

int main(int argc, char **argv)
{
    if (argc < 6)
        return 2;
    uint64_t seed = strtoull(argv[1], NULL, 10);
    unsigned first = (unsigned)atoi(argv[2]), count = (unsigned)atoi(argv[3]);
    own_name = argv[4];
    other_name = argv[5];
    own = if_nametoindex(own_name);
    other = if_nametoindex(other_name);
    bound = argc > 6;
    for (unsigned i = 0; i < count; i++)
        run_case(seed, first + i);
    return 0;
}
