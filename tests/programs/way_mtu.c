// Datagrams that are larger than a hop of the way lets through: what the kernel learns of the way, the program hears of.
#include "ways.h"

#include <netinet/ip.h>
#include <poll.h>

enum { most_datagrams = 20, too_large = 1400, wait_ms = 250 };

// The words after the port: "connect" sends on a connected socket, "sendmsg" by that call, "bind-0" binds the socket to a port
// of the kernel's choice first, "server" to one of its own; "whole" asks for EMSGSIZE instead of fragments. Sends until one is
// answered or refused, and prints that, and the device that the socket is bound to then.
static void mtu(const struct options *options)
{
    static char data[too_large];
    int fd = open_udp(options), whole = IP_PMTUDISC_DO;
    bool four = family_of(&options->to) == AF_INET, connected = false, by_message = false;
    for (char **word = options->rest; *word; word++) {
        struct target any = any_address(family_of(&options->to));
        if (!strcmp(*word, "whole"))
            check(setsockopt(fd, four ? IPPROTO_IP : IPPROTO_IPV6, four ? IP_MTU_DISCOVER : IPV6_MTU_DISCOVER, &whole, sizeof whole), "setsockopt");
        else if (!strcmp(*word, "server"))
            *(four ? &((struct sockaddr_in *)&any.address)->sin_port : &((struct sockaddr_in6 *)&any.address)->sin6_port) = htons(40123);
        if (!strcmp(*word, "server") || !strcmp(*word, "bind-0"))
            bind_to(fd, &any);
        connected |= !strcmp(*word, "connect");
        by_message |= !strcmp(*word, "sendmsg");
    }
    if (options->device)
        check(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, options->device, strlen(options->device)), "SO_BINDTODEVICE");
    if (connected)
        check(sys_connect(fd, &options->to.address, options->to.length), "connect");
    const char *outcome = "lost";
    for (int i = 0; i < most_datagrams && !strcmp(outcome, "lost"); i++) {
        struct iovec piece = { data, sizeof data };
        struct msghdr message = {
            .msg_name = connected ? NULL : (void *)&options->to.address, .msg_namelen = connected ? 0 : options->to.length,
            .msg_iov = &piece, .msg_iovlen = 1,
        };
        struct pollfd readable = { .fd = fd, .events = POLLIN };
        long sent = by_message ? sys_sendmsg(fd, &message, 0)
            : connected ? send(fd, data, sizeof data, 0)
            : sys_sendto(fd, data, sizeof data, 0, &options->to.address, options->to.length);
        if (sent < 0)
            outcome = errno_name(errno);
        else if (poll(&readable, 1, wait_ms) == 1 && recv(fd, data, sizeof data, MSG_DONTWAIT) > 0)
            outcome = "answered";
    }
    char device[IF_NAMESIZE] = "";
    socklen_t length = sizeof device;
    check(getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, &length), "getsockopt");
    printf("%s %s\n", outcome, *device ? device : "unbound");
}

const struct way mtu_ways[] = {
    { "mtu", mtu },
    { 0 },
};
