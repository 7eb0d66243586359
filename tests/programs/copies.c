// What a program would notice if its supervisor kept a descriptor of its sockets for too long, or not long enough. One subcommand
// for each; "-" for a port is one that the kernel chooses.
//
//   copies closed ADDRESS PORT   connects, closes, and prints whether the connection is being closed ("closed")
//   copies eof                   a server of its own on loopback sees the end of a connection that its client closes ("eof")
//   copies listener              a listener on loopback that was closed listens no more ("ECONNREFUSED")
//   copies port                  a UDP and a TCP port can be bound again at once, many times ("bound")
//   copies child-port            the port of a child that was killed can be bound again at once ("bound")
//   copies gone                  waits until the port of a UDP socket that was closed is free ("gone")
//   copies many                  opens and closes thousands of UDP sockets one after the other; then opens all that it can get, closes them
//                                and opens another one. Prints how these ended ("0 failed, EMFILE, again")
//   copies long ADDRESS PORT     UDP for longer than a sweep takes: by sendto, by a duplicate, by a child whose parent has closed it
//   copies hand ADDRESS PORT     a UDP socket that another process gets (SCM_RIGHTS) and uses
//   copies again ADDRESS PORT    a TCP socket whose first connect is refused, and whose second one is not
//   copies poll ADDRESS PORT     a non-blocking connect, asked by a second connect what became of it ("EISCONN")
//   copies options ADDRESS PORT  options of a socket that is connected, and of one that was accepted on loopback
//   copies inherited FD ADDRESS PORT   sends by a UDP socket that it was started with
//   copies pair PROGRAM ARG...   runs PROGRAM with a UDP socket as descriptor 9
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "errno_name.h"

// Of three sweeps.
enum { LONG_MICROSECONDS = 1300000 };

// More than there are descriptors for, several times.
enum { MANY = 5000 };

static struct sockaddr_storage peer;
static socklen_t peer_length;

static void fail(const char *what)
{
    printf("%s: %s\n", what, errno == EISCONN ? "EISCONN" : errno_name(errno));
    exit(1);
}

static int check(int result, const char *what)
{
    if (result < 0)
        fail(what);
    return result;
}

static void parse(const char *address, const char *port)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)&peer;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&peer;
    if (inet_pton(AF_INET, address, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(atoi(port));
        peer_length = sizeof *v4;
        return;
    }
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(atoi(port));
    peer_length = sizeof *v6;
    inet_pton(AF_INET6, address, &v6->sin6_addr);
}

static int open_socket(int type) { return check(socket(peer.ss_family, type, 0), "socket"); }

static void print_answer(int fd)
{
    char answer[256];
    struct pollfd one = { .fd = fd, .events = POLLIN };
    if (poll(&one, 1, 10000) != 1) {
        puts("no answer");
        exit(1);
    }
    ssize_t length = check(recv(fd, answer, sizeof answer - 1, 0), "recv");
    answer[length] = 0;
    fputs(answer, stdout);
    if (length == 0 || answer[length - 1] != '\n')
        putchar('\n');
    fflush(stdout);
}

static void ask(int fd)
{
    check(sendto(fd, "hello", 5, 0, (struct sockaddr *)&peer, peer_length), "sendto");
    print_answer(fd);
}

static unsigned local_port(int fd)
{
    struct sockaddr_storage name;
    socklen_t length = sizeof name;
    check(getsockname(fd, (struct sockaddr *)&name, &length), "getsockname");
    return ntohs(((struct sockaddr_in *)&name)->sin_port);
}

// The state of a socket with this local port by the kernel's list; -1 where it has none.
static int state_of(const char *list, unsigned port)
{
    char line[512];
    FILE *file = fopen(list, "r");
    int found = -1;
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        unsigned at, state;
        if (sscanf(line, " %*d: %*[0-9A-F]:%x %*[0-9A-F]:%*x %x", &at, &state) == 2 && at == port)
            found = state;
    }
    if (file != NULL)
        fclose(file);
    return found;
}

