// The address of a call changes while the call is judged.
#include "race.h"

#include <fcntl.h>
#include <net/if.h>
#include <sys/time.h>
#include <sys/un.h>

enum { vector = 4 };

// --- one address becomes another ------------------------------------------------------------------------------------

static void connect_udp(const struct race *race)
{
    flip_addresses(race);
    for (long i = 0; i < race->rounds; i++) {
        int fd = datagram_for_call(race);
        count(connect(fd, &target->any, race->length));
        send(fd, "x", 1, 0);
    }
}

static int open_stream(const struct race *race, int flags)
{
    return (int)check(socket(race->family, SOCK_STREAM | SOCK_CLOEXEC | flags, 0), "socket");
}

static void connect_tcp(const struct race *race)
{
    flip_addresses(race);
    for (long i = 0; i < race->rounds; i++) {
        int fd = open_stream(race, SOCK_NONBLOCK);
        count(connect(fd, &target->any, race->length));
        close(fd);
    }
}

// The addresses refuse the connection, so that nobody waits.
static void connect_tcp_blocking(const struct race *race)
{
    flip_addresses(race);
    for (long i = 0; i < race->rounds; i++) {
        int fd = open_stream(race, 0);
        count(connect(fd, &target->any, race->length));
        close(fd);
    }
}

static void connect_tcp_timeout(const struct race *race)
{
    struct timeval second = { 1, 0 };
    flip_addresses(race);
    for (long i = 0; i < race->rounds; i++) {
        int fd = open_stream(race, 0);
        check(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof second), "setsockopt");
        count(connect(fd, &target->any, race->length));
        close(fd);
    }
}

static void send_to(const struct race *race)
{
    flip_addresses(race);
    for (long i = 0; i < race->rounds; i++) {
        int fd = datagram_for_call(race);
        count(sendto(fd, "x", 1, 0, &target->any, race->length));
    }
}

static struct msghdr message_to(const struct race *race, struct iovec *data)
{
    return (struct msghdr){ .msg_name = &target->any, .msg_namelen = race->length, .msg_iov = data, .msg_iovlen = 1 };
}

static void send_message(const struct race *race)
{
    struct iovec data = { "x", 1 };
    struct msghdr message = message_to(race, &data);
    flip_addresses(race);
    for (long i = 0; i < race->rounds; i++) {
        int fd = datagram_for_call(race);
        count(sendmsg(fd, &message, 0));
    }
}

static void send_vector(const struct race *race)
{
    struct iovec data = { "x", 1 };
    struct mmsghdr messages[vector];
    for (int i = 0; i < vector; i++)
        messages[i].msg_hdr = message_to(race, &data);
    flip_addresses(race);
    for (long i = 0; i < race->rounds; i += vector) {
        int fd = datagram_for_call(race);
        long sent = sendmmsg(fd, messages, vector, 0);
        for (int j = 0; j < vector; j++)
            count(sent);
    }
}

// --- what looks harmless becomes an address -------------------------------------------------------------------------

static void *flip_family(void *argument)
{
    const struct race *race = argument;
    volatile sa_family_t *family = &target->any.sa_family;
    while (!is_over()) {
        *family = race->family;
        pause_shortly();
        *family = AF_UNIX;
        pause_shortly();
    }
    return NULL;
}

static void unix_address(const struct race *race)
{
    target->address = race->first;
    in_thread(flip_family, race);
    for (long i = 0; i < race->rounds; i++) {
        int fd = datagram_for_call(race);
        count(connect(fd, &target->any, race->length));
        send(fd, "x", 1, 0);
    }
}

static struct msghdr flipped;

static void *flip_name(void *argument)
{
    void *volatile *name = &flipped.msg_name;
    (void)argument;
    while (!is_over()) {
        *name = &target->any;
        pause_shortly();
        *name = NULL;
        pause_shortly();
    }
    return NULL;
}

static void empty_name(const struct race *race)
{
    struct iovec data = { "x", 1 };
    target->address = race->first;
    flipped = message_to(race, &data);
    in_thread(flip_name, race);
    for (long i = 0; i < race->rounds; i++) {
        int fd = datagram_for_call(race);
        count(sendmsg(fd, &flipped, 0));
    }
}

// --- the association is dissolved meanwhile -------------------------------------------------------------------------

static atomic_int attacked;

static void *dissolve(void *argument)
{
    struct sockaddr none = { .sa_family = AF_UNSPEC };
    (void)argument;
    while (!is_over())
        connect(attacked, &none, sizeof none);
    return NULL;
}

static void dissolved(const struct race *race)
{
    target->address = race->first;
    attacked = open_datagram(race);
    in_thread(dissolve, race);
    for (long i = 0; i < race->rounds; i++) {
        count(connect(attacked, &target->any, race->length));
        send(attacked, "x", 1, 0);
    }
}

static void *connect_again(void *argument)
{
    const struct race *race = argument;
    while (!is_over())
        connect(attacked, (const void *)&race->second, race->length);
    return NULL;
}

// Two threads connect one datagram socket, each to another address. Neither changes what a call of the other means.
static void connect_udp_together(const struct race *race)
{
    target->address = race->first;
    attacked = open_datagram(race);
    in_thread(connect_again, race);
    for (long i = 0; i < race->rounds; i++) {
        count(connect(attacked, &target->any, race->length));
        send(attacked, "x", 1, 0);
    }
}

// One thread takes the error of the connection that was begun for another.
static void connect_tcp_together(const struct race *race)
{
    attacked = -1;
    flip_addresses(race);
    in_thread(connect_again, race);
    for (long i = 0; i < race->rounds; i++) {
        attacked = open_stream(race, 0);
        count(connect(attacked, &target->any, race->length));
        close(attacked);
    }
}

// --- what steers a datagram -----------------------------------------------------------------------------------------

static void *flip_control_length(void *argument)
{
    volatile size_t *length = &flipped.msg_controllen;
    size_t full = CMSG_SPACE(sizeof(struct in_pktinfo));
    (void)argument;
    while (!is_over()) {
        *length = full;
        pause_shortly();
        *length = 0;
        pause_shortly();
    }
    return NULL;
}

// Of IPv4: a control message that names the other interface.
static void control(const struct race *race)
{
    static char buffer[CMSG_SPACE(sizeof(struct in_pktinfo))] __attribute__((aligned(8)));
    struct in_pktinfo info = { .ipi_ifindex = (int)if_nametoindex(race->device) };
    struct iovec data = { "x", 1 };
    target->address = race->first;
    flipped = message_to(race, &data);
    flipped.msg_control = buffer;
    flipped.msg_controllen = sizeof buffer;
    struct cmsghdr *header = CMSG_FIRSTHDR(&flipped);
    *header = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof info), .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO };
    memcpy(CMSG_DATA(header), &info, sizeof info);
    in_thread(flip_control_length, race);
    for (long i = 0; i < race->rounds; i++) {
        int fd = datagram_for_call(race);
        count(sendmsg(fd, &flipped, 0));
    }
}

const struct attack address_attacks[] = {
    { "connect-udp", connect_udp },
    { "connect-tcp", connect_tcp },
    { "connect-tcp-blocking", connect_tcp_blocking },
    { "connect-tcp-timeout", connect_tcp_timeout },
    { "connect-tcp-together", connect_tcp_together },
    { "connect-udp-together", connect_udp_together },
    { "sendto", send_to },
    { "sendmsg", send_message },
    { "sendmmsg", send_vector },
    { "unix-address", unix_address },
    { "empty-name", empty_name },
    { "dissolved", dissolved },
    { "control", control },
    { 0 },
};
