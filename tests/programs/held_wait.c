// Calls that wait: each prints what came of it, the same supervised and plain. SERVER is a DNS server that does not
// answer, NEIGHBOUR an address of the own network that nobody has, so that what is sent there stays in the send buffer.
#include "held.h"

#include <linux/net_tstamp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>

enum { patience_ms = 2500 };

// A socket that has asked a server, and no longer has the address that it used: where the query was redirected, the
// supervisor receives for it.
int asked(const struct sockaddr_in *server)
{
    struct sockaddr_in copy = *server;
    int fd = open_udp();
    check(sendto(fd, "a question", 10, 0, (void *)&copy, sizeof copy), "sendto");
    memset(&copy, 0, sizeof copy);
    // The compiler may not leave that out.
    __asm__ volatile("" : : "r"(&copy) : "memory");
    return fd;
}

long receive(int fd)
{
    char data[512];
    struct sockaddr_in from;
    socklen_t length = sizeof from;
    return recvfrom(fd, data, sizeof data, 0, (void *)&from, &length);
}

// A socket whose send buffer is full.
int full(const struct sockaddr_in *neighbour)
{
    static char data[2000];
    int fd = open_udp(), least = 1;
    check(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &least, sizeof least), "SO_SNDBUF");
    while (sendto(fd, data, sizeof data, MSG_DONTWAIT, (const void *)neighbour, sizeof *neighbour) >= 0)
        ;
    if (errno != EAGAIN)
        failed("filling");
    return fd;
}

long send_again(int fd, const struct sockaddr_in *neighbour)
{
    static char data[2000];
    return sendto(fd, data, sizeof data, 0, (const void *)neighbour, sizeof *neighbour);
}

static void set_timeout(int fd, int option, int milliseconds)
{
    struct timeval timeout = { milliseconds / 1000, milliseconds % 1000 * 1000 };
    check(setsockopt(fd, SOL_SOCKET, option, &timeout, sizeof timeout), "timeout");
}

// A program that waits in spite of everything ends here.
static void end_after(int milliseconds)
{
    pid_t parent = getpid();
    if (fork())
        return;
    for (int left = milliseconds; left > 0 && getppid() == parent; left -= 10)
        pause_ms(10);
    if (getppid() == parent) {
        puts("still waits");
        kill(parent, SIGKILL);
    }
    _exit(0);
}

// --- ends ----------------------------------------------------------------------------------------------------------

static struct { int fd; long result; atomic_bool returned; } waiting;

static void *wait_for_reply(void *unused)
{
    waiting.result = receive(waiting.fd);
    waiting.returned = true;
    return unused;
}

// wait-shutdown SERVER PORT
static void wait_shutdown(char **words)
{
    struct sockaddr_in server = parse_address(words[0], words[1]);
    waiting.fd = asked(&server);
    in_threads(1, wait_for_reply, NULL);
    pause_ms(200);
    shutdown(waiting.fd, SHUT_RDWR);
    if (wait_until(&waiting.returned, patience_ms))
        printf("recvfrom %ld\n", waiting.result);
    else
        puts("recvfrom still waits");
    fflush(stdout);
    _exit(0);
}

static atomic_int *ticks;

static void tick(int number)
{
    (void)number;
    ++*ticks;
}

static void tick_every(int milliseconds, int flags)
{
    struct itimerval every = { .it_value.tv_usec = milliseconds * 1000, .it_interval.tv_usec = milliseconds * 1000 };
    sigaction(SIGALRM, &(struct sigaction){ .sa_handler = tick, .sa_flags = flags }, NULL);
    setitimer(ITIMER_REAL, &every, NULL);
}

static void print_end(pid_t child)
{
    int status;
    for (int left = patience_ms; left > 0; left--) {
        if (waitpid(child, &status, WNOHANG) == child) {
            printf("ended by signal %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
            return;
        }
        pause_ms(1);
    }
    kill(child, SIGKILL);
    puts("did not end");
}

// Waits with something in the error queue that is no error of the socket: the kernel waits on. It gets there by a
// datagram that is larger than the way allows, and may not be cut.
static void wait_with_error(const struct sockaddr_in *server, const struct sockaddr_in *there)
{
    static char large[20000];
    int fd = asked(server), on = 1, whole = IP_PMTUDISC_DO;
    struct pollfd errors = { .fd = fd };
    check(setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on), "IP_RECVERR");
    check(setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &whole, sizeof whole), "IP_MTU_DISCOVER");
    if (sendto(fd, large, sizeof large, 0, (const void *)there, sizeof *there) >= 0 || errno != EMSGSIZE)
        failed("a large datagram");
    if (poll(&errors, 1, patience_ms) != 1)
        failed("no error");
    tick_every(50, SA_RESTART);
    printf("recvfrom %s\n", outcome(receive(fd)));
}

// wait-error SERVER PORT ADDRESS PORT
static void wait_error(char **words)
{
    struct sockaddr_in server = parse_address(words[0], words[1]), there = parse_address(words[2], words[3]);
    ticks = shared_memory(page_size);
    pid_t child = (pid_t)check(fork(), "fork");
    if (!child) {
        wait_with_error(&server, &there);
        _exit(0);
    }
    for (int left = patience_ms; left > 0 && *ticks < 2; left--)
        pause_ms(1);
    puts(*ticks >= 2 ? "the timer's handler is called" : "the timer's handler is not called");
    kill(child, SIGTERM);
    print_end(child);
}

// --- timeouts ------------------------------------------------------------------------------------------------------

static void print_in_time(const char *call, long result, long long began)
{
    int error = errno;
    long long took = now_ms() - began;
    errno = error;
    printf("%s %s", call, outcome(result));
    printf(took < 150 ? " too early, after %lld ms\n" : took > 1500 ? " late, after %lld ms\n" : " in time\n", took);
}

