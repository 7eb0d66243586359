// Messages on sockets that send no IP packets by themselves, or take no way from a message, from a program with two threads.
//
//   message CASE [ARGUMENT]    prints what came of it; without and with a supervisor the same
//   message alone CASE ...     the same in a program with one thread, where a case needs no second one
//   message tcp ADDRESS        a connection to the echo service there
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "errno_name.h"

enum { large = 4 << 20, echo_port = 7, most_descriptors = 253 };

static unsigned char data[large], received[large];

static void *rest(void *unused)
{
    (void)unused;
    while (true)
        pause();
    return NULL;
}

static pthread_t in_thread(void *(*run)(void *), void *argument)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, argument) != 0)
        abort();
    return thread;
}

static void tell(const char *what, long result)
{
    if (result < 0)
        printf("%s: %s\n", what, errno_name(errno));
    else
        printf("%s: %ld\n", what, result);
}

static void pair_of(int type, int pair[2])
{
    if (socketpair(AF_UNIX, type, 0, pair) != 0)
        abort();
}

static ssize_t send_pieces(int fd, const void *start, size_t length, int pieces, int flags)
{
    struct iovec vector[64];
    size_t each = length / (size_t)pieces;
    for (int i = 0; i < pieces; i++)
        vector[i] = (struct iovec){ (char *)start + (size_t)i * each, i == pieces - 1 ? length - (size_t)i * each : each };
    struct msghdr message = { .msg_iov = vector, .msg_iovlen = (size_t)pieces };
    return sendmsg(fd, &message, flags);
}

// --- descriptors and credentials -----------------------------------------------------------------------------------

static ssize_t pass(int fd, const int *descriptors, int count)
{
    static char control[CMSG_SPACE(512 * sizeof(int))] __attribute__((aligned(8)));
    struct iovec vector = { "x", 1 };
    struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = CMSG_SPACE((size_t)count * sizeof(int)) };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){ .cmsg_len = CMSG_LEN((size_t)count * sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
    memcpy(CMSG_DATA(header), descriptors, (size_t)count * sizeof(int));
    return sendmsg(fd, &message, 0);
}

// How many descriptors came that are the file of `fd`.
static int taken(int from, int fd)
{
    static char control[CMSG_SPACE(most_descriptors * sizeof(int))] __attribute__((aligned(8)));
    char byte;
    struct iovec vector = { &byte, 1 };
    struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
    if (recvmsg(from, &message, 0) != 1)
        return -1;
    struct stat wanted, found;
    fstat(fd, &wanted);
    int same = 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        int *numbers = (int *)CMSG_DATA(header);
        for (size_t i = 0; i < (header->cmsg_len - CMSG_LEN(0)) / sizeof(int); i++) {
            same += fstat(numbers[i], &found) == 0 && found.st_ino == wanted.st_ino && found.st_dev == wanted.st_dev;
            close(numbers[i]);
        }
    }
    return same;
}

static void rights(void)
{
    int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };
    int descriptors[most_descriptors + 1], pair[2];
    for (int i = 0; i <= most_descriptors; i++)
        descriptors[i] = STDIN_FILENO;
    for (int i = 0; i < 3; i++) {
        pair_of(types[i], pair);
        tell("one", pass(pair[0], descriptors, 1));
        printf("taken: %d\n", taken(pair[1], STDIN_FILENO));
        tell("most", pass(pair[0], descriptors, most_descriptors));
        printf("taken: %d\n", taken(pair[1], STDIN_FILENO));
        tell("too many", pass(pair[0], descriptors, most_descriptors + 1));
        tell("none", pass(pair[0], (int[]){ 900 }, 1));
    }
    printf("still open: %d\n", fcntl(3, F_GETFD) >= 0);
}

// A descriptor that goes with more than the socket has room for: it comes once, with the first part.
static void *count_descriptors(void *argument)
{
    static char control[CMSG_SPACE(most_descriptors * sizeof(int))] __attribute__((aligned(8)));
    int fd = *(int *)argument, count = 0;
    for (size_t done = 0; done < large;) {
        struct iovec vector = { received, 65536 };
        struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
        ssize_t some = recvmsg(fd, &message, 0);
        if (some <= 0)
            break;
        done += (size_t)some;
        for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header))
            count += (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    }
    return (void *)(intptr_t)count;
}

