// Makes connections whose result is told by --trace, and prints what a program sees of them: with and without a supervisor it is the
// same.
//
//   observed timeout ADDRESS PORT     a blocking connect with SO_SNDTIMEO of 300 ms
//   observed alarm ADDRESS PORT       a blocking connect that SIGALRM interrupts after 300 ms
//   observed restart ADDRESS PORT     the same with SA_RESTART; a second SIGALRM without it ends it
//   observed again ADDRESS PORT OTHER a blocking connect to PORT, and then on the same socket one to OTHER
//   observed closed ADDRESS PORT      a connect without waiting, whose socket is closed at once, and then another one
//   observed asked ADDRESS PORT       a connect without waiting; SO_ERROR twice, and then once more into a page that cannot be written
//   observed unasked ADDRESS PORT     a connect without waiting, whose error is found by read
//   observed send ADDRESS PORT COUNT  datagrams from one socket, which is not connected
//   observed many COUNT               UDP connects to as many addresses; prints the resident memory of the parent in KiB
//   observed stream PATH              a connect to a Unix socket, from which a line is read
//   observed socket FAMILY TYPE PROTOCOL
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "errno_name.h"

static struct sockaddr_in destination(char **words)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(atoi(words[1])) };
    inet_pton(AF_INET, words[0], &address.sin_addr);
    return address;
}

static long milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void report(const char *what, int result)
{
    printf("%s %s\n", what, result < 0 ? errno_name(errno) : "ok");
    fflush(stdout);
}

static int connect_to(int fd, const struct sockaddr_in *address)
{
    return connect(fd, (const struct sockaddr *)address, sizeof *address);
}

static void waited(long since)
{
    long took = milliseconds() - since;
    // Far longer than any machine is slow, far shorter than what the kernel would wait.
    printf("%s\n", took < 250 ? "too soon" : took < 20000 ? "in time" : "too late");
}

static void timeout(char **words)
{
    struct sockaddr_in address = destination(words);
    struct timeval limit = { .tv_usec = 300000 };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    long begin = milliseconds();
    report("connect", connect_to(fd, &address));
    waited(begin);
    socklen_t length = sizeof limit;
    getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, &length);
    printf("timeout %ld\n", limit.tv_usec);
    report("connect again", connect_to(fd, &address));
}

static volatile sig_atomic_t alarms;

static void on_alarm(int signal)
{
    if (++alarms == 1) {
        struct sigaction action = { .sa_handler = on_alarm };
        sigaction(signal, &action, NULL);
    }
}

static void interrupted(char **words, int flags)
{
    struct sockaddr_in address = destination(words);
    struct sigaction action = { .sa_handler = on_alarm, .sa_flags = flags };
    struct itimerval timer = { { .tv_usec = 300000 }, { .tv_usec = 300000 } };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
    long begin = milliseconds();
    report("connect", connect_to(fd, &address));
    waited(begin);
    printf("alarms %d\n", (int)alarms);
    timer = (struct itimerval){ 0 };
    setitimer(ITIMER_REAL, &timer, NULL);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    report("connect again", connect_to(fd, &address));
}

static void again(char **words)
{
    struct sockaddr_in address = destination(words);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    report("connect", connect_to(fd, &address));
    int error = -1;
    socklen_t length = sizeof error;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    printf("SO_ERROR %d\n", error);
    address.sin_port = htons(atoi(words[2]));
    report("connect", connect_to(fd, &address));
    report("connect", connect_to(fd, &address));
    char line[100];
    ssize_t count = read(fd, line, sizeof line - 1);
    printf("%.*s", count > 0 ? (int)count : 0, line);
}

static int start(const struct sockaddr_in *address)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    report("connect", connect_to(fd, address));
    return fd;
}

static void wait_for(int fd)
{
    struct pollfd one = { .fd = fd, .events = POLLOUT };
    poll(&one, 1, 10000);
}

static void closed(char **words)
{
    struct sockaddr_in address = destination(words);
    close(start(&address));
    int fd = start(&address);
    struct sockaddr_in name;
    socklen_t length = sizeof name;
    getsockname(fd, (struct sockaddr *)&name, &length);
    close(fd);
    // The port is free as soon as the socket is closed.
    int next = socket(AF_INET, SOCK_STREAM, 0);
    report("bind", bind(next, (struct sockaddr *)&name, length));
}

static void asked(char **words)
{
    struct sockaddr_in address = destination(words);
    int fd = start(&address);
    wait_for(fd);
    for (int i = 0; i < 2; i++) {
        int error = -1;
        socklen_t length = sizeof error;
        report("getsockopt", getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length));
        printf("SO_ERROR %s length %u\n", error ? errno_name(error) : "0", length);
    }
    fd = start(&address);
    wait_for(fd);
    void *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    socklen_t length = sizeof(int);
    report("getsockopt", getsockopt(fd, SOL_SOCKET, SO_ERROR, page, &length));
    short half = -1;
    length = sizeof half;
    fd = start(&address);
    wait_for(fd);
    report("getsockopt", getsockopt(fd, SOL_SOCKET, SO_ERROR, &half, &length));
    printf("SO_ERROR %s length %u\n", half ? errno_name(half) : "0", length);
}

static void unasked(char **words)
{
    struct sockaddr_in address = destination(words);
    int fd = start(&address);
    wait_for(fd);
    char byte;
    report("read", read(fd, &byte, 1));
}

static void send_many(char **words)
{
    struct sockaddr_in address = destination(words);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    for (int i = 0; i < atoi(words[2]); i++)
        report("sendto", sendto(fd, "x", 1, 0, (struct sockaddr *)&address, sizeof address));
}

static void many(char **words)
{
    int count = atoi(words[0]);
    for (int i = 0; i < count; i++) {
        struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(9) };
        address.sin_addr.s_addr = htonl(0x64400000 + i);
        int fd = socket(AF_INET, SOCK_DGRAM, 0);
        connect_to(fd, &address);
        close(fd);
    }
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%d/status", getppid());
    FILE *status = fopen(path, "r");
    while (status && fgets(line, sizeof line, status))
        if (strncmp(line, "VmRSS:", 6) == 0)
            printf("%ld\n", atol(line + 6));
}

static void stream(char **words)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    strncpy(address.sun_path, words[0], sizeof address.sun_path - 1);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    report("connect", connect(fd, (struct sockaddr *)&address, sizeof address));
    char line[100];
    ssize_t count = read(fd, line, sizeof line - 1);
    printf("%.*s", count > 0 ? (int)count : 0, line);
}

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "";
    char **words = argv + 2;
    int given = argc - 2;
    if (given == 2 && strcmp(how, "timeout") == 0)
        timeout(words);
    else if (given == 2 && strcmp(how, "alarm") == 0)
        interrupted(words, 0);
    else if (given == 2 && strcmp(how, "restart") == 0)
        interrupted(words, SA_RESTART);
    else if (given == 3 && strcmp(how, "again") == 0)
        again(words);
    else if (given == 2 && strcmp(how, "closed") == 0)
        closed(words);
    else if (given == 2 && strcmp(how, "asked") == 0)
        asked(words);
    else if (given == 2 && strcmp(how, "unasked") == 0)
        unasked(words);
    else if (given == 3 && strcmp(how, "send") == 0)
        send_many(words);
    else if (given == 1 && strcmp(how, "many") == 0)
        many(words);
    else if (given == 1 && strcmp(how, "stream") == 0)
        stream(words);
    else if (given == 3 && strcmp(how, "socket") == 0)
        report("socket", socket(atoi(words[0]), atoi(words[1]), atoi(words[2])));
    else
        return 2;
    return 0;
}