// A full socket whose error queue holds a time stamp that nobody has read.
static int full_with_time_stamp(char **words, struct sockaddr_in *neighbour)
{
    struct sockaddr_in there = parse_address(words[2], words[3]);
    int fd, stamps = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
    *neighbour = parse_address(words[0], words[1]);
    fd = full(neighbour);
    // Room for one that is sent.
    int room = 20000, least = 1;
    check(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room), "SO_SNDBUF");
    check(setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &stamps, sizeof stamps), "SO_TIMESTAMPING");
    check(sendto(fd, "x", 1, 0, (void *)&there, sizeof there), "sendto");
    struct pollfd errors = { .fd = fd };
    if (poll(&errors, 1, patience_ms) != 1)
        failed("no time stamp");
    check(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &least, sizeof least), "SO_SNDBUF");
    return fd;
}

// stamped-timeout NEIGHBOUR PORT ADDRESS PORT
static void stamped_timeout(char **words)
{
    struct sockaddr_in neighbour;
    int fd = full_with_time_stamp(words, &neighbour);
    set_timeout(fd, SO_SNDTIMEO, 200);
    end_after(patience_ms);
    long long began = now_ms();
    print_in_time("sendto", send_again(fd, &neighbour), began);
}

// stamped-alarm NEIGHBOUR PORT ADDRESS PORT
static void stamped_alarm(char **words)
{
    struct sockaddr_in neighbour;
    int fd = full_with_time_stamp(words, &neighbour);
    ticks = shared_memory(page_size);
    end_after(patience_ms);
    long long began = now_ms();
    tick_every(200, 0);
    print_in_time("sendto", send_again(fd, &neighbour), began);
}

// Where a timeout is set, a signal ends the call, whatever SA_RESTART says.
// restart-receive SERVER PORT
static void restart_receive(char **words)
{
    struct sockaddr_in server = parse_address(words[0], words[1]);
    int fd = asked(&server);
    set_timeout(fd, SO_RCVTIMEO, 1500);
    ticks = shared_memory(page_size);
    end_after(patience_ms);
    tick_every(200, SA_RESTART);
    long long began = now_ms();
    print_in_time("recvfrom", receive(fd), began);
}

// restart-send NEIGHBOUR PORT
static void restart_send(char **words)
{
    struct sockaddr_in neighbour = parse_address(words[0], words[1]);
    int fd = full(&neighbour);
    set_timeout(fd, SO_SNDTIMEO, 1500);
    ticks = shared_memory(page_size);
    end_after(patience_ms);
    tick_every(200, SA_RESTART);
    long long began = now_ms();
    print_in_time("sendto", send_again(fd, &neighbour), began);
}

// short-timeouts SERVER PORT NEIGHBOUR PORT: the shortest of several that last 5 ms.
static void short_timeouts(char **words)
{
    struct sockaddr_in server = parse_address(words[0], words[1]), neighbour = parse_address(words[2], words[3]);
    int receiver = asked(&server), sender = full(&neighbour);
    long long receiving = patience_ms, sending = patience_ms;
    set_timeout(receiver, SO_RCVTIMEO, 5);
    set_timeout(sender, SO_SNDTIMEO, 5);
    for (int i = 0; i < 10; i++) {
        long long began = now_ms();
        if (receive(receiver) >= 0 || errno != EAGAIN)
            failed("recvfrom");
        long long between = now_ms();
        if (send_again(sender, &neighbour) >= 0 || errno != EAGAIN)
            failed("sendto");
        receiving = between - began < receiving ? between - began : receiving;
        sending = now_ms() - between < sending ? now_ms() - between : sending;
    }
    printf("recvfrom %lld sendto %lld\n", receiving, sending);
}

// --- room that comes with time -------------------------------------------------------------------------------------

// slow-vector NEIGHBOUR PORT: the neighbour turns up only when there is no more room.
static void slow_vector(char **words)
{
    enum { count = 20 };
    static char data[1400];
    struct sockaddr_in neighbour = parse_address(words[0], words[1]);
    struct iovec piece = { data, sizeof data };
    struct mmsghdr messages[count];
    int fd = open_udp(), least = 1;
    for (int i = 0; i < count; i++)
        messages[i] = (struct mmsghdr){ .msg_hdr = { .msg_name = &neighbour, .msg_namelen = sizeof neighbour, .msg_iov = &piece, .msg_iovlen = 1 } };
    check(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &least, sizeof least), "SO_SNDBUF");
    puts("sending");
    printf("sendmmsg %s\n", outcome(sendmmsg(fd, messages, count, 0)));
}

const struct held_program wait_programs[] = {
    { "wait-shutdown", wait_shutdown },
    { "wait-error", wait_error },
    { "stamped-timeout", stamped_timeout },
    { "stamped-alarm", stamped_alarm },
    { "restart-receive", restart_receive },
    { "restart-send", restart_send },
    { "short-timeouts", short_timeouts },
    { "slow-vector", slow_vector },
    { 0 },
};

// --- while another connects: see held_meanwhile.c ------------------------------------------------------------------

enum { waiters = 600 };
static atomic_int waiters_there;

static void *ask_and_wait(void *argument)
{
    struct held_row_options *options = argument;
    int fd = asked(&options->to);
    waiters_there++;
    receive(fd);
    return NULL;
}

static void many_waiters(struct held_row_options *options)
{
    in_threads(waiters, ask_and_wait, options);
    while (waiters_there < waiters)
        pause_ms(1);
    pause_ms(300); // until the last of them waits, too
}

const struct held_row wait_rows[] = {
    { "waiters", many_waiters },
    { 0 },
};
