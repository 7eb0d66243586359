// Multicast and broadcast: sends, the options that choose an interface, and joining groups (which
// sends membership reports by the interface that is named).
#include "ways.h"

struct group_request { uint32_t interface; struct sockaddr_storage group; };
struct group_source_request { uint32_t interface; struct sockaddr_storage group, source; };
enum { mcast_join_group = 42, mcast_leave_group = 45, mcast_join_source_group = 46, ipv6_join_anycast = 27 };

static struct in_addr address4(const struct target *target)
{
    return ((const struct sockaddr_in *)&target->address)->sin_addr;
}

static int level_of(const struct target *target)
{
    return family_of(target) == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
}

static void broadcast(const struct options *options)
{
    int fd = open_udp(options), on = 1;
    check(setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on), "setsockopt");
    send_to(options, fd);
}

static void send_after(const struct options *options, int name, const void *value, socklen_t size)
{
    int fd = open_udp(options);
    check(sys_setsockopt(fd, level_of(&options->to), name, value, size), "setsockopt");
    send_to(options, fd);
}

static void multicast_if_address(const struct options *options)
{
    struct in_addr address = address4(&options->source);
    send_after(options, IP_MULTICAST_IF, &address, sizeof address);
}

static void multicast_if_mreq(const struct options *options)
{
    struct ip_mreq request = { .imr_interface = address4(&options->source) };
    send_after(options, IP_MULTICAST_IF, &request, sizeof request);
}

static void multicast_if_mreqn(const struct options *options)
{
    struct ip_mreqn request = { .imr_ifindex = interface_index(options->device) };
    send_after(options, IP_MULTICAST_IF, &request, sizeof request);
}

static void multicast_if_index6(const struct options *options)
{
    int index = interface_index(options->device);
    send_after(options, IPV6_MULTICAST_IF, &index, sizeof index);
}

static void multicast_if_connect(const struct options *options)
{
    struct ip_mreqn request = { .imr_ifindex = interface_index(options->device) };
    int fd = open_udp(options), index = request.imr_ifindex;
    if (family_of(&options->to) == AF_INET)
        check(sys_setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &request, sizeof request), "setsockopt");
    else
        check(sys_setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &index, sizeof index), "setsockopt");
    connect_to(options, fd);
}

// The interface on which the kernel lists the group: "7 lan0 : …" above "\t\t030201EF …" for IPv4,
// "7 lan0 ff15… …" for IPv6, and the same for anycast.
static void print_joined(const struct options *options, const char *table)
{
    const struct sockaddr_in6 *six = (const void *)&options->to.address;
    char line[256], device[32] = "", group[40] = "", found[40];
    FILE *file = fopen(table, "r");

    if (family_of(&options->to) == AF_INET)
        snprintf(group, sizeof group, "%08X", address4(&options->to).s_addr);
    else
        for (int i = 0; i < 16; i++)
            snprintf(group + 2 * i, 3, "%02x", six->sin6_addr.s6_addr[i]);
    while (file && fgets(line, sizeof line, file)) {
        if (line[0] == '\t')
            sscanf(line, "%39s", found);
        else if (sscanf(line, "%*d %31s %39s", device, found) < 2)
            continue;
        if (!strcmp(found, group))
            printf("joined %s\n", device);
    }
}

static void join_in(const char *table, const struct options *options, int name, const void *value, socklen_t size)
{
    int fd = open_udp(options);
    check(sys_setsockopt(fd, level_of(&options->to), name, value, size), "setsockopt");
    print_joined(options, table);
}

static void join(const struct options *options, int name, const void *value, socklen_t size)
{
    join_in(family_of(&options->to) == AF_INET ? "/proc/net/igmp" : "/proc/net/igmp6", options, name, value, size);
}

static void join_address(const struct options *options)
{
    struct ip_mreq request = { address4(&options->to), address4(&options->source) };
    join(options, IP_ADD_MEMBERSHIP, &request, sizeof request);
}

static void join_index(const struct options *options)
{
    struct ip_mreqn request = { .imr_multiaddr = address4(&options->to), .imr_ifindex = interface_index(options->device) };
    join(options, IP_ADD_MEMBERSHIP, &request, sizeof request);
}

