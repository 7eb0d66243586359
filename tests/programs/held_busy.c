// Rows of held_meanwhile.c: calls that are much work for the supervisor, or that it must not wait for.
#include "held.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/uio.h>

// A host that does not answer (ADDRESS) is connected to without waiting, or so the socket says at times. Where it has
// to wait after all, a signal ends that.
static atomic_int current = -1;
enum { connecting = 3 };
static atomic_int connected[connecting], next_connecting;

static void *toggle(void *unused)
{
    for (unsigned i = 0;; i++) {
        fcntl(connected[i % connecting], F_SETFL, 0);
        fcntl(connected[(i + 1) % connecting], F_SETFL, O_NONBLOCK);
    }
    return unused;
}

static void *connect_without_waiting(void *argument)
{
    const struct held_row_options *row = argument;
    atomic_int *mine = &connected[next_connecting++];
    for (;;) {
        int fd = (int)check(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
        *mine = fd;
        connect(fd, (const void *)&row->to, sizeof row->to);
        close(fd);
    }
    return NULL;
}

static void ignore_signal(int number)
{
    (void)number;
}

static void *interrupt(void *argument)
{
    pthread_t *threads = argument;
    for (;;) {
        pause_ms(2);
        for (int i = 0; i < connecting; i++)
            pthread_kill(threads[i], SIGUSR1);
    }
    return NULL;
}

static void nonblocking(struct held_row_options *row)
{
    static pthread_t threads[connecting];
    sigaction(SIGUSR1, &(struct sigaction){ .sa_handler = ignore_signal }, NULL);
    for (int i = 0; i < connecting; i++)
        pthread_create(&threads[i], NULL, connect_without_waiting, row);
    in_threads(2, toggle, NULL);
    in_threads(1, interrupt, threads);
}

// Vectors that are much work. ADDRESS does not answer.
enum { most_messages = 1024 };
static struct mmsghdr messages[most_messages];

static void *send_vectors(void *argument)
{
    (void)argument;
    struct mmsghdr own[most_messages];
    int fd = open_udp();
    memcpy(own, messages, sizeof own);
    for (;;)
        sendmmsg(fd, own, most_messages, 0);
    return NULL;
}

static void send_in_threads(struct held_row_options *row, int threads, size_t payload, size_t control)
{
    static struct iovec data;
    data = (struct iovec){ calloc(1, payload), payload };
    char *controls = calloc(1, control + sizeof(struct cmsghdr));
    // Of a protocol that nobody has: the kernel skips them.
    for (size_t at = 0; at < control; at += sizeof(struct cmsghdr))
        *(struct cmsghdr *)(controls + at) = (struct cmsghdr){ .cmsg_len = sizeof(struct cmsghdr), .cmsg_level = 7777, .cmsg_type = 1 };
    for (int i = 0; i < most_messages; i++)
        messages[i].msg_hdr = (struct msghdr){
            .msg_name = &row->to, .msg_namelen = sizeof row->to, .msg_iov = &data, .msg_iovlen = 1,
            .msg_control = control ? controls : NULL, .msg_controllen = control,
        };
    in_threads(threads, send_vectors, NULL);
}

static void large_vectors(struct held_row_options *row)
{
    send_in_threads(row, 32, 60000, 0);
}

static void controls(struct held_row_options *row)
{
    send_in_threads(row, 8, 8, 127 << 10);
}

// A send that sleeps holds its socket's lock where several sends make one datagram. ADDRESS is a neighbour that is not
// there, so that the buffer does not empty.
struct corked { int fd; struct sockaddr_in to; };

static void *send_more(void *argument)
{
    static char data[2000];
    struct corked *corked = argument;
    for (;;)
        send(corked->fd, data, sizeof data, MSG_MORE);
    return NULL;
}

static void *connect_corked(void *argument)
{
    struct corked *corked = argument;
    for (;;)
        connect(corked->fd, (void *)&corked->to, sizeof corked->to);
    return NULL;
}

static void corked(struct held_row_options *row)
{
    static char data[1000];
    static struct corked corked;
    int least = 1;
    corked = (struct corked){ open_udp(), row->to };
    check(connect(corked.fd, (void *)&row->to, sizeof row->to), "connect");
    check(setsockopt(corked.fd, SOL_SOCKET, SO_SNDBUF, &least, sizeof least), "SO_SNDBUF");
    for (int i = 0; i < 100 && send(corked.fd, data, sizeof data, MSG_DONTWAIT) >= 0; i++)
        ;
    in_threads(1, send_more, &corked);
    pause_ms(50);
    in_threads(1, connect_corked, &corked);
}

// What is sent slowly holds a close up as long as SO_LINGER says. Whose close it is that comes last is a matter of luck.
enum { linger_seconds = 3, bytes_per_second = 2000, bytes = 30000 };

static void *name_device(void *unused)
{
    for (;;)
        setsockopt(current, SOL_SOCKET, SO_BINDTODEVICE, "ovpn", 5);
    return unused;
}

static void *close_it(void *fd)
{
    close((int)(intptr_t)fd);
    return NULL;
}

static void *close_slowly(void *argument)
{
    static char data[bytes];
    const struct held_row_options *row = argument;
    struct linger linger = { 1, linger_seconds };
    unsigned rate = bytes_per_second;
    for (;;) {
        int fd = (int)check(socket(AF_INET, SOCK_STREAM, 0), "socket");
        check(connect(fd, (const void *)&row->to, sizeof row->to), "connect");
        check(setsockopt(fd, SOL_SOCKET, SO_MAX_PACING_RATE, &rate, sizeof rate), "SO_MAX_PACING_RATE");
        check(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger), "SO_LINGER");
        send(fd, data, sizeof data, MSG_DONTWAIT);
        current = fd;
        pause_ms(5);
        in_threads(1, close_it, (void *)(intptr_t)fd);
    }
    return NULL;
}

static void linger(struct held_row_options *row)
{
    in_threads(2, name_device, NULL);
    in_threads(1, close_slowly, row);
}

const struct held_row busy_rows[] = {
    { "nonblocking", nonblocking },
    { "large-vectors", large_vectors },
    { "controls", controls },
    { "corked", corked },
    { "linger", linger },
    { 0 },
};
