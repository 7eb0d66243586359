// Socket options that name an interface, or that take the binding away.
#include "ways.h"

#include <linux/keyctl.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <sys/mman.h>
#include <sys/prctl.h>

enum { ipv6_flowlabel_mgr = 32, ipv6_rthdr = 57, flow_label_get = 0, flow_label_create = 1, flow_label_exclusive = 1 };
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

// A value that is far longer than its option: the kernel reads as much as that means, and no more.
enum { far_too_long = 131073 };

static char *long_value(const void *value, size_t size)
{
    char *place = calloc(1, far_too_long);
    memcpy(place, value, size);
    return place;
}

static void set_long(int fd, int level, int name, const void *value, size_t size)
{
    check(sys_setsockopt(fd, level, name, long_value(value, size), far_too_long), "setsockopt");
}

static void long_bind_device(const struct options *options)
{
    int fd = open_udp(options);
    set_long(fd, SOL_SOCKET, SO_BINDTODEVICE, options->device, strlen(options->device));
    send_to(options, fd);
}

static void long_bind_index(const struct options *options)
{
    int fd = open_udp(options), index = interface_index(options->device);
    set_long(fd, SOL_SOCKET, so_bindtoifindex, &index, sizeof index);
    send_to(options, fd);
}

static void long_sticky_pktinfo(const struct options *options)
{
    struct in6_pktinfo info = { .ipi6_ifindex = interface_index(options->device) };
    int fd = open_udp(options);
    set_long(fd, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
    send_to(options, fd);
}

static void long_multicast_if(const struct options *options)
{
    struct ip_mreqn request = { .imr_ifindex = interface_index(options->device) };
    int fd = open_udp(options);
    set_long(fd, IPPROTO_IP, IP_MULTICAST_IF, &request, sizeof request);
    send_to(options, fd);
}

static void long_join(const struct options *options)
{
    struct ip_mreqn request = {
        .imr_multiaddr = ((const struct sockaddr_in *)&options->to.address)->sin_addr, .imr_ifindex = interface_index(options->device),
    };
    set_long(open_udp(options), IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request);
    puts("joined");
}

static void long_headers(const struct options *options)
{
    int on = 1, fd = open_socket(options, SOCK_RAW, IPPROTO_UDP);
    check(sys_connect(fd, &options->to.address, options->to.length), "connect");
    set_long(fd, IPPROTO_IP, IP_HDRINCL, &on, sizeof on);
    puts("headers");
}

// The value ends where the memory does: the kernel looks no further than the option means.
static void short_memory(const struct options *options)
{
    char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int fd = open_udp(options), index = interface_index(options->device);
    munmap(pages + 4096, 4096);
    memcpy(pages + 4096 - sizeof index, &index, sizeof index);
    check(setsockopt(fd, SOL_SOCKET, so_bindtoifindex, pages + 4096 - sizeof index, 4096), "setsockopt");
    send_to(options, fd);
}

// A flow label stands for options: here, for a routing header (type 2, the only unprivileged one) or for none.
static void flow_label(const struct options *options, bool routed)
{
    struct {
        struct in6_addr destination;
        uint32_t label;
        uint8_t action, share;
        uint16_t flags, expires, linger;
        uint32_t padding;
        char control[CMSG_SPACE(24)];
    } request = { .action = flow_label_get, .share = flow_label_exclusive, .flags = flow_label_create };
    struct cmsghdr *message = (struct cmsghdr *)request.control;
    unsigned char *route = CMSG_DATA(message);
    struct sockaddr_in6 to = *(const struct sockaddr_in6 *)&options->to.address;
    int fd = open_udp(options), on = 1;

    request.destination = to.sin6_addr;
    // A label lingers after its owner: one of this process's own.
    request.label = htonl(0x10000 + (getpid() & 0xffff));
    message->cmsg_len = CMSG_LEN(24);
    message->cmsg_level = IPPROTO_IPV6;
    message->cmsg_type = ipv6_rthdr;
    memcpy(route, (unsigned char[]){ 0, 2, 2, 1 }, 4);
    memcpy(route + 8, &((const struct sockaddr_in6 *)&options->other.address)->sin6_addr, 16);
    check(sys_setsockopt(fd, IPPROTO_IPV6, ipv6_flowlabel_mgr, &request, routed ? sizeof request : sizeof request - sizeof request.control), "setsockopt");
    check(setsockopt(fd, IPPROTO_IPV6, 33 /* IPV6_FLOWINFO_SEND */, &on, sizeof on), "IPV6_FLOWINFO_SEND");
    to.sin6_flowinfo = request.label;
    check(sys_sendto(fd, "who\n", 4, 0, &to, sizeof to), "sendto");
    print_outcome(options, fd);
}

static void flow_label_routed(const struct options *options)
{
    flow_label(options, true);
}

static void flow_label_plain(const struct options *options)
{
    flow_label(options, false);
}

// A protocol that takes a connected TCP socket over.
static void ulp(const struct options *options)
{
    int fd = open_socket(options, SOCK_STREAM, 0);
    check(sys_connect(fd, &options->to.address, options->to.length), "connect");
    if (sys_setsockopt(fd, IPPROTO_TCP, TCP_ULP, "tls", 3) < 0 && errno != ENOENT)
        failed("tls");
    check(sys_setsockopt(fd, IPPROTO_TCP, TCP_ULP, "smc", 3), "setsockopt");
    puts("smc");
}

// The kernel starts a helper, as root, where a key is to be made: no network in it, but ours is not asked.
static void request_key(const struct options *options)
{
    (void)options;
    long found = syscall(SYS_request_key, "user", "bti-no-such-key", NULL, KEY_SPEC_PROCESS_KEYRING);
    printf("search %s\n", found < 0 ? errno_name(errno) : "found");
    long made = syscall(SYS_add_key, "user", "bti-key", "x", 1L, KEY_SPEC_PROCESS_KEYRING);
    found = syscall(SYS_request_key, "user", "bti-key", NULL, 0L);
    printf("own %s\n", made > 0 && found == made ? "found" : errno_name(errno));
    // Found without any help: a helper is not started here, on any machine.
    found = syscall(SYS_request_key, "user", "bti-key", "call-out", 0L);
    printf("call-out %s\n", found == made ? "found" : errno_name(errno));
}

// A refusal that the user is told of, under more names than anybody reads.
static void many_names(const struct options *options)
{
    char name[16];
    for (int i = 0; i < 1100; i++) {
        int fd = bind_to(open_udp(options), &options->source);
        snprintf(name, sizeof name, "name-%d", i);
        prctl(PR_SET_NAME, name);
        if (sys_connect(fd, &options->to.address, options->to.length) == 0)
            failed("no failure of connect");
        close(fd);
    }
    puts("named");
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
    { "long-bind-device", long_bind_device },
    { "long-bind-index", long_bind_index },
    { "long-sticky-pktinfo", long_sticky_pktinfo },
    { "long-multicast-if", long_multicast_if },
    { "long-join", long_join },
    { "long-headers", long_headers },
    { "short-memory", short_memory },
    { "flow-label-routed", flow_label_routed },
    { "flow-label-plain", flow_label_plain },
    { "ulp", ulp },
    { "request-key", request_key },
    { "many-names", many_names },
    { "misbound-sendto", misbound_sendto },
    { "misbound-connect", misbound_connect },
    { 0 },
};
