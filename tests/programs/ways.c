// ways [--OPTION VALUE]... WAY [ADDRESS PORT [WORD]...]: sends in one way and prints what came of it.
// Build: cc -o ways ways.c way_*.c -pthread
#include "ways.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <poll.h>
#include <time.h>

static const struct way *const all_ways[] = {
    connect_ways, send_ways, many_ways, raw_ways, steer_ways, option_ways, multicast_ways,
    family_ways, uring_ways, descriptor_ways, memory_ways, thread_ways, local_ways, size_ways, peer_ways,
    page_ways, port_ways, mtu_ways,
};


const char *errno_name(int number)
{
    static char unknown[16];
#define NAME(e) case e: return #e;
    switch (number) {
        NAME(EPERM) NAME(ENOENT) NAME(ESRCH) NAME(EINTR) NAME(EIO) NAME(ENXIO) NAME(E2BIG) NAME(EBADF)
        NAME(EAGAIN) NAME(ENOMEM) NAME(EACCES) NAME(EFAULT) NAME(EBUSY) NAME(EEXIST) NAME(ENODEV)
        NAME(EINVAL) NAME(EMFILE) NAME(ENOTTY) NAME(EPIPE) NAME(EDOM) NAME(ERANGE) NAME(ENOSYS)
        NAME(ENOMSG) NAME(EPROTO) NAME(EOVERFLOW) NAME(ENOTSOCK) NAME(EDESTADDRREQ) NAME(EMSGSIZE)
        NAME(EPROTOTYPE) NAME(ENOPROTOOPT) NAME(EPROTONOSUPPORT) NAME(ESOCKTNOSUPPORT)
        NAME(EOPNOTSUPP) NAME(EPFNOSUPPORT) NAME(EAFNOSUPPORT) NAME(EADDRINUSE) NAME(EADDRNOTAVAIL)
        NAME(ENETDOWN) NAME(ENETUNREACH) NAME(ENETRESET) NAME(ECONNABORTED) NAME(ECONNRESET)
        NAME(ENOBUFS) NAME(EISCONN) NAME(ENOTCONN) NAME(ETIMEDOUT) NAME(ECONNREFUSED) NAME(EHOSTDOWN)
        NAME(EHOSTUNREACH) NAME(EALREADY) NAME(EINPROGRESS) NAME(ENOKEY)
    }
#undef NAME
    snprintf(unknown, sizeof unknown, "errno-%d", number);
    return unknown;
}

void failed(const char *call)
{
    printf("%s %s\n", call, errno_name(errno));
    exit(0);
}

void check(long result, const char *call)
{
    if (result < 0)
        failed(call);
}

long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

// ADDRESS may carry a %scope, by name or number.
void parse_target(const char *address, const char *port, struct target *target)
{
    struct sockaddr_in *four = (struct sockaddr_in *)&target->address;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&target->address;
    char text[INET6_ADDRSTRLEN + IF_NAMESIZE + 1];
    char *scope;

    memset(target, 0, sizeof *target);
    snprintf(text, sizeof text, "%s", address);
    if ((scope = strchr(text, '%')))
        *scope++ = 0;
    if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons(atoi(port));
        target->length = sizeof *four;
    } else if (inet_pton(AF_INET6, text, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons(atoi(port));
        six->sin6_scope_id = scope ? if_nametoindex(scope) : 0;
        if (scope && !six->sin6_scope_id)
            six->sin6_scope_id = atoi(scope);
        target->length = sizeof *six;
    } else {
        fprintf(stderr, "ways: %s is no address\n", address);
        exit(2);
    }
}

// An echo reply on a ping or raw socket is told from the request by its type, whether an IPv4
// header precedes it or not: a raw socket also hears what is not meant for it.
static bool is_echo_reply(const unsigned char *data, ssize_t size)
{
    if (size > 20 && data[0] >> 4 == 4)
        data += (data[0] & 15) * 4;
    return size >= 8 && (data[0] == 0 || data[0] == 129);
}

// $WAYS_ANSWER_MS is for machines that are slow, and where an answer always comes.
int answer_wait_ms(void)
{
    const char *words = getenv("WAYS_ANSWER_MS");
    return words ? atoi(words) : 3000;
}

void print_answer(int fd)
{
    unsigned char answer[65536];
    long long deadline = now_ms() + answer_wait_ms();
    int type = 0, protocol = 0;
    socklen_t length = sizeof type;

    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length);
    getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &length);
    bool pings = protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6;
    for (;;) {
        struct pollfd readable = { .fd = fd, .events = POLLIN };
        long long left = deadline - now_ms();
        if (left <= 0 || poll(&readable, 1, (int)left) <= 0)
            break;
        ssize_t size = recv(fd, answer, sizeof answer - 1, MSG_DONTWAIT);
        if (size < 0 && errno == EAGAIN)
            continue;
        check(size, "recv");
        if (pings && !is_echo_reply(answer, size))
            continue;
        answer[size] = 0;
        answer[strcspn((char *)answer, "\r\n")] = 0;
        puts(pings ? "pong" : (char *)answer);
        return;
    }
    puts("silence");
}

void print_outcome(const struct options *options, int fd)
{
    if (options->answer_expected)
        print_answer(fd);
    else
        puts("sent");
}

static const struct way *find_way(const char *name)
{
    for (size_t i = 0; i < sizeof all_ways / sizeof *all_ways; i++)
        for (const struct way *way = all_ways[i]; way->name; way++)
            if (!name)
                puts(way->name);
            else if (!strcmp(way->name, name))
                return way;
    return NULL;
}

int main(int argc, char **argv)
{
    enum { entry, other, source, device, own, netns, count, no_answer };
    static const struct option known[] = {
        { "entry", required_argument, NULL, entry }, { "other", required_argument, NULL, other },
        { "source", required_argument, NULL, source }, { "device", required_argument, NULL, device }, { "own", required_argument, NULL, own },
        { "netns", required_argument, NULL, netns }, { "count", required_argument, NULL, count },
        { "no-answer", no_argument, NULL, no_answer }, { 0 },
    };
    struct options options = { .count = 1, .answer_expected = true };
    const char *other_address = NULL;
    int option;

    setvbuf(stdout, NULL, _IOLBF, 0);
    // A leading + ends the options at the first word that is none, in glibc and in musl.
    while ((option = getopt_long(argc, argv, "+", known, NULL)) != -1)
        switch (option) {
            case entry:
                if (!choose_entry(optarg)) {
                    fprintf(stderr, "ways: no entry %s in this build\n", optarg);
                    return 2;
                }
                break;
            case other: other_address = optarg; break;
            case source: parse_target(optarg, "0", &options.source); break;
            case device: options.device = optarg; break;
            case own: options.own = optarg; break;
            case netns: options.netns = optarg; break;
            case count: options.count = atoi(optarg); break;
            case no_answer: options.answer_expected = false; break;
            default: return 2;
        }
    argv += optind;
    if (!argv[0]) {
        find_way(NULL);
        return 2;
    }
    const struct way *way = find_way(argv[0]);
    if (!way) {
        fprintf(stderr, "ways: no way %s\n", argv[0]);
        return 2;
    }
    const char *port = "7";
    argv++;
    if (argv[0] && argv[1] && *argv[0] != '/') {
        port = argv[1];
        parse_target(argv[0], port, &options.to);
        argv += 2;
    }
    if (other_address)
        parse_target(other_address, port, &options.other);
    options.rest = argv;
    way->run(&options);
    return 0;
}
