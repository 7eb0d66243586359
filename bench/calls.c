// Times one kind of call many times over and prints the median in nanoseconds.
//   calls KIND COUNT      KIND: connect, tcp-connect, reconnect, sendto, sendmsg, server-sendto, recvfrom, dns-recvfrom,
//                               socket, tcp-socket, send, getppid, unix-sendmsg, unix-rights
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    long x = *(const long *)a, y = *(const long *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    const char *kind = argv[1];
    int count = atoi(argv[2]);
    long *times = malloc(count * sizeof *times);
    struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons(9)};
    inet_pton(AF_INET, getenv("BENCH_PEER") ? getenv("BENCH_PEER") : "127.0.0.1", &peer.sin_addr);
    struct sockaddr_in other = peer, home = {.sin_family = AF_INET, .sin_addr = peer.sin_addr}, name;
    other.sin_port = htons(10);
    home.sin_port = htons(11);
    socklen_t length = sizeof name;
    int pair[2], receiver = socket(AF_INET, SOCK_DGRAM, 0);
    bind(receiver, (struct sockaddr *)&peer, sizeof peer);
    socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
    int udp = socket(AF_INET, SOCK_DGRAM, 0), connected = socket(AF_INET, SOCK_DGRAM, 0);
    connect(connected, (struct sockaddr *)&peer, sizeof peer);
    int server = socket(AF_INET, SOCK_DGRAM, 0), listener = socket(AF_INET, SOCK_STREAM, 0);
    bind(server, (struct sockaddr *)&home, sizeof home);
    bind(listener, (struct sockaddr *)&peer, sizeof peer);
    listen(listener, 16);
    int tcp = strcmp(kind, "tcp-connect") == 0, makes = strstr(kind, "socket") != NULL, receives = strstr(kind, "recvfrom") != NULL;
    char payload[64] = {0}, drain[64];
    struct iovec iov = {payload, sizeof payload};
    union { char bytes[CMSG_SPACE(sizeof(int))]; struct cmsghdr align; } control = {{0}};
    struct msghdr named = {.msg_name = &peer, .msg_namelen = sizeof peer, .msg_iov = &iov, .msg_iovlen = 1};
    struct msghdr plain = {.msg_iov = &iov, .msg_iovlen = 1};
    struct msghdr rights = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *cmsg = CMSG_FIRSTHDR(&rights);
    *cmsg = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
    *(int *)CMSG_DATA(cmsg) = 0;
    if (receives) {
        // A query, which --dns redirects where it goes to port 53; all that follows is its answer. Its address is kept in a
        // copy, as c-ares does, so that the answer has to get its source back.
        if (strcmp(kind, "dns-recvfrom") == 0)
            peer.sin_port = htons(53);
        sendto(udp, payload, sizeof payload, 0, (struct sockaddr *)&peer, sizeof peer);
        peer.sin_port = htons(53);
        recvfrom(receiver, drain, sizeof drain, 0, (struct sockaddr *)&name, &length);
        connect(receiver, (struct sockaddr *)&name, sizeof name);
    }
    for (int i = 0; i < count; i++) {
        int fresh = tcp || strcmp(kind, "connect") == 0 ? socket(AF_INET, tcp ? SOCK_STREAM : SOCK_DGRAM, 0) : -1;
        if (receives)
            send(receiver, payload, sizeof payload, 0);
        length = sizeof name;
        long start = now();
        if (makes)
            fresh = socket(AF_INET, kind[0] == 't' ? SOCK_STREAM : SOCK_DGRAM, 0);
        else if (fresh >= 0)
            connect(fresh, (struct sockaddr *)&peer, sizeof peer);
        else if (strcmp(kind, "reconnect") == 0)
            connect(connected, (struct sockaddr *)(i % 2 ? &peer : &other), sizeof peer);
        else if (receives)
            recvfrom(udp, drain, sizeof drain, 0, (struct sockaddr *)&name, &length);
        else if (strcmp(kind, "server-sendto") == 0)
            sendto(server, payload, sizeof payload, 0, (struct sockaddr *)&peer, sizeof peer);
        else if (strcmp(kind, "sendto") == 0)
            sendto(udp, payload, sizeof payload, 0, (struct sockaddr *)&peer, sizeof peer);
        else if (strcmp(kind, "sendmsg") == 0)
            sendmsg(udp, &named, 0);
        else if (strcmp(kind, "send") == 0)
            send(connected, payload, sizeof payload, 0);
        else if (strcmp(kind, "getppid") == 0)
            for (int j = 0; j < 100; j++)
                syscall(SYS_getppid);
        else if (strcmp(kind, "unix-sendmsg") == 0)
            sendmsg(pair[0], &plain, 0);
        else if (strcmp(kind, "unix-rights") == 0)
            sendmsg(pair[0], &rights, 0);
        else
            return 2;
        times[i] = now() - start;
        if (tcp) {
            // Closed with a reset: no port waits in TIME_WAIT.
            setsockopt(fresh, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
            close(accept(listener, NULL, NULL));
        }
        if (fresh >= 0)
            close(fresh);
        else if (kind[0] == 'u')
            recv(pair[1], drain, sizeof drain, 0);
        else
            recv(receiver, drain, sizeof drain, MSG_DONTWAIT);
    }
    qsort(times, count, sizeof *times, compare);
    printf("%ld\n", times[count / 2] / (strcmp(kind, "getppid") == 0 ? 100 : 1));
    return 0;
}
