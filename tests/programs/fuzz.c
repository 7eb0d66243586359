// Random arguments for the calls that a supervisor traps, and what the kernel answers:
//   fuzz SEED FIRST COUNT OWN OTHER [bind]
// A line per case, "NUMBER CALL=RESULT…", the same for the same seed. OWN and OTHER are interfaces.
// With `bind` each IP socket is bound to OWN by the program itself, and no option names an interface.
// "CALL!=RESULT" marks a call that a supervisor may refuse by policy: another interface is named, the
// family or protocol is not allowed, the destination is this machine. "CALL?=RESULT" marks one on a
// socket whose device or source an earlier call may have set, so that the supervised one differs.
// Build: cc -o fuzz fuzz.c fuzz_draw.c
#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { most_messages = 4, most_pieces = 6 };

static bool bound;
static bool settled; // an earlier call may have set the socket's device or source
static const char *own_name, *other_name;
static char payload[70000];

static void report(const char *call, bool marked, long result)
{
    const char *mark = settled ? "?" : marked ? "!" : "";
    if (result < 0)
        printf(" %s%s=-%d", call, mark, errno);
    else
        printf(" %s%s=%ld", call, mark, result);
}

// --- sockets and options -------------------------------------------------------------------------

struct drawn_socket { int fd, family; bool pings; };

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
    drawn.pings = protocol[1] == IPPROTO_ICMP || protocol[1] == IPPROTO_ICMPV6;
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
    bool marked = (type & 15) == 10 || protocol > 255; // SOCK_PACKET; SMC and MPTCP

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

static void name_interface(int fd)
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
    settled = true;
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
    // Groups, source routes, and headers of the program's own.
    bool marked = (level == IPPROTO_IP && (name == IP_OPTIONS || name == IP_HDRINCL || (name >= 33 && name <= 48)))
        || (level == IPPROTO_IPV6 && (name == 6 || name == 36 || name == 57 || (name >= 20 && name <= 30) || (name >= 42 && name <= 48)));

    for (size_t i = 0; i < sizeof naming / sizeof *naming; i++)
        if (naming[i][0] == level && naming[i][1] == name)
            return;
    if (chance(70)) {
        memset(value, 0, sizeof value);
        value[0] = (unsigned char)draw(3);
    } else {
        draw_bytes(value, sizeof value);
    }
    settled |= (level == IPPROTO_IP && name == IP_HDRINCL) || name == 36; // connections are judged otherwise then
    char call[32];
    snprintf(call, sizeof call, "option-%d-%d", level, name);
    report(call, marked, set(fd, level, name, value, length));
}

// --- calls ---------------------------------------------------------------------------------------

static size_t draw_size(void)
{
    return chance(80) ? draw(40) : chance(80) ? draw(3000) : spoil(50) ? draw(sizeof payload) : draw(20000);
}

static int draw_flags(void)
{
    static const int flags[] = { MSG_MORE, MSG_CONFIRM, MSG_DONTROUTE, MSG_OOB, MSG_FASTOPEN, MSG_EOR, 0x40000000, 0x80000 };
    int flag = spoil(10) ? ANY_OF(flags) : 0;
    settled |= flag == MSG_MORE; // what comes next is added to what is not sent yet
    return MSG_NOSIGNAL | MSG_DONTWAIT | flag;
}

// Negative, or reaching beyond the address space.
static size_t impossible_size(void)
{
    return sizeof(size_t) == 8 && draw(2) ? (size_t)-1 / 2 : (size_t)-1 - draw(9);
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
        message->msg_name = spoil(2) ? (void *)8 : (void *)&drawn->name.bytes;
        message->msg_namelen = drawn->name.length;
        drawn->marked |= drawn->name.marked;
    }
    message->msg_iov = spoil(1) ? (void *)8 : drawn->pieces;
    message->msg_iovlen = spoil(2) ? 1025 + draw(9) : draw(most_pieces + 1);
    for (size_t i = 0; i < most_pieces; i++) {
        drawn->pieces[i].iov_base = spoil(1) ? (void *)8 : payload;
        drawn->pieces[i].iov_len = spoil(1) ? impossible_size() : draw_size() / 3;
    }
    if (chance(50)) {
        message->msg_control = spoil(2) ? (void *)8 : drawn->control;
        message->msg_controllen = draw_control(drawn->control, &drawn->marked);
        if (spoil(2))
            message->msg_controllen = (size_t)-1 - draw(99);
    }
    message->msg_flags = (int)draw(1000);
}

