// A datagram socket that is turned from one destination to another: its port, its source, its peer.
#include "ways.h"

#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

static int port_of(int fd)
{
    struct sockaddr_storage local = { 0 };
    socklen_t length = sizeof local;
    check(getsockname(fd, (struct sockaddr *)&local, &length), "getsockname");
    return ntohs(local.ss_family == AF_INET ? ((struct sockaddr_in *)&local)->sin_port : ((struct sockaddr_in6 *)&local)->sin6_port);
}

static void turn_on(int fd, int level, int name)
{
    int on = 1;
    check(setsockopt(fd, level, name, &on, sizeof on), "setsockopt");
}

// A port that nothing has: bound to, looked at, and given back.
static struct target free_port(const struct options *options, int protocol)
{
    struct target any = any_address(family_of(&options->to));
    int fd = bind_to(open_socket(options, SOCK_DGRAM, protocol), &any);
    in_port_t port = htons(port_of(fd));
    close(fd);
    if (family_of(&any) == AF_INET)
        ((struct sockaddr_in *)&any.address)->sin_port = port;
    else
        ((struct sockaddr_in6 *)&any.address)->sin6_port = port;
    return any;
}

static void ask(const struct options *options, int fd, bool pings)
{
    unsigned char packet[64];
    if (pings)
        check(send(fd, packet, echo_request(&options->to, packet), 0), "send");
    else
        check(send(fd, "who\n", 4, MSG_NOSIGNAL), "send");
    print_outcome(options, fd);
}

// The words after the port are what is done with one socket, in turn. A connect that fails says so, and the next follows.
static void steps(const struct options *options)
{
    bool pings = options->rest[0] && !strcmp(options->rest[0], "ping");
    bool lite = options->rest[0] && !strcmp(options->rest[0], "udplite");
    int protocol = pings ? ping_protocol(&options->to) : lite ? IPPROTO_UDPLITE : 0;
    int fd = open_socket(options, SOCK_DGRAM, protocol), port = 0;
    struct target any = any_address(family_of(&options->to));

    for (char **step = options->rest + (pings || lite); *step; step++) {
        if (!strcmp(*step, "reuseaddr"))
            turn_on(fd, SOL_SOCKET, SO_REUSEADDR);
        else if (!strcmp(*step, "reuseport"))
            turn_on(fd, SOL_SOCKET, SO_REUSEPORT);
        else if (!strcmp(*step, "no-port"))
            turn_on(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
        else if (!strcmp(*step, "bind-0"))
            bind_to(fd, &any);
        else if (!strcmp(*step, "bind-port")) {
            struct target own = free_port(options, protocol);
            bind_to(fd, &own);
        } else if (!strcmp(*step, "bind-source"))
            bind_to(fd, &options->source);
        else if (!strcmp(*step, "sendto"))
            check(sys_sendto(fd, "who\n", 4, 0, &options->to.address, options->to.length), "sendto");
        else if (!strcmp(*step, "sendto-other")) {
            char answer[64];
            struct pollfd readable = { .fd = fd, .events = POLLIN };
            check(sys_sendto(fd, "who\n", 4, 0, &options->other.address, options->other.length), "sendto-other");
            poll(&readable, 1, 3000);
            check(recv(fd, answer, sizeof answer, MSG_DONTWAIT), "recv");
        } else if (!strcmp(*step, "connect")) {
            if (sys_connect(fd, &options->to.address, options->to.length) < 0)
                printf("connect %s\n", errno_name(errno));
        } else if (!strcmp(*step, "connect-other")) {
            if (sys_connect(fd, &options->other.address, options->other.length) < 0)
                printf("connect-other %s\n", errno_name(errno));
        } else if (!strcmp(*step, "wait")) {
            puts("waits");
            check(getchar(), "getchar");
        } else if (!strcmp(*step, "send")) {
            if (send(fd, "who\n", 4, MSG_NOSIGNAL) < 0)
                printf("send %s\n", errno_name(errno));
        } else if (!strcmp(*step, "try-sendto")) {
            unsigned char packet[64] = "who\n";
            size_t size = pings ? echo_request(&options->to, packet) : 4;
            if (sys_sendto(fd, packet, size, 0, &options->to.address, options->to.length) < 0)
                printf("sendto %s\n", errno_name(errno));
        } else if (!strcmp(*step, "ask"))
            ask(options, fd, pings);
        else if (!strcmp(*step, "hear"))
            print_outcome(options, fd);
        else {
            fprintf(stderr, "ways: no step %s\n", *step);
            exit(2);
        }
        int now = port_of(fd);
        if (port && now != port)
            printf("port changed by %s\n", *step);
        port = now;
    }
}

const struct way port_ways[] = {
    { "steps", steps },
    { 0 },
};
