// Datagrams of every size and shape, and sends that block.
#include "ways.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/time.h>

enum { udp_segment = 103, so_zerocopy = 60, msg_zerocopy = 0x4000000, most_pieces = 1024 };

static void send_size(const struct options *options, size_t size)
{
    int fd = open_udp(options);
    char *data = memset(malloc(size + 1), 'x', size + 1);
    check(sys_sendto(fd, data, size, 0, &options->to.address, options->to.length), "sendto");
    print_outcome(options, fd);
}

static void size_zero(const struct options *options)
{
    send_size(options, 0);
}

// As much as an answer that repeats it can hold.
static void size_large(const struct options *options)
{
    send_size(options, 60000);
}

static void size_largest(const struct options *options)
{
    send_size(options, family_of(&options->to) == AF_INET ? 65507 : 65527);
}

static void size_too_large(const struct options *options)
{
    send_size(options, family_of(&options->to) == AF_INET ? 65508 : 65528);
}

static void in_pieces(const struct options *options, size_t pieces)
{
    static struct iovec data[most_pieces + 1];
    for (size_t i = 0; i < pieces; i++)
        data[i] = (struct iovec){ "x", 1 };
    struct msghdr message = {
        .msg_name = (void *)&options->to.address, .msg_namelen = options->to.length, .msg_iov = data, .msg_iovlen = pieces,
    };
    send_message(options, open_udp(options), &message);
}

static void pieces_most(const struct options *options)
{
    in_pieces(options, most_pieces);
}

static void pieces_too_many(const struct options *options)
{
    in_pieces(options, most_pieces + 1);
}

// Pieces that differ, so that their order shows in the answer.
static void pieces_of(const struct options *options, size_t size)
{
    static char first[32768], second[32768];
    memset(first, 'a', sizeof first);
    memset(second, 'b', sizeof second);
    struct iovec data[] = { { first, size / 2 }, { NULL, 0 }, { second, size - size / 2 - 1 }, { "c", 1 } };
    struct msghdr message = {
        .msg_name = (void *)&options->to.address, .msg_namelen = options->to.length, .msg_iov = data, .msg_iovlen = 4,
    };
    send_message(options, open_udp(options), &message);
}

static void pieces_large(const struct options *options)
{
    pieces_of(options, 60000);
}

static void pieces_largest(const struct options *options)
{
    pieces_of(options, family_of(&options->to) == AF_INET ? 65507 : 65527);
}

static void count_answers(int fd, int expected)
{
    char side[128] = { 0 }, first[128] = { 0 };
    int count = 0, differing = 0;
    struct pollfd readable = { .fd = fd, .events = POLLIN };

    while (count < expected && poll(&readable, 1, 3000) > 0) {
        memset(side, 0, sizeof side);
        check(recv(fd, side, sizeof side - 1, 0), "recv");
        side[strcspn(side, " ")] = 0;
        if (!count++)
            memcpy(first, side, sizeof first);
        differing += strcmp(first, side) != 0;
    }
    printf("answers %d %s%s\n", count, first, differing ? " and others" : "");
}

// One send, five datagrams.
static void segments_by_message(const struct options *options)
{
    static char data[500];
    char control[64] = { 0 };
    uint16_t segment = 100;
    struct iovec vector = { data, sizeof data };
    struct msghdr message = {
        .msg_name = (void *)&options->to.address, .msg_namelen = options->to.length,
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control,
    };
    int fd = open_udp(options);
    control_add(&message, IPPROTO_UDP, udp_segment, &segment, sizeof segment);
    check(sys_sendmsg(fd, &message, 0), "sendmsg");
    count_answers(fd, 5);
}

static void segments_by_option(const struct options *options)
{
    static char data[500];
    int fd = open_udp(options), segment = 100;
    check(setsockopt(fd, IPPROTO_UDP, udp_segment, &segment, sizeof segment), "setsockopt");
    check(sys_sendto(fd, data, sizeof data, 0, &options->to.address, options->to.length), "sendto");
    count_answers(fd, 5);
}