static void try_sendmmsg(int fd, int family, bool useless)
{
    static struct drawn_message drawn[most_messages];
    struct mmsghdr messages[most_messages];
    unsigned count = draw(most_messages + 1);
    bool marked = false;

    for (unsigned i = 0; i < most_messages; i++) {
        spoiled = useless || i + 1 < count; // what precedes a bad message is sent
        draw_message(&drawn[i], &messages[i].msg_hdr, family);
        messages[i].msg_len = 77;
        marked |= drawn[i].marked;
    }
    long sent = syscall(SYS_sendmmsg, fd, messages, count, draw_flags());
    report("sendmmsg", marked, sent);
    for (unsigned i = 0; i < count; i++)
        printf(",%u", messages[i].msg_len);
}

// Disconnecting takes the device away, and a scope sets it, whatever comes of the call.
static bool changes_binding(const struct drawn_address *address)
{
    const struct sockaddr_in6 *six = (const void *)&address->bytes;
    return address->bytes.ss_family == AF_UNSPEC || (address->bytes.ss_family == AF_INET6 && six->sin6_scope_id != 0);
}

static void try_call(const struct drawn_socket *drawn)
{
    static struct drawn_message message;
    struct msghdr header;
    struct drawn_address address;
    int fd = drawn->fd;

    // Nothing here is what a ping socket sends: that is wrong already.
    bool useless = fd < 0 || drawn->pings;
    spoiled = useless;
    draw_address(&address, drawn->family);
    void *place = spoil(2) ? (void *)8 : (void *)&address.bytes;
    switch (draw(8)) {
        case 0: case 1:
            report("connect", address.marked, syscall(SYS_connect, fd, place, address.length));
            settled |= changes_binding(&address);
            break;
        case 2: case 3:
            report("sendto", address.marked, syscall(SYS_sendto, fd, spoil(2) ? (char *)8 : payload, draw_size(), draw_flags(), place, address.length));
            break;
        case 4: case 5:
            spoiled = useless;
            draw_message(&message, &header, drawn->family);
            report("sendmsg", message.marked, syscall(SYS_sendmsg, fd, spoil(1) ? (void *)8 : &header, draw_flags()));
            break;
        case 6:
            try_sendmmsg(fd, drawn->family, useless);
            break;
        default:
            report("send", false, send(fd, payload, draw_size(), draw_flags()));
    }
}

// Whether a socket is bound to no address, or to one of OWN's.
static bool may_send_from(int fd)
{
    struct sockaddr_storage local = { 0 };
    socklen_t length = sizeof local;
    char text[INET6_ADDRSTRLEN] = "";

    getsockname(fd, (void *)&local, &length);
    if (local.ss_family == AF_INET)
        inet_ntop(AF_INET, &((struct sockaddr_in *)&local)->sin_addr, text, sizeof text);
    else if (local.ss_family == AF_INET6)
        inet_ntop(AF_INET6, &((struct sockaddr_in6 *)&local)->sin6_addr, text, sizeof text);
    return !strcmp(text, "0.0.0.0") || !strcmp(text, "::") || !strcmp(text, "10.8.0.2") || !strcmp(text, "fd00:8::2");
}

static void run_case(uint64_t seed, unsigned number)
{
    random_state = seed * 1000003 + number;
    settled = false;
    printf("%u", number);
    if (chance(10))
        try_socket();
    struct drawn_socket drawn = draw_socket();
    if (chance(40))
        set_any_option(drawn.fd);
    if (!bound && chance(20))
        name_interface(drawn.fd);
    if (chance(20)) {
        struct drawn_address local;
        spoiled = false;
        draw_address(&local, drawn.family);
        if (drawn.family == AF_INET)
            ((struct sockaddr_in *)&local.bytes)->sin_port = 0;
        else
            ((struct sockaddr_in6 *)&local.bytes)->sin6_port = 0;
        long result = bind(drawn.fd, (void *)&local.bytes, local.length);
        report("bind", false, result);
        settled |= changes_binding(&local) || (result == 0 && !may_send_from(drawn.fd));
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
