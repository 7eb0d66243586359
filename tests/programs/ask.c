// Asks a DNS server for the TXT record of side.test and prints what the lab's server answers, which
// tells what server was asked by which side; before it, what has become of the address that was
// passed to the kernel.
//
//   ask [-t] [-s] [-6] [-r] [-l] SERVER PORT
//
//   -t  TCP                       -s  sendto on an unconnected socket instead of connect
//   -6  an IPV6_V6ONLY socket     -r  the address is in a page that cannot be written
//   -l  only connects, and prints "passed ADDRESS PORT" and "local ADDRESS" of the socket
//
// Prints "passed ADDRESS PORT", "peer ADDRESS PORT" (of the connection, or of the reply), "answer TEXT".
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "errno_name.h"

static const unsigned char query[] =
    "\0\033" // length, for TCP
    "\x12\x34\1\0\0\1\0\0\0\0\0\0" "\4side\4test\0" "\0\x10\0\1";

static void print_address(const char *label, const struct sockaddr *address)
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
    char text[INET6_ADDRSTRLEN];
    if (address->sa_family == AF_INET)
        printf("%s %s %d\n", label, inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text), ntohs(v4->sin_port));
    else
        printf("%s %s %d\n", label, inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text), ntohs(v6->sin6_port));
}

static int failed(const char *step)
{
    printf("%s: %s\n", step, errno_name(errno));
    return 1;
}

static int print_local(int fd, const struct sockaddr *server)
{
    struct sockaddr_storage local;
    socklen_t length = sizeof local;
    char text[INET6_ADDRSTRLEN];
    print_address("passed", server);
    if (getsockname(fd, (struct sockaddr *)&local, &length) < 0)
        return failed("getsockname");
    printf("local %s\n", inet_ntop(local.ss_family, local.ss_family == AF_INET ? (void *)&((struct sockaddr_in *)&local)->sin_addr
        : (void *)&((struct sockaddr_in6 *)&local)->sin6_addr, text, sizeof text));
    return 0;
}

int main(int argc, char **argv)
{
    int option, tcp = 0, unconnected = 0, v6only = 0, readonly = 0, local_only = 0;
    while ((option = getopt(argc, argv, "ts6rl")) != -1)
        switch (option) {
        case 't': tcp = 1; break;
        case 's': unconnected = 1; break;
        case '6': v6only = 1; break;
        case 'r': readonly = 1; break;
        case 'l': local_only = 1; break;
        default: return 2;
        }
    if (argc - optind != 2)
        return 2;

    struct sockaddr *server = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct sockaddr_in *v4 = (struct sockaddr_in *)server;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)server;
    socklen_t length = sizeof *v4;
    if (inet_pton(AF_INET, argv[optind], &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(atoi(argv[optind + 1]));
    } else {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(atoi(argv[optind + 1]));
        length = sizeof *v6;
        if (inet_pton(AF_INET6, argv[optind], &v6->sin6_addr) != 1)
            return 2;
    }
    if (readonly)
        mprotect(server, 4096, PROT_READ);

    int fd = socket(server->sa_family, tcp ? SOCK_STREAM : SOCK_DGRAM, 0);
    if (v6only && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6only, sizeof v6only) < 0)
        return failed("setsockopt");

    const unsigned char *message = tcp ? query : query + 2;
    size_t size = sizeof query - 1 - (tcp ? 0 : 2);
    if (unconnected) {
        if (sendto(fd, message, size, 0, server, length) < 0)
            return failed("sendto");
    } else {
        if (connect(fd, server, length) < 0)
            return failed("connect");
        if (local_only)
            return print_local(fd, server);
        if (send(fd, message, size, 0) < 0)
            return failed("send");
    }
    print_address("passed", server);

    unsigned char reply[512];
    struct sockaddr_storage peer;
    socklen_t peer_length = sizeof peer;
    struct pollfd one = { .fd = fd, .events = POLLIN };
    if (poll(&one, 1, 10000) != 1) {
        printf("no answer\n");
        return 1;
    }
    ssize_t got = recvfrom(fd, reply, sizeof reply, 0, (struct sockaddr *)&peer, &peer_length);
    if (got < 0)
        return failed("recv");
    if (!unconnected) {
        peer_length = sizeof peer;
        getpeername(fd, (struct sockaddr *)&peer, &peer_length);
    }
    print_address("peer", (struct sockaddr *)&peer);

    // The one record ends the message: its text follows name, type, class, lifetime and two lengths.
    size_t text = size + 2 + 2 + 2 + 4 + 2 + 1;
    if ((size_t)got <= text)
        return 1;
    printf("answer %.*s\n", (int)(got - text), reply + text);
    return 0;
}