static int closed(void)
{
    int fd = open_socket(SOCK_STREAM);
    check(connect(fd, (struct sockaddr *)&peer, peer_length), "connect");
    unsigned port = local_port(fd);
    close(fd);
    int state = state_of(peer.ss_family == AF_INET ? "/proc/net/tcp" : "/proc/net/tcp6", port);
    puts(state == 1 ? "established" : "closed");
    return state == 1;
}

static int loopback_listener(struct sockaddr_in *name)
{
    socklen_t length = sizeof *name;
    *name = (struct sockaddr_in) { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    check(bind(fd, (struct sockaddr *)name, sizeof *name), "bind");
    check(listen(fd, 8), "listen");
    check(getsockname(fd, (struct sockaddr *)name, &length), "getsockname");
    return fd;
}

static int eof(void)
{
    struct sockaddr_in name;
    char byte;
    int listener = loopback_listener(&name), client = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    check(connect(client, (struct sockaddr *)&name, sizeof name), "connect");
    int server = check(accept(listener, NULL, NULL), "accept");
    close(client);
    // On loopback the end is there when close returns.
    ssize_t length = recv(server, &byte, 1, MSG_DONTWAIT);
    puts(length == 0 ? "eof" : errno_name(errno));
    return 0;
}

static int closed_listener(void)
{
    struct sockaddr_in name;
    close(loopback_listener(&name));
    int client = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    puts(connect(client, (struct sockaddr *)&name, sizeof name) == 0 ? "connected" : errno_name(errno));
    return 0;
}

static int bound(int type, unsigned port)
{
    struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = htons(port) };
    int fd = check(socket(AF_INET, type, 0), "socket");
    check(bind(fd, (struct sockaddr *)&name, sizeof name), "bind");
    return fd;
}

static int again_and_again(void)
{
    int types[] = { SOCK_DGRAM, SOCK_STREAM };
    for (int i = 0; i < 2; i++) {
        int fd = bound(types[i], 0);
        unsigned port = local_port(fd);
        close(fd);
        for (int round = 0; round < 20; round++)
            close(bound(types[i], port));
    }
    puts("bound");
    return 0;
}

static int child_port(void)
{
    int ends[2];
    unsigned port;
    check(pipe(ends), "pipe");
    pid_t child = check(fork(), "fork");
    if (child == 0) {
        port = local_port(bound(SOCK_DGRAM, 0));
        check(write(ends[1], &port, sizeof port), "write");
        pause();
    }
    check(read(ends[0], &port, sizeof port), "read");
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    bound(SOCK_DGRAM, port);
    puts("bound");
    return 0;
}

static int gone(void)
{
    int fd = bound(SOCK_DGRAM, 0);
    unsigned port = local_port(fd);
    close(fd);
    for (int round = 0; round < 6000 && state_of("/proc/net/udp", port) >= 0; round++)
        usleep(10000);
    puts(state_of("/proc/net/udp", port) < 0 ? "gone" : "there");
    return 0;
}

static int long_lived(void)
{
    int fd = open_socket(SOCK_DGRAM);
    ask(fd);
    usleep(LONG_MICROSECONDS);
    ask(fd);
    int other = check(dup(fd), "dup");
    close(fd);
    usleep(LONG_MICROSECONDS);
    ask(other);
    pid_t child = check(fork(), "fork");
    if (child == 0) {
        usleep(2 * LONG_MICROSECONDS);
        ask(other);
        exit(0);
    }
    close(other);
    int status = 0;
    waitpid(child, &status, 0);
    return WEXITSTATUS(status);
}

static int hand(void)
{
    int pair[2];
    check(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), "socketpair");
    char byte = 0;
    union { char bytes[CMSG_SPACE(sizeof(int))]; struct cmsghdr align; } control = { { 0 } };
    struct iovec iov = { &byte, 1 };
    struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
    pid_t child = check(fork(), "fork");
    if (child == 0) {
        check(recvmsg(pair[1], &message, 0), "recvmsg");
        int fd;
        memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
        ask(fd);
        usleep(LONG_MICROSECONDS);
        ask(fd);
        exit(0);
    }
    int fd = open_socket(SOCK_DGRAM);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr) { .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    check(sendmsg(pair[0], &message, 0), "sendmsg");
    close(fd);
    int status = 0;
    waitpid(child, &status, 0);
    return WEXITSTATUS(status);
}