static void long_rights(void)
{
    int pair[2], passed = STDIN_FILENO;
    char control[CMSG_SPACE(sizeof passed)] __attribute__((aligned(8)));
    pair_of(SOCK_STREAM, pair);
    pthread_t thread = in_thread(count_descriptors, &pair[1]);
    struct iovec vector = { data, large };
    struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof passed), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
    memcpy(CMSG_DATA(header), &passed, sizeof passed);
    tell("sent", sendmsg(pair[0], &message, 0));
    void *count;
    pthread_join(thread, &count);
    printf("taken: %d\n", (int)(intptr_t)count);
}

static void tell_credentials(int from, const char *what)
{
    char control[CMSG_SPACE(sizeof(struct ucred))] __attribute__((aligned(8)));
    char byte;
    struct iovec vector = { &byte, 1 };
    struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
    struct ucred *sender = recvmsg(from, &message, MSG_DONTWAIT) == 1 && CMSG_FIRSTHDR(&message) ? (void *)CMSG_DATA(CMSG_FIRSTHDR(&message)) : NULL;
    if (sender)
        printf("%s: process %s, user %s, group %s\n", what, sender->pid == getpid() ? "own" : "other",
            sender->uid == getuid() ? "own" : "other", sender->gid == getgid() ? "own" : "other");
    else
        printf("%s: nothing\n", what);
}

static ssize_t name_sender(int fd, struct ucred sender)
{
    char control[CMSG_SPACE(sizeof sender)] __attribute__((aligned(8))) = { 0 };
    struct iovec vector = { "x", 1 };
    struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof sender), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_CREDENTIALS };
    memcpy(CMSG_DATA(header), &sender, sizeof sender);
    return sendmsg(fd, &message, 0);
}

static void credentials(void)
{
    int pair[2], one = 1;
    int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };
    for (int i = 0; i < 3; i++) {
        pair_of(types[i], pair);
        setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &one, sizeof one);
        tell("unnamed", send_pieces(pair[0], "x", 1, 1, 0));
        tell_credentials(pair[1], "unnamed");
        tell("own", name_sender(pair[0], (struct ucred){ getpid(), getuid(), getgid() }));
        tell_credentials(pair[1], "own");
        tell("another user", name_sender(pair[0], (struct ucred){ getpid(), 12345, getgid() }));
        tell_credentials(pair[1], "another user");
        tell("another group", name_sender(pair[0], (struct ucred){ getpid(), getuid(), 12345 }));
        tell_credentials(pair[1], "another group");
        tell("another process", name_sender(pair[0], (struct ucred){ getppid(), getuid(), getgid() }));
        tell_credentials(pair[1], "another process");
    }
}

// --- a pipe that is broken -----------------------------------------------------------------------------------------

static volatile sig_atomic_t handled;

static void handle(int signal)
{
    (void)signal;
    handled++;
}

static void broken(const char *how)
{
    int pair[2];
    pair_of(SOCK_STREAM, pair);
    close(pair[1]);
    struct sigaction action = { .sa_handler = !strcmp(how, "ignored") ? SIG_IGN : !strcmp(how, "handled") ? handle : SIG_DFL, .sa_flags = SA_RESTART };
    sigaction(SIGPIPE, &action, NULL);
    tell("quiet", send_pieces(pair[0], "x", 1, 1, MSG_NOSIGNAL));
    printf("handled: %d\n", handled);
    fflush(stdout);
    tell("loud", send_pieces(pair[0], "x", 1, 1, 0));
    printf("handled: %d\n", handled);
}

// All of it: a kernel before 5.19 may have it sent in several calls.
static void send_all(int fd)
{
    ssize_t done = 0, some;
    int calls = 0;
    for (; done < large; done += some, calls++)
        if ((some = send_pieces(fd, data + done, (size_t)(large - done), 61, 0)) <= 0)
            break;
    printf("sent: %ld\ncalls: %d\n", (long)done, calls);
}

// --- room ----------------------------------------------------------------------------------------------------------

struct reader { int fd; size_t wanted; bool is_slow; };

static void *read_all(void *argument)
{
    struct reader *reader = argument;
    size_t done = 0;
    while (done < reader->wanted) {
        if (reader->is_slow)
            usleep(1000);
        ssize_t some = read(reader->fd, received + done, reader->wanted - done);
        if (some <= 0)
            break;
        done += (size_t)some;
    }
    return NULL;
}

