// How long two processes wait for each other at most while 32 threads of a third one send vectors of large datagrams, without a
// supervisor: `crowd ADDRESS [SECONDS]`. A stopped call waits for another process in the same way, so that it can take as long
// on a machine with few processors, whoever answers it. ADDRESS is one where the datagrams may go: of a lab, or 127.0.0.1.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 32, MESSAGES = 1024, BYTES = 60000, PAUSE_US = 2000 };

static struct sockaddr_in to = { .sin_family = AF_INET };

static long long now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void *send_vectors(void *unused)
{
    static char data[BYTES];
    struct iovec piece = { data, sizeof data };
    struct mmsghdr *messages = calloc(MESSAGES, sizeof *messages);
    for (int i = 0; messages && i < MESSAGES; i++)
        messages[i].msg_hdr = (struct msghdr){ .msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &piece, .msg_iovlen = 1 };
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    for (;;)
        sendmmsg(fd, messages, MESSAGES, 0);
    return unused;
}

static _Noreturn void send_in_threads(void)
{
    for (int i = 0; i < THREADS; i++) {
        pthread_t thread;
        pthread_create(&thread, NULL, send_vectors, NULL);
    }
    for (;;)
        pause();
}

static _Noreturn void answer(int from, int into)
{
    char byte;
    while (read(from, &byte, 1) == 1 && write(into, &byte, 1) == 1)
        ;
    _exit(0);
}

int main(int argc, char **argv)
{
    int there[2], back[2];
    to.sin_port = htons(7);
    if (argc < 2 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1 || pipe(there) || pipe(back)) {
        fprintf(stderr, "usage: crowd ADDRESS [SECONDS]\n");
        return 2;
    }

    pid_t crowd = fork();
    if (!crowd)
        send_in_threads();
    pid_t other = fork();
    if (!other)
        answer(there[0], back[1]);

    usleep(200000);
    long long end = now_us() + (argc > 2 ? atoi(argv[2]) : 1) * 1000000LL, longest = 0;
    int count = 0;
    for (char byte = 0; now_us() < end; count++) {
        long long start = now_us();
        if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1)
            break;
        long long took = now_us() - start;
        longest = took > longest ? took : longest;
        usleep(PAUSE_US);
    }

    kill(crowd, SIGKILL);
    kill(other, SIGKILL);
    printf("longest of %d round trips: %.1f ms\n", count, (double)longest / 1000);
    return 0;
}
