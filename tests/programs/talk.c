// Connects to the lab's echo service and prints its answer, "ovpn 10.8.0.2 40123", or what failed.
//
//   talk [-u] [-n] [-t THREADS] [-d FILE] [-l] ADDRESS PORT
//
//   -u  UDP instead of TCP        -n  a non-blocking socket
//   -t  that many threads, each with a connection of its own
//   -d  becomes a daemon (its own session, no parent), which writes the answer to FILE
//   -l  once per line of standard input, instead of once
//
// An IPv4-mapped ADDRESS (::ffff:198.51.100.1) uses an IPv6 socket.
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "errno_name.h"

static int type = SOCK_STREAM;
static int nonblocking;
static struct sockaddr_storage destination;
static socklen_t destination_length;

static int parse(const char *address, const char *port)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)&destination;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&destination;
    if (inet_pton(AF_INET, address, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(atoi(port));
        destination_length = sizeof *v4;
        return 0;
    }
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(atoi(port));
    destination_length = sizeof *v6;
    return inet_pton(AF_INET6, address, &v6->sin6_addr) == 1 ? 0 : -1;
}

static int wait_for(int fd, short events)
{
    struct pollfd one = { .fd = fd, .events = events };
    return poll(&one, 1, 10000) == 1 ? 0 : -1;
}

static int connect_to_the_end(int fd)
{
    if (connect(fd, (struct sockaddr *)&destination, destination_length) == 0)
        return 0;
    if (errno != EINPROGRESS || !nonblocking || wait_for(fd, POLLOUT) < 0)
        return -1;
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    errno = error;
    return error ? -1 : 0;
}

static int failed(const char *step)
{
    printf("%s: %s\n", step, errno_name(errno));
    fflush(stdout);
    return 1;
}

static int talk(void)
{
    int fd = socket(destination.ss_family, type | SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0), 0);
    if (fd < 0)
        return failed("socket");
    char answer[256];
    ssize_t length = -1;
    int status = 0;
    if (connect_to_the_end(fd) < 0)
        status = failed("connect");
    else if (type == SOCK_DGRAM && send(fd, "hello", 5, 0) < 0)
        status = failed("send");
    else if (wait_for(fd, POLLIN) < 0 || (length = recv(fd, answer, sizeof answer - 1, 0)) < 0)
        status = failed("recv");
    close(fd);
    if (length >= 0) {
        answer[length] = 0;
        answer[strcspn(answer, "\n")] = 0;
        printf("%s\n", answer);
        fflush(stdout);
    }
    return status;
}

static void *talk_in_thread(void *unused)
{
    (void)unused;
    return talk() ? (void *)1 : NULL;
}

static int talk_in_threads(int count)
{
    pthread_t threads[64];
    int status = 0;
    if (count > 64)
        count = 64;
    for (int i = 0; i < count; i++)
        if (pthread_create(&threads[i], NULL, talk_in_thread, NULL))
            return 2;
    for (int i = 0; i < count; i++) {
        void *result;
        pthread_join(threads[i], &result);
        status |= result != NULL;
    }
    return status;
}

// By hand, because daemon() is not everywhere: the first parent ends at once.
static void daemonize(const char *file)
{
    for (int generation = 0; generation < 2; generation++) {
        pid_t child = fork();
        if (child != 0)
            _exit(child < 0);
        if (generation == 0)
            setsid();
    }
    int none = open("/dev/null", O_RDWR), out = open(file, O_WRONLY | O_CREAT | O_APPEND, 0644);
    dup2(none, 0);
    dup2(out, 1);
    dup2(none, 2);
}

int main(int argc, char **argv)
{
    int option, threads = 0, lines = 0;
    const char *file = NULL;
    while ((option = getopt(argc, argv, "unt:d:l")) != -1)
        switch (option) {
        case 'u': type = SOCK_DGRAM; break;
        case 'n': nonblocking = 1; break;
        case 't': threads = atoi(optarg); break;
        case 'd': file = optarg; break;
        case 'l': lines = 1; break;
        default: return 2;
        }
    if (argc - optind != 2 || parse(argv[optind], argv[optind + 1]) < 0)
        return 2;
    if (file)
        daemonize(file);
    if (threads)
        return talk_in_threads(threads);
    if (!lines)
        return talk();
    char line[64];
    int status = 0;
    while (fgets(line, sizeof line, stdin))
        status = talk();
    return status;
}
