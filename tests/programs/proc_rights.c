// One process makes sockets, another one, which was given them by SCM_RIGHTS, connects them to the lab's
// echo service and prints the answers: over TCP by way of a socket pair, then over UDP by way of a named
// Unix socket. proc_rights ADDRESS PORT
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

union control { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof(int))]; };

static void fail(const char *step)
{
    perror(step);
    exit(1);
}

static void pass(int by, int fd)
{
    union control control = { 0 };
    struct iovec part = { .iov_base = "x", .iov_len = 1 };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    if (sendmsg(by, &message, 0) != 1)
        fail("sendmsg");
    close(fd);
}

static int take(int from)
{
    char byte;
    int fd;
    union control control;
    struct iovec part = { .iov_base = &byte, .iov_len = 1 };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
    if (recvmsg(from, &message, MSG_CMSG_CLOEXEC) != 1 || !CMSG_FIRSTHDR(&message))
        fail("recvmsg");
    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
    return fd;
}

static void talk(int fd, const struct sockaddr_in *destination)
{
    char answer[256];
    if (connect(fd, (const struct sockaddr *)destination, sizeof *destination) < 0 || send(fd, "hello\n", 6, 0) < 0)
        fail("connect");
    ssize_t length = recv(fd, answer, sizeof answer - 1, 0);
    if (length < 0)
        fail("recv");
    answer[length] = 0;
    answer[strcspn(answer, "\n")] = 0;
    puts(answer);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    struct sockaddr_in destination = { .sin_family = AF_INET };
    if (argc != 3 || inet_pton(AF_INET, argv[1], &destination.sin_addr) != 1)
        return 2;
    destination.sin_port = htons(atoi(argv[2]));

    // The kernel names it: an abstract address.
    struct sockaddr_un named = { .sun_family = AF_UNIX };
    socklen_t length = sizeof named;
    int pair[2], door = socket(AF_UNIX, SOCK_STREAM, 0);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || bind(door, (struct sockaddr *)&named, sizeof named.sun_family) < 0
        || listen(door, 1) < 0 || getsockname(door, (struct sockaddr *)&named, &length) < 0)
        fail("unix");

    pid_t child = fork();
    if (child == 0) {
        talk(take(pair[1]), &destination);
        int by = socket(AF_UNIX, SOCK_STREAM, 0);
        if (connect(by, (struct sockaddr *)&named, length) < 0)
            fail("connect to the named socket");
        talk(take(by), &destination);
        return 0;
    }
    pass(pair[0], socket(AF_INET, SOCK_STREAM, 0));
    int client = accept(door, NULL, NULL);
    pass(client, socket(AF_INET, SOCK_DGRAM, 0));
    int status;
    waitpid(child, &status, 0);
    return status != 0;
}