static void stream(void)
{
    int pair[2];
    pair_of(SOCK_STREAM, pair);
    struct reader reader = { pair[1], large, true };
    pthread_t thread = in_thread(read_all, &reader);
    send_all(pair[0]);
    pthread_join(thread, NULL);
    printf("as sent: %d\n", !memcmp(data, received, large));
    tell("without waiting", send_pieces(pair[0], data, large, 3, MSG_DONTWAIT) > 0 ? 1 : -1);
    tell("full", send_pieces(pair[0], data, large, 3, MSG_DONTWAIT));
    fcntl(pair[0], F_SETFL, O_NONBLOCK);
    tell("full", send_pieces(pair[0], data, large, 3, 0));
    fcntl(pair[0], F_SETFL, 0);
    struct timeval time = { 0, 50000 };
    setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
    tell("timeout", send_pieces(pair[0], data, large, 3, 0));
    tell("nothing", send_pieces(pair[0], data, 0, 1, 0));
}

static pthread_t first_thread;

static void *interrupt_first(void *argument)
{
    (void)argument;
    usleep(100000);
    pthread_kill(first_thread, SIGUSR1);
    return NULL;
}

static void interrupted(bool restarts)
{
    int pair[2];
    pair_of(SOCK_STREAM, pair);
    while (send_pieces(pair[0], data, 4096, 1, MSG_DONTWAIT) > 0)
        ;
    struct sigaction action = { .sa_handler = handle, .sa_flags = restarts ? SA_RESTART : 0 };
    sigaction(SIGUSR1, &action, NULL);
    first_thread = pthread_self();
    handled = 0;
    pthread_t other = in_thread(interrupt_first, NULL);
    if (restarts) {
        // The reader begins only after the signal.
        pthread_join(other, NULL);
        other = in_thread(interrupt_first, NULL);
        usleep(1000);
        struct reader reader = { pair[1], large, true };
        in_thread(read_all, &reader);
        tell("restarted", send_pieces(pair[0], data, 4096, 1, 0));
        pthread_join(other, NULL);
    } else {
        tell("interrupted", send_pieces(pair[0], data, 4096, 1, 0));
    }
    printf("handled: %d\n", handled > 0);
}

static void *read_messages(void *argument)
{
    int fd = *(int *)argument;
    usleep(50000);
    for (int i = 0; i < 1000; i++) {
        int number = -1;
        if (read(fd, &number, sizeof number) != sizeof number || number != i) {
            printf("message %d is %d\n", i, number);
            break;
        }
    }
    return NULL;
}

static void send_numbers(int fd, const struct sockaddr_un *to)
{
    long sent = 0;
    for (int i = 0; i < 1000; i++) {
        struct iovec vector = { &i, sizeof i };
        struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_name = (void *)to, .msg_namelen = to ? sizeof *to : 0 };
        sent += i % 2 || !to ? sendmsg(fd, &message, 0) == sizeof i : sendto(fd, &i, sizeof i, 0, (void *)to, sizeof *to) == sizeof i;
    }
    printf("sent: %ld\n", sent);
}

static struct sockaddr_un path(const char *text)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    strncpy(address.sun_path, text, sizeof address.sun_path - 1);
    return address;
}

static void datagrams(bool connects)
{
    char folder[] = "/tmp/message-XXXXXX";
    if (!mkdtemp(folder) || chdir(folder) != 0)
        abort();
    struct sockaddr_un address = path("socket");
    int listening = socket(AF_UNIX, SOCK_DGRAM, 0), fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    tell("bind", bind(listening, (void *)&address, sizeof address));
    pthread_t thread = in_thread(read_messages, &listening);
    if (connects)
        tell("connect", connect(fd, (void *)&address, sizeof address));
    send_numbers(fd, connects ? NULL : &address);
    pthread_join(thread, NULL);
    struct sockaddr_un others[] = { path("missing"), path("/proc/self/status"), path("/proc/1/environ/x") };
    for (size_t i = 0; i < 3 && !connects; i++)
        tell(others[i].sun_path, sendto(fd, "x", 1, 0, (void *)&others[i], sizeof others[i]));
    chmod("socket", 0);
    if (!connects)
        tell("without the right", sendto(fd, "x", 1, MSG_DONTWAIT, (void *)&address, sizeof address));
    struct sockaddr_un abstract = { .sun_family = AF_UNIX, .sun_path = "\0message-test" };
    tell("nobody", sendto(fd, "x", 1, 0, (void *)&abstract, sizeof abstract));
    unlink("socket");
    rmdir(folder);
}