static void join_index6(const struct options *options)
{
    struct ipv6_mreq request = {
        ((const struct sockaddr_in6 *)&options->to.address)->sin6_addr, interface_index(options->device),
    };
    join(options, IPV6_JOIN_GROUP, &request, sizeof request);
}

static void join_anycast6(const struct options *options)
{
    struct ipv6_mreq request = {
        ((const struct sockaddr_in6 *)&options->to.address)->sin6_addr, interface_index(options->device),
    };
    join_in("/proc/net/anycast6", options, ipv6_join_anycast, &request, sizeof request);
}

static void join_source_address(const struct options *options)
{
    struct ip_mreq_source request = {
        .imr_multiaddr = address4(&options->to), .imr_interface = address4(&options->source),
        .imr_sourceaddr = address4(&options->other),
    };
    join(options, IP_ADD_SOURCE_MEMBERSHIP, &request, sizeof request);
}

static void join_group(const struct options *options)
{
    struct group_request request = { interface_index(options->device), options->to.address };
    join(options, mcast_join_group, &request, sizeof request);
}

static void join_source_group(const struct options *options)
{
    struct group_source_request request = {
        interface_index(options->device), options->to.address, options->other.address,
    };
    join(options, mcast_join_source_group, &request, sizeof request);
}

static void leave(const struct options *options)
{
    struct ip_mreq group = { .imr_multiaddr = address4(&options->to) };
    struct ip_mreq_source one = { .imr_multiaddr = group.imr_multiaddr, .imr_sourceaddr = address4(&options->other) };
    struct group_request request = { 0, options->to.address };
    int fd = open_udp(options);

    check(sys_setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group), "join");
    check(sys_setsockopt(fd, IPPROTO_IP, IP_BLOCK_SOURCE, &one, sizeof one), "block");
    check(sys_setsockopt(fd, IPPROTO_IP, IP_UNBLOCK_SOURCE, &one, sizeof one), "unblock");
    check(sys_setsockopt(fd, IPPROTO_IP, IP_DROP_MEMBERSHIP, &group, sizeof group), "drop");
    check(sys_setsockopt(fd, IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, &one, sizeof one), "join-source");
    check(sys_setsockopt(fd, IPPROTO_IP, IP_DROP_SOURCE_MEMBERSHIP, &one, sizeof one), "drop-source");
    check(sys_setsockopt(fd, IPPROTO_IP, mcast_join_group, &request, sizeof request), "join-request");
    check(sys_setsockopt(fd, IPPROTO_IP, mcast_leave_group, &request, sizeof request), "leave-request");
    puts("left");
}

// The sources of groups that were joined without an interface, by each option that sets them.
static void source_filter(const struct options *options)
{
    struct ip_mreq group = { .imr_multiaddr = address4(&options->to) };
    struct { struct in_addr group, interface; uint32_t mode, count; struct in_addr sources[1]; } list = {
        address4(&options->to), { 0 }, 0, 1, { address4(&options->other) },
    };
    struct { uint32_t interface; struct sockaddr_storage group; uint32_t mode, count; struct sockaddr_storage sources[1]; } request = {
        0, options->to.address, 0, 1, { options->other.address },
    };
    int fd = open_udp(options);

    check(sys_setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group), "join");
    check(sys_setsockopt(fd, IPPROTO_IP, 41 /* IP_MSFILTER */, &list, sizeof list), "IP_MSFILTER");
    check(setsockopt(fd, IPPROTO_IP, 48 /* MCAST_MSFILTER */, &request, sizeof request), "MCAST_MSFILTER");
    puts("filtered");
}

const struct way multicast_ways[] = {
    { "source-filter", source_filter },
    { "broadcast", broadcast },
    { "multicast-if-address", multicast_if_address },
    { "multicast-if-mreq", multicast_if_mreq },
    { "multicast-if-mreqn", multicast_if_mreqn },
    { "multicast-if-index6", multicast_if_index6 },
    { "multicast-if-connect", multicast_if_connect },
    { "join-address", join_address },
    { "join-index", join_index },
    { "join-index6", join_index6 },
    { "join-anycast6", join_anycast6 },
    { "join-source-address", join_source_address },
    { "join-group", join_group },
    { "join-source-group", join_source_group },
    { "leave", leave },
    { 0 },
};
