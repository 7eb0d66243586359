// What sends no IP packet and must go on as it did: Unix, netlink and crypto sockets.
#include "ways.h"

#include <poll.h>
#include <sys/stat.h>
#include <sys/un.h>

#ifndef AF_ALG
#define AF_ALG 38
#endif

static socklen_t unix_name(struct sockaddr_un *name)
{
    *name = (struct sockaddr_un){ .sun_family = AF_UNIX };
    snprintf(name->sun_path + 1, sizeof name->sun_path - 1, "bti-ways-%d", (int)getpid());
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name->sun_path + 1));
}

static int unix_listener(struct sockaddr_un *name, socklen_t *length)
{
    int fd = (int)sys_socket(AF_UNIX, SOCK_DGRAM, 0);
    check(fd, "socket");
    *length = unix_name(name);
    check(sys_bind(fd, name, *length), "bind");
    return fd;
}

static void unix_sendto(const struct options *options)
{
    struct sockaddr_un name;
    socklen_t length;
    int listener = unix_listener(&name, &length), fd = (int)sys_socket(AF_UNIX, SOCK_DGRAM, 0);
    check(sys_sendto(fd, "unix\n", 5, 0, &name, length), "sendto");
    print_outcome(options, listener);
}

// The path is read in the program's own directory.
static void unix_relative_path(const struct options *options)
{
    char directory[] = "/tmp/bti-ways-XXXXXX";
    struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "here" };
    int listener = (int)sys_socket(AF_UNIX, SOCK_DGRAM, 0), fd = (int)sys_socket(AF_UNIX, SOCK_DGRAM, 0);

    if (!mkdtemp(directory) || chdir(directory))
        failed("mkdtemp");
    check(sys_bind(listener, &name, sizeof name), "bind");
    long result = sys_connect(fd, &name, sizeof name);
    int number = errno;
    unlink("here");
    rmdir(directory);
    errno = number;
    check(result, "connect");
    check(send(fd, "unix\n", 5, 0), "send");
    print_outcome(options, listener);
}

// The receiver is told who sent: the program, not whoever made the call for it.
static void unix_credentials(const struct options *options)
{
    struct sockaddr_un name;
    socklen_t length;
    struct iovec data = { "x", 1 };
    char control[128] = { 0 };
    int listener = unix_listener(&name, &length), fd = (int)sys_socket(AF_UNIX, SOCK_DGRAM, 0), on = 1;
    struct msghdr message = { .msg_name = &name, .msg_namelen = length, .msg_iov = &data, .msg_iovlen = 1 };
    struct ucred credentials;
    char byte;

    (void)options;
    check(setsockopt(listener, SOL_SOCKET, SO_PASSCRED, &on, sizeof on), "setsockopt");
    check(sys_sendmsg(fd, &message, 0), "sendmsg");
    data.iov_base = &byte;
    message = (struct msghdr){ .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
    check(recvmsg(listener, &message, 0), "recvmsg");
    memcpy(&credentials, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof credentials);
    printf("from %s\n", credentials.pid == getpid() && credentials.uid == getuid() ? "myself" : "another");
}

// Asks the kernel for its links: a message with a netlink address.
static void netlink_links(const struct options *options)
{
    struct { uint32_t length; uint16_t type, flags; uint32_t sequence, port; uint8_t family, padding[3]; } request = {
        20, 18, 0x301, 1, 0, AF_UNSPEC, { 0 },
    };
    struct { uint16_t family, padding; uint32_t port, groups; } kernel = { AF_NETLINK, 0, 0, 0 };
    struct iovec data = { &request, 20 };
    struct msghdr message = { .msg_name = &kernel, .msg_namelen = sizeof kernel, .msg_iov = &data, .msg_iovlen = 1 };
    char reply[8192];
    int fd = (int)sys_socket(AF_NETLINK, SOCK_RAW, 0);

    (void)options;
    check(fd, "socket");
    check(sys_sendmsg(fd, &message, 0), "sendmsg");
    ssize_t size = recv(fd, reply, sizeof reply, 0);
    check(size, "recv");
    puts(((uint16_t *)reply)[2] == 16 ? "links" : "something else");
}

static void alg_sha256(const struct options *options)
{
    struct { uint16_t family; uint8_t type[14]; uint32_t features, mask; uint8_t name[64]; } name = {
        AF_ALG, "hash", 0, 0, "sha256",
    };
    unsigned char digest[32];
    struct iovec data = { "abc", 3 };
    struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1 };
    int fd = (int)sys_socket(AF_ALG, SOCK_SEQPACKET, 0);

    (void)options;
    check(fd, "socket");
    check(sys_bind(fd, &name, sizeof name), "bind");
    int operation = accept(fd, NULL, NULL);
    check(operation, "accept");
    check(sys_sendmsg(operation, &message, 0), "sendmsg");
    check(read(operation, digest, sizeof digest), "read");
    printf("%02x%02x%02x%02x\n", digest[0], digest[1], digest[2], digest[3]);
}

// connect to a Unix path, printing what came of it: for the sockets of resolver daemons.
static void unix_connect(const struct options *options)
{
    struct sockaddr_un name = { .sun_family = AF_UNIX };
    int fd = (int)sys_socket(AF_UNIX, SOCK_STREAM, 0);
    if (!options->rest[0])
        exit(2);
    snprintf(name.sun_path, sizeof name.sun_path, "%s", options->rest[0]);
    check(sys_connect(fd, &name, sizeof name), "connect");
    puts("connected");
}

// Stands for the daemons at these paths: prints "ready", then "asked PATH" for each connection, which it
// closes, as a daemon does that does not know the question. The first paths' connections come first.
static void unix_listen(const struct options *options)
{
    enum { most = 4 };
    struct pollfd listeners[most];
    nfds_t count = 0;

    for (; count < most && options->rest[count]; count++) {
        struct sockaddr_un name = { .sun_family = AF_UNIX };
        snprintf(name.sun_path, sizeof name.sun_path, "%s", options->rest[count]);
        listeners[count] = (struct pollfd){ .fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), .events = POLLIN };
        unlink(name.sun_path);
        check(bind(listeners[count].fd, (void *)&name, sizeof name), "bind");
        check(chmod(name.sun_path, 0666), "chmod");
        check(listen(listeners[count].fd, 8), "listen");
    }
    puts("ready");
    while (poll(listeners, count, -1) > 0)
        for (nfds_t i = 0; i < count; i++)
            for (int asked; (asked = accept(listeners[i].fd, NULL, NULL)) >= 0; close(asked))
                printf("asked %s\n", options->rest[i]);
}

const struct way local_ways[] = {
    { "unix-sendto", unix_sendto },
    { "unix-relative-path", unix_relative_path },
    { "unix-credentials", unix_credentials },
    { "unix-connect", unix_connect },
    { "unix-listen", unix_listen },
    { "netlink-links", netlink_links },
    { "alg-sha256", alg_sha256 },
    { 0 },
};
