// A socket that is set free for SECOND, which is excluded, is used for FIRST at that moment. Nobody answers at either.
#include "race.h"

#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

enum { most_processes = 2 };

static atomic_int attacked;
static pid_t others[most_processes];
static int processes;

static int connect_to(const struct sockaddr_storage *address, const struct race *race)
{
    return connect(attacked, (const void *)address, race->length);
}

// --- streams --------------------------------------------------------------------------------------------------------

static void open_stream(const struct race *race, int flags)
{
    attacked = (int)check(socket(race->family, SOCK_STREAM | SOCK_CLOEXEC | flags, 0), "socket");
}

// A connection that is under way ends with shutdown, and the socket can be connected anew.
static void *connect_and_shut(void *argument)
{
    const struct race *race = argument;
    while (!is_over()) {
        connect_to(&race->second, race);
        shutdown(attacked, SHUT_RDWR);
    }
    return NULL;
}

static void freed_connect(const struct race *race)
{
    open_stream(race, SOCK_NONBLOCK);
    in_thread(connect_and_shut, race);
    for (long i = 0; i < race->rounds; i++) {
        count(connect_to(&race->first, race));
        shutdown(attacked, SHUT_RDWR);
    }
}

static void freed_fast_open(const struct race *race)
{
    open_stream(race, SOCK_NONBLOCK);
    in_thread(connect_and_shut, race);
    for (long i = 0; i < race->rounds; i++) {
        count(sendto(attacked, "x", 1, MSG_FASTOPEN | MSG_NOSIGNAL, (const void *)&race->first, race->length));
        shutdown(attacked, SHUT_RDWR);
    }
}

static void in_process(void (*act)(const struct race *), const struct race *race)
{
    pid_t child = (pid_t)check(fork(), "fork");
    if (!child)
        for (;;)
            act(race);
    others[processes++] = child;
}

// The others need the processors more.
static void shut(const struct race *race)
{
    (void)race;
    shutdown(attacked, SHUT_RDWR);
    usleep(20);
}

static void connect_second(const struct race *race)
{
    connect_to(&race->second, race);
}

// Three processes, each with one thread, have one socket.
static void freed_by_processes(const struct race *race)
{
    open_stream(race, 0);
    in_process(shut, race);
    in_process(connect_second, race);
    for (long i = 0; i < race->rounds; i++)
        count(connect_to(&race->first, race));
    for (int i = 0; i < processes; i++) {
        kill(others[i], SIGKILL);
        waitpid(others[i], NULL, 0);
    }
}

// --- datagrams ------------------------------------------------------------------------------------------------------

static atomic_long turn;

// Waits until there is a new socket; false at the end. A thread that only looked would keep the processor for whole turns of some
// milliseconds from those that it waits for: the program and its supervisor wake each other on one processor.
static bool has_turn(long *seen)
{
    while (turn == *seen) {
        if (is_over())
            return false;
        sched_yield();
    }
    *seen = turn;
    return true;
}

// A new socket in each round, which both threads use at once.
static void *connect_in_turn(void *argument)
{
    const struct race *race = argument;
    for (long seen = 0; has_turn(&seen);)
        connect_to(&race->second, race);
    return NULL;
}

static void freed_sendto(const struct race *race)
{
    in_thread(connect_in_turn, race);
    for (long i = 0; i < race->rounds; i++) {
        attacked = open_datagram(race);
        turn++;
        count(sendto(attacked, "x", 1, 0, (const void *)&race->first, race->length));
        sendto(attacked, "x", 1, 0, (const void *)&race->first, race->length);
        close(attacked);
    }
}

static void *connect_and_send_in_turn(void *argument)
{
    const struct race *race = argument;
    for (long seen = 0; has_turn(&seen);) {
        connect_to(&race->first, race);
        send(attacked, "x", 1, MSG_DONTWAIT);
    }
    return NULL;
}

// A datagram to SECOND sets the socket free, while the other thread connects it to FIRST.
static void free_by_datagram(const struct race *race, int (*open_one)(const struct race *))
{
    in_thread(connect_and_send_in_turn, race);
    for (long i = 0; i < race->rounds; i++) {
        attacked = open_one(race);
        turn++;
        count(sendto(attacked, "x", 1, 0, (const void *)&race->second, race->length));
        send(attacked, "x", 1, 0);
        sendto(attacked, "x", 1, 0, (const void *)&race->first, race->length);
        close(attacked);
    }
}

// As a resolver of musl opens its socket.
static int open_bound_datagram(const struct race *race)
{
    struct sockaddr_storage any = { .ss_family = race->family };
    int fd = open_datagram(race);
    // The other thread may have connected it already, under the number of the last one.
    bind(fd, (const void *)&any, race->length);
    return fd;
}

static void freed_datagram(const struct race *race)
{
    free_by_datagram(race, open_datagram);
}

// One that has a port which the kernel chose.
static void freed_bound_datagram(const struct race *race)
{
    free_by_datagram(race, open_bound_datagram);
}

static void *keep_sending(void *argument)
{
    (void)argument;
    while (!is_over()) {
        send(attacked, "x", 1, MSG_DONTWAIT);
        sched_yield();
    }
    return NULL;
}

// A send of the other thread that has looked up the way to SECOND.
static void freed_send(const struct race *race)
{
    attacked = open_datagram(race);
    in_thread(keep_sending, race);
    for (long i = 0; i < race->rounds; i++) {
        int fd = open_datagram(race);
        dup2(fd, attacked);
        close(fd);
        connect_to(&race->second, race);
        count(connect_to(&race->first, race));
        send(attacked, "x", 1, 0);
        connect_to(&race->second, race);
    }
}

const struct attack free_attacks[] = {
    { "freed-connect", freed_connect },
    { "freed-fast-open", freed_fast_open },
    { "freed-by-processes", freed_by_processes },
    { "freed-sendto", freed_sendto },
    { "freed-send", freed_send },
    { "freed-datagram", freed_datagram },
    { "freed-bound-datagram", freed_bound_datagram },
    { 0 },
};