static void long_messages(void)
{
    int pair[2], types[] = { SOCK_DGRAM, SOCK_SEQPACKET };
    for (int i = 0; i < 2; i++) {
        pair_of(types[i], pair);
        tell("long", send_pieces(pair[0], data, 100000, 7, 0));
        tell("read", recv(pair[1], received, large, 0));
        printf("as sent: %d\n", !memcmp(data, received, 100000));
        tell("too long", send_pieces(pair[0], data, large, 7, 0));
        tell("none", send_pieces(pair[0], data, 0, 1, 0));
        tell("read", recv(pair[1], received, large, MSG_DONTWAIT));
    }
}

static void vectors(void)
{
    int pair[2], types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };
    for (int i = 0; i < 3; i++) {
        pair_of(types[i], pair);
        struct iovec pieces[] = { { data, 10 }, { data, 20 }, { data, 30000 } };
        struct mmsghdr messages[3] = { 0 };
        for (int j = 0; j < 3; j++)
            messages[j].msg_hdr = (struct msghdr){ .msg_iov = &pieces[j], .msg_iovlen = 1 };
        tell("several", sendmmsg(pair[0], messages, 3, 0));
        printf("lengths: %u %u %u\n", messages[0].msg_len, messages[1].msg_len, messages[2].msg_len);
        while (recv(pair[1], received, large, MSG_DONTWAIT) > 0)
            ;
        pieces[1].iov_base = (void *)8;
        tell("a wrong one", sendmmsg(pair[0], messages, 3, 0));
        close(pair[1]);
        pieces[1].iov_base = data;
        tell("broken", sendmmsg(pair[0], messages, 3, MSG_NOSIGNAL));
        close(pair[0]);
    }
    pair_of(SOCK_STREAM, pair);
    struct iovec whole = { data, large };
    struct mmsghdr messages[2] = { { .msg_hdr = { .msg_iov = &whole, .msg_iovlen = 1 } }, { .msg_hdr = { .msg_iov = &whole, .msg_iovlen = 1 } } };
    tell("in part", sendmmsg(pair[0], messages, 2, MSG_DONTWAIT));
    printf("some: %d\n", messages[0].msg_len > 0 && messages[0].msg_len < large);
}

static void *drain(void *argument)
{
    while (read(*(int *)argument, received, large) > 0)
        ;
    return NULL;
}

// While somebody reads, there is room again after a message that was sent in part. What follows it would leave a gap.
static void gaps(void)
{
    int pair[2], gaps = 0;
    pair_of(SOCK_STREAM, pair);
    pthread_t thread = in_thread(drain, &pair[1]);
    for (int i = 0; i < 200; i++) {
        struct iovec whole = { data, large / 4 };
        struct mmsghdr messages[2] = { { .msg_hdr = { .msg_iov = &whole, .msg_iovlen = 1 } }, { .msg_hdr = { .msg_iov = &whole, .msg_iovlen = 1 } } };
        gaps += sendmmsg(pair[0], messages, 2, MSG_DONTWAIT) == 2 && messages[0].msg_len < large / 4;
    }
    close(pair[0]);
    pthread_join(thread, NULL);
    printf("gaps: %d\n", gaps);
}

static void wrong(void)
{
    int pair[2];
    pair_of(SOCK_STREAM, pair);
    tell("no header", sendmsg(pair[0], (void *)8, 0));
    tell("no data", send_pieces(pair[0], (void *)8, 10, 1, 0));
    struct msghdr message = { .msg_iov = (void *)8, .msg_iovlen = 1 };
    tell("no vector", sendmsg(pair[0], &message, 0));
    message = (struct msghdr){ .msg_iov = (void *)8, .msg_iovlen = 5000 };
    tell("too many", sendmsg(pair[0], &message, 0));
    struct iovec vector = { "x", 1 };
    message = (struct msghdr){ .msg_iov = &vector, .msg_iovlen = 1, .msg_control = data, .msg_controllen = 20 };
    tell("no control message", sendmsg(pair[0], &message, 0));
    tell("no socket", send_pieces(STDIN_FILENO, "x", 1, 1, 0));
    tell("not open", send_pieces(900, "x", 1, 1, 0));
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    tell("not connected", send_pieces(fd, "x", 1, 1, MSG_NOSIGNAL));
}

