// connect, and what opens a connection in its place.
#include "ways.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/time.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif
enum { ipproto_smc = 256, sctp_socket_connectx = 110, tcp_fastopen_connect = 30 };

static void connect_tcp(const struct options *options)
{
    connect_to(options, open_socket(options, SOCK_STREAM, 0));
}

static void finish_nonblocking(const struct options *options, int fd)
{
    struct pollfd writable = { .fd = fd, .events = POLLOUT };
    int error = 0;
    socklen_t length = sizeof error;

    if (poll(&writable, 1, answer_wait_ms()) == 0) {
        puts("silence");
        return;
    }
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    errno = error;
    check(error ? -1 : 0, "later-connect");
    check(send(fd, "who\n", 4, MSG_NOSIGNAL), "send");
    print_outcome(options, fd);
}

static void connect_tcp_nonblocking(const struct options *options)
{
    int fd = open_socket(options, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (sys_connect(fd, &options->to.address, options->to.length) == 0)
        errno = 0;
    if (errno != EINPROGRESS)
        failed("connect");
    finish_nonblocking(options, fd);
}

static void connect_udp(const struct options *options)
{
    connect_to(options, open_udp(options));
}

static void connect_udp_nonblocking(const struct options *options)
{
    connect_to(options, open_socket(options, SOCK_DGRAM | SOCK_NONBLOCK, 0));
}

static void connect_udplite(const struct options *options)
{
    connect_to(options, open_socket(options, SOCK_DGRAM, IPPROTO_UDPLITE));
}

static void connect_and_ping(const struct options *options, int type)
{
    unsigned char packet[64];
    size_t size = echo_request(&options->to, packet);
    int fd = open_socket(options, type, ping_protocol(&options->to));

    check(sys_connect(fd, &options->to.address, options->to.length), "connect");
    check(send(fd, packet, size, 0), "send");
    print_outcome(options, fd);
}

static void connect_ping(const struct options *options)
{
    connect_and_ping(options, SOCK_DGRAM);
}

static void connect_raw(const struct options *options)
{
    connect_and_ping(options, SOCK_RAW);
}

// Disconnecting takes a datagram socket's device binding away (kernel: __udp_disconnect).
static void disconnect(int fd)
{
    struct sockaddr none = { .sa_family = AF_UNSPEC };
    check(sys_connect(fd, &none, sizeof none), "disconnect");
}

static int connected_elsewhere(const struct options *options, int type)
{
    int fd = open_socket(options, type, 0);
    check(sys_connect(fd, &options->other.address, options->other.length), "first-connect");
    return fd;
}

static void reconnect_udp(const struct options *options)
{
    int fd = connected_elsewhere(options, SOCK_DGRAM);
    disconnect(fd);
    connect_to(options, fd);
}

static void reconnect_udp_at_once(const struct options *options)
{
    connect_to(options, connected_elsewhere(options, SOCK_DGRAM));
}

static void reconnect_tcp(const struct options *options)
{
    int fd = connected_elsewhere(options, SOCK_STREAM);
    disconnect(fd);
    connect_to(options, fd);
}

static void disconnect_sendto(const struct options *options)
{
    int fd = connected_elsewhere(options, SOCK_DGRAM);
    disconnect(fd);
    send_to(options, fd);
}

static void connect_tcp_bound_address(const struct options *options)
{
    connect_to(options, bind_to(open_socket(options, SOCK_STREAM, 0), &options->source));
}

static void connect_udp_bound_address(const struct options *options)
{
    connect_to(options, bind_to(open_udp(options), &options->source));
}

static void connect_tcp_bound_port(const struct options *options)
{
    struct target any = any_address(family_of(&options->to));
    connect_to(options, bind_to(open_socket(options, SOCK_STREAM, 0), &any));
}

// An IPv6 datagram socket takes an IPv4 address as it is.
static void connect_inet_on_inet6(const struct options *options)
{
    int fd = (int)sys_socket(AF_INET6, SOCK_DGRAM, 0);
    check(fd, "socket");
    connect_to(options, fd);
}

// The first connection fetches the cookie; with it, the second one's SYN leaves with the first write.
static void connect_tcp_fastopen(const struct options *options)
{
    int on = 1;
    for (int round = 0; round < 2; round++) {
        int fd = open_socket(options, SOCK_STREAM, 0);
        check(sys_setsockopt(fd, IPPROTO_TCP, tcp_fastopen_connect, &on, sizeof on), "setsockopt");
        connect_to(options, fd);
        close(fd);
    }
}

static void connect_mptcp(const struct options *options)
{
    connect_to(options, open_socket(options, SOCK_STREAM, IPPROTO_MPTCP));
}

static void connect_smc_protocol(const struct options *options)
{
    connect_to(options, open_socket(options, SOCK_STREAM, ipproto_smc));
}

static void connect_sctp(const struct options *options)
{
    connect_to(options, open_socket(options, SOCK_STREAM, IPPROTO_SCTP));
}

static void sctp_connectx(const struct options *options)
{
    int fd = open_socket(options, SOCK_STREAM, IPPROTO_SCTP);
    check(sys_setsockopt(fd, IPPROTO_SCTP, sctp_socket_connectx, &options->to.address, options->to.length), "setsockopt");
    print_outcome(options, fd);
}

// Towards an address that does not answer, a blocking connect ends when the send timeout does.
static void connect_timeout(const struct options *options)
{
    struct timeval timeout = { .tv_usec = 200000 };
    int fd = open_socket(options, SOCK_STREAM, 0);
    check(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout), "setsockopt");
    connect_to(options, fd);
}