static int again(void)
{
    int fd = open_socket(SOCK_STREAM);
    struct sockaddr_storage refused = peer;
    ((struct sockaddr_in *)&refused)->sin_port = htons(9);
    if (connect(fd, (struct sockaddr *)&refused, peer_length) == 0 || errno != ECONNREFUSED)
        fail("first connect");
    check(connect(fd, (struct sockaddr *)&peer, peer_length), "second connect");
    print_answer(fd);
    return 0;
}

static int asked(void)
{
    int fd = open_socket(SOCK_STREAM | SOCK_NONBLOCK);
    if (connect(fd, (struct sockaddr *)&peer, peer_length) == 0 || errno != EINPROGRESS)
        fail("first connect");
    struct pollfd one = { .fd = fd, .events = POLLOUT };
    poll(&one, 1, 10000);
    // Once more 0, where the kernel has not told of the success yet.
    if (connect(fd, (struct sockaddr *)&peer, peer_length) == 0 && connect(fd, (struct sockaddr *)&peer, peer_length) == 0)
        return 1;
    puts(errno == EISCONN ? "EISCONN" : errno_name(errno));
    return 0;
}

static void try_options(int fd)
{
    int one = 1;
    const char *results[4];
    results[0] = setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0 ? "ok" : errno_name(errno);
    results[1] = setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lan0", 4) == 0 ? "ok" : errno_name(errno);
    results[2] = setsockopt(fd, SOL_IP, IP_OPTIONS, "", 0) == 0 ? "ok" : errno_name(errno);
    results[3] = sendto(fd, "hello\n", 6, 0, (struct sockaddr *)&peer, peer_length) == 6 ? "ok" : errno_name(errno);
    printf("%s %s %s %s\n", results[0], results[1], results[2], results[3]);
}

static int options(void)
{
    struct sockaddr_in name;
    int fd = open_socket(SOCK_STREAM);
    check(connect(fd, (struct sockaddr *)&peer, peer_length), "connect");
    try_options(fd);
    int listener = loopback_listener(&name), client = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    check(connect(client, (struct sockaddr *)&name, sizeof name), "connect");
    try_options(check(accept(listener, NULL, NULL), "accept"));
    return 0;
}

static int many(void)
{
    static int kept[MANY];
    int failed = 0, count = 0, last = 0;
    for (int i = 0; i < MANY; i++) {
        int fd = socket(AF_INET, SOCK_DGRAM, 0);
        failed += fd < 0;
        close(fd);
    }
    while (count < MANY && (last = socket(AF_INET, SOCK_DGRAM, 0)) >= 0)
        kept[count++] = last;
    const char *ended = last < 0 ? errno_name(errno) : "none";
    while (count > 0)
        close(kept[--count]);
    printf("%d failed, %s, %s\n", failed, ended, socket(AF_INET, SOCK_DGRAM, 0) >= 0 ? "again" : errno_name(errno));
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    const char *what = argv[1];
    if (strcmp(what, "pair") == 0 && argc > 2) {
        int fd = check(socket(AF_INET, SOCK_DGRAM, 0), "socket");
        check(dup2(fd, 9), "dup2");
        execvp(argv[2], argv + 2);
        fail(argv[2]);
    }
    if (argc > 3)
        parse(argv[argc - 2], argv[argc - 1]);
    if (strcmp(what, "inherited") == 0 && argc > 4) {
        ask(atoi(argv[2]));
        return 0;
    }
    static const struct { const char *name; int (*run)(void); } subcommands[] = {
        { "closed", closed }, { "eof", eof }, { "listener", closed_listener }, { "port", again_and_again },
        { "child-port", child_port }, { "gone", gone }, { "long", long_lived }, { "hand", hand }, { "again", again },
        { "poll", asked }, { "options", options }, { "many", many },
    };
    for (size_t i = 0; i < sizeof subcommands / sizeof *subcommands; i++) {
        if (strcmp(what, subcommands[i].name) == 0)
            return subcommands[i].run();
    }
    return 2;
}