// The kernel tells by the error queue when it is done with the program's memory.
static void zero_copy(const struct options *options)
{
    static char data[1200];
    char control[256];
    struct msghdr message = { .msg_control = control, .msg_controllen = sizeof control };
    int fd = open_udp(options), on = 1;

    check(setsockopt(fd, SOL_SOCKET, so_zerocopy, &on, sizeof on), "setsockopt");
    check(sys_sendto(fd, data, sizeof data, msg_zerocopy, &options->to.address, options->to.length), "sendto");
    print_outcome(options, fd);
    struct pollfd errors = { .fd = fd };
    if (poll(&errors, 1, 3000) <= 0) {
        puts("no completion");
        return;
    }
    check(recvmsg(fd, &message, MSG_ERRQUEUE), "recvmsg");
    puts("completed");
}

static void zero_copy_unasked(const struct options *options)
{
    static char data[1200];
    int fd = open_udp(options);

    check(sys_sendto(fd, data, sizeof data, msg_zerocopy, &options->to.address, options->to.length), "sendto");
    print_outcome(options, fd);
}

// Fills the send buffer towards a neighbour that never answers ARP (--other).
static int full_socket(const struct options *options)
{
    static char data[2000];
    int fd = open_udp(options), least = 1;
    check(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &least, sizeof least), "setsockopt");
    for (int i = 0; i < 100; i++)
        if (sys_sendto(fd, data, sizeof data, MSG_DONTWAIT, &options->other.address, options->other.length) < 0) {
            if (errno != EAGAIN)
                failed("filling");
            return fd;
        }
    errno = 0;
    failed("filling");
}

static void print_send(const struct options *options, int fd)
{
    static char data[2000];
    long result = sys_sendto(fd, data, sizeof data, 0, &options->other.address, options->other.length);
    printf("sendto %s\n", result < 0 ? errno_name(errno) : "ok");
}

static void blocked_timeout(const struct options *options)
{
    struct timeval timeout = { .tv_usec = 200000 };
    int fd = full_socket(options);
    check(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout), "setsockopt");
    print_send(options, fd);
}

static void ignore_signal(int number)
{
    (void)number;
}

static void blocked_interrupted(const struct options *options)
{
    struct sigaction interrupts = { .sa_handler = ignore_signal };
    struct itimerval soon = { .it_value.tv_usec = 200000, .it_interval.tv_usec = 200000 };
    int fd = full_socket(options);
    sigaction(SIGALRM, &interrupts, NULL);
    setitimer(ITIMER_REAL, &soon, NULL);
    print_send(options, fd);
}

struct blocked { const struct options *options; int fd; atomic_bool done; };

static void *block(void *argument)
{
    struct blocked *blocked = argument;
    static char data[2000];
    sys_sendto(blocked->fd, data, sizeof data, 0, &blocked->options->other.address, blocked->options->other.length);
    blocked->done = true;
    return NULL;
}

// While one send waits for room, others go on.
static void blocked_meanwhile(const struct options *options)
{
    struct blocked blocked = { .options = options, .fd = full_socket(options) };
    pthread_t thread;
    pthread_create(&thread, NULL, block, &blocked);
    for (int i = 0; i < 50; i++)
        send_to(options, open_udp(options));
    puts(blocked.done ? "after" : "meanwhile");
}

const struct way size_ways[] = {
    { "size-zero", size_zero },
    { "size-large", size_large },
    { "size-largest", size_largest },
    { "size-too-large", size_too_large },
    { "pieces-most", pieces_most },
    { "pieces-too-many", pieces_too_many },
    { "pieces-large", pieces_large },
    { "pieces-largest", pieces_largest },
    { "segments-by-message", segments_by_message },
    { "segments-by-option", segments_by_option },
    { "zero-copy", zero_copy },
    { "zero-copy-unasked", zero_copy_unasked },
    { "blocked-timeout", blocked_timeout },
    { "blocked-interrupted", blocked_interrupted },
    { "blocked-meanwhile", blocked_meanwhile },
    { 0 },
};