static void ignore_signal(int number)
{
    (void)number;
}

static void connect_interrupted(const struct options *options)
{
    struct sigaction interrupts = { .sa_handler = ignore_signal };
    struct itimerval soon = { .it_value.tv_usec = 200000, .it_interval.tv_usec = 200000 };
    int fd = open_socket(options, SOCK_STREAM, 0);

    sigaction(SIGALRM, &interrupts, NULL);
    setitimer(ITIMER_REAL, &soon, NULL);
    connect_to(options, fd);
}

// A connection that lives long, as ssh's: each line of standard input goes to the far side and back.
static void keep_tcp(const struct options *options)
{
    int fd = open_socket(options, SOCK_STREAM, 0);
    char line[256];
    check(sys_connect(fd, &options->to.address, options->to.length), "connect");
    print_answer(fd);
    while (fgets(line, sizeof line, stdin)) {
        struct pollfd readable = { .fd = fd, .events = POLLIN };
        check(send(fd, line, strlen(line), MSG_NOSIGNAL), "send");
        // As long as the kernel may wait before it sends once more what was lost.
        check(poll(&readable, 1, 60000), "poll");
        ssize_t size = recv(fd, line, sizeof line - 1, MSG_DONTWAIT);
        check(size, "recv");
        line[size] = 0;
        fputs(line, stdout);
    }
}

// A socket that could not be connected (nobody listens there) is connected once more, after a line of standard input.
static void retry_tcp(const struct options *options)
{
    int fd = open_socket(options, SOCK_STREAM, 0);
    struct target nobody = options->to;
    *(family_of(&nobody) == AF_INET ? &((struct sockaddr_in *)&nobody.address)->sin_port
        : &((struct sockaddr_in6 *)&nobody.address)->sin6_port) = htons(1);
    printf("connect %s\n", sys_connect(fd, &nobody.address, nobody.length) < 0 ? errno_name(errno) : "succeeds");
    check(getchar(), "getchar");
    check(sys_connect(fd, &options->to.address, options->to.length), "connect");
    print_answer(fd);
}

const struct way connect_ways[] = {
    { "connect-tcp", connect_tcp },
    { "connect-tcp-nonblocking", connect_tcp_nonblocking },
    { "connect-tcp-bound-address", connect_tcp_bound_address },
    { "connect-tcp-bound-port", connect_tcp_bound_port },
    { "connect-tcp-fastopen", connect_tcp_fastopen },
    { "connect-timeout", connect_timeout },
    { "connect-interrupted", connect_interrupted },
    { "connect-udp", connect_udp },
    { "connect-udp-nonblocking", connect_udp_nonblocking },
    { "connect-udp-bound-address", connect_udp_bound_address },
    { "connect-udplite", connect_udplite },
    { "connect-ping", connect_ping },
    { "connect-raw", connect_raw },
    { "connect-inet-on-inet6", connect_inet_on_inet6 },
    { "connect-mptcp", connect_mptcp },
    { "connect-smc-protocol", connect_smc_protocol },
    { "connect-sctp", connect_sctp },
    { "sctp-connectx", sctp_connectx },
    { "reconnect-udp", reconnect_udp },
    { "reconnect-udp-at-once", reconnect_udp_at_once },
    { "reconnect-tcp", reconnect_tcp },
    { "disconnect-sendto", disconnect_sendto },
    { "keep-tcp", keep_tcp },
    { "retry-tcp", retry_tcp },
    { 0 },
};
