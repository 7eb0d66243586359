// Times one kind of call many times over and prints the median in nanoseconds.
//   calls KIND COUNT      KIND: connect, sendto, sendmsg, send, getppid, unix-sendmsg, unix-rights
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
    int pair[2], receiver = socket(AF_INET, SOCK_DGRAM, 0);
    bind(receiver, (struct sockaddr *)&peer, sizeof peer);
    socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
    int udp = socket(AF_INET, SOCK_DGRAM, 0), connected = socket(AF_INET, SOCK_DGRAM, 0);
    connect(connected, (struct sockaddr *)&peer, sizeof peer);
    char payload[64] = {0}, drain[64];
    struct iovec iov = {payload, sizeof payload};
    union { char bytes[CMSG_SPACE(sizeof(int))]; struct cmsghdr align; } control = {{0}};
    struct msghdr named = {.msg_name = &peer, .msg_namelen = sizeof peer, .msg_iov = &iov, .msg_iovlen = 1};
    struct msghdr plain = {.msg_iov = &iov, .msg_iovlen = 1};
    struct msghdr rights = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *cmsg = CMSG_FIRSTHDR(&rights);
    *cmsg = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
    *(int *)CMSG_DATA(cmsg) = 0;
    for (int i = 0; i < count; i++) {
        int fresh = strcmp(kind, "connect") == 0 ? socket(AF_INET, SOCK_DGRAM, 0) : -1;
        long start = now();
        if (fresh >= 0)
            connect(fresh, (struct sockaddr *)&peer, sizeof peer);
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
