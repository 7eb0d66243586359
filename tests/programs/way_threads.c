// One socket, two destinations, many threads; and a server that listens on every interface.
#include "ways.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>

enum { threads = 8, kinds_most = 16, window = 64 };

struct crowd {
    const struct options *options;
    int fd;
    sem_t room;    // so that no answer is lost for want of buffer
    int failed_errno;
};

static void *send_to_both(void *argument)
{
    struct crowd *crowd = argument;
    const struct options *options = crowd->options;
    for (int i = 0; i < 2 * options->count; i++) {
        const struct target *to = i & 1 ? &options->other : &options->to;
        sem_wait(&crowd->room);
        if (sys_sendto(crowd->fd, "who\n", 4, 0, &to->address, to->length) < 0)
            crowd->failed_errno = errno;
    }
    return NULL;
}

static void text_of(const struct sockaddr_storage *address, char *text, size_t size)
{
    const void *bytes = address->ss_family == AF_INET
        ? (const void *)&((const struct sockaddr_in *)address)->sin_addr
        : &((const struct sockaddr_in6 *)address)->sin6_addr;
    inet_ntop(address->ss_family, bytes, text, size);
}

struct tally { char line[192]; int count; };

static void count_line(struct tally *tallies, const char *line)
{
    for (int i = 0; i < kinds_most; i++)
        if (!tallies[i].count || !strcmp(tallies[i].line, line)) {
            snprintf(tallies[i].line, sizeof tallies[i].line, "%s", line);
            tallies[i].count++;
            return;
        }
}

static int compare_tallies(const void *a, const void *b)
{
    return strcmp(((const struct tally *)a)->line, ((const struct tally *)b)->line);
}

// Prints "ADDRESS SIDE COUNT" for each address that answered and each side that it answered from.
static void many_threads(const struct options *options)
{
    struct crowd crowd = { .options = options, .fd = open_udp(options) };
    struct tally tallies[kinds_most] = { 0 };
    pthread_t workers[threads];
    int expected = threads * 2 * options->count;

    sem_init(&crowd.room, 0, window);
    for (int i = 0; i < threads; i++)
        pthread_create(&workers[i], NULL, send_to_both, &crowd);
    for (int got = 0; got < expected; got++) {
        struct pollfd readable = { .fd = crowd.fd, .events = POLLIN };
        struct sockaddr_storage from;
        socklen_t length = sizeof from;
        char side[128] = { 0 }, address[INET6_ADDRSTRLEN], line[192];

        if (poll(&readable, 1, 3000) <= 0 || recvfrom(crowd.fd, side, sizeof side - 1, 0, (void *)&from, &length) < 0)
            break;
        side[strcspn(side, " ")] = 0;
        text_of(&from, address, sizeof address);
        snprintf(line, sizeof line, "%s %s", address, side);
        count_line(tallies, line);
        sem_post(&crowd.room);
    }
    if (crowd.failed_errno) {
        errno = crowd.failed_errno;
        failed("sendto");
    }
    qsort(tallies, kinds_most, sizeof *tallies, compare_tallies);
    for (int i = 0; i < kinds_most; i++)
        if (tallies[i].count)
            printf("%s %d\n", tallies[i].line, tallies[i].count);
}

static void answer_by_sendmsg(int fd, struct msghdr *message)
{
    struct iovec data = { "server", 6 };
    message->msg_iov = &data;
    message->msg_iovlen = 1;
    if (sys_sendmsg(fd, message, 0) < 0)
        printf("sendmsg %s\n", errno_name(errno));
}

// Sends to both destinations, says its port, then answers --count datagrams by the interface and
// address that each came by, if `keep_control`; else by the routes. It listens on port --rest[0].
static void serve(const struct options *options, bool keep_control)
{
    struct options other = *options;
    int fd, on = 1;
    bool four = family_of(&options->to) == AF_INET;
    struct target any = any_address(family_of(&options->to));

    other.to = options->other;
    if (options->rest[0])
        ((struct sockaddr_in *)&any.address)->sin_port = htons(atoi(options->rest[0]));
    fd = bind_to(open_udp(options), &any);
    if (keep_control)
        check(setsockopt(fd, four ? IPPROTO_IP : IPPROTO_IPV6, four ? IP_PKTINFO : IPV6_RECVPKTINFO, &on, sizeof on), "setsockopt");
    send_to(options, fd);
    send_to(&other, fd);
    puts("ready");
    for (int i = 0; i < options->count; i++) {
        struct sockaddr_storage from;
        char control[128], buffer[2048], address[INET6_ADDRSTRLEN];
        struct iovec data = { buffer, sizeof buffer };
        struct msghdr message = {
            .msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &data, .msg_iovlen = 1,
            .msg_control = keep_control ? control : NULL, .msg_controllen = keep_control ? sizeof control : 0,
        };
        check(recvmsg(fd, &message, 0), "recvmsg");
        text_of(&from, address, sizeof address);
        printf("from %s\n", address);
        answer_by_sendmsg(fd, &message);
    }
}

static void server(const struct options *options)
{
    serve(options, false);
}

static void server_by_pktinfo(const struct options *options)
{
    serve(options, true);
}

const struct way thread_ways[] = {
    { "many-threads", many_threads },
    { "server", server },
    { "server-by-pktinfo", server_by_pktinfo },
    { 0 },
};