static void netlink(void)
{
    int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    struct { struct nlmsghdr header; struct ifinfomsg info; } request = {
        .header = { .nlmsg_len = sizeof request, .nlmsg_type = RTM_GETLINK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
    };
    struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
    struct iovec vector = { &request, sizeof request };
    struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_name = &kernel, .msg_namelen = sizeof kernel };
    tell("asked", sendmsg(fd, &message, 0));
    printf("answered: %d\n", recv(fd, received, large, 0) > 0);
    // Only who may administer the network may change a link.
    request.header.nlmsg_type = RTM_NEWLINK;
    request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
    request.info.ifi_index = 1;
    fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    tell("asked to change", sendmsg(fd, &message, 0));
    recv(fd, received, large, 0);
    printf("answer: %s\n", errno_name(-((struct nlmsgerr *)NLMSG_DATA((struct nlmsghdr *)received))->error));
}

static void tcp(const char *text)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(echo_port) };
    inet_pton(AF_INET, text, &address.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    tell("connect", connect(fd, (void *)&address, sizeof address));
    char byte = 0;
    while (byte != '\n' && recv(fd, &byte, 1, 0) == 1)
        ;
    struct reader reader = { fd, large, false };
    pthread_t thread = in_thread(read_all, &reader);
    send_all(fd);
    pthread_join(thread, NULL);
    printf("as sent: %d\n", !memcmp(data, received, large));
    tell("with an address", sendto(fd, "x", 1, 0, (void *)&address, sizeof address));
    tell("read", recv(fd, received, large, 0));
    shutdown(fd, SHUT_WR);
    tell("shut", send_pieces(fd, "x", 1, 1, MSG_NOSIGNAL));
}

static void zero_copy(const char *text)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(echo_port) };
    inet_pton(AF_INET, text, &address.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    tell("connect", connect(fd, (void *)&address, sizeof address));
    setsockopt(fd, SOL_SOCKET, SO_ZEROCOPY, &one, sizeof one);
    tell("sent", send_pieces(fd, data, 4096, 1, MSG_ZEROCOPY));
}

static void fast_open(const char *text)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(echo_port) };
    inet_pton(AF_INET, text, &address.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    tell("sendto", sendto(fd, "x", 1, MSG_FASTOPEN, (void *)&address, sizeof address));
    struct iovec vector = { "x", 1 };
    struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_name = &address, .msg_namelen = sizeof address };
    tell("sendmsg", sendmsg(fd, &message, MSG_FASTOPEN));
}

int main(int count, char **words)
{
    bool is_alone = count > 1 && !strcmp(words[1], "alone");
    words += is_alone;
    count -= is_alone;
    const char *what = count > 1 ? words[1] : "", *argument = count > 2 ? words[2] : "";
    for (int i = 0; i < large; i++)
        data[i] = (unsigned char)(i * 7 + i / 251);
    if (!is_alone)
        in_thread(rest, NULL);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!strcmp(what, "rights"))
        rights();
    else if (!strcmp(what, "long-rights"))
        long_rights();
    else if (!strcmp(what, "zerocopy"))
        zero_copy(argument);
    else if (!strcmp(what, "credentials"))
        credentials();
    else if (!strcmp(what, "broken"))
        broken(argument);
    else if (!strcmp(what, "stream"))
        stream();
    else if (!strcmp(what, "interrupted"))
        interrupted(!strcmp(argument, "restarts"));
    else if (!strcmp(what, "datagrams"))
        datagrams(!strcmp(argument, "connected"));
    else if (!strcmp(what, "long"))
        long_messages();
    else if (!strcmp(what, "vectors"))
        vectors();
    else if (!strcmp(what, "gaps"))
        gaps();
    else if (!strcmp(what, "wrong"))
        wrong();
    else if (!strcmp(what, "netlink"))
        netlink();
    else if (!strcmp(what, "tcp"))
        tcp(argument);
    else if (!strcmp(what, "fast-open"))
        fast_open(argument);
    else
        return 2;
    return 0;
}
