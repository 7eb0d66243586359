// The descriptor of a call means another socket while the call is judged.
#include "race.h"

#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum { stack_size = 64 << 10 };

static int number;  // the descriptor that is attacked

// Another socket stands at the number, bound to nothing.
static void swap_once(const struct race *race)
{
    int fresh = open_datagram(race);
    dup2(fresh, number);
    close(fresh);
}

static void *swap(void *argument)
{
    while (!is_over())
        swap_once(argument);
    return NULL;
}

static void use_number(const struct race *race)
{
    target->address = race->first;
    for (long i = 0; i < race->rounds; i++) {
        count(connect(number, &target->any, race->length));
        send(number, "x", 1, 0);
    }
}

static void swapped(const struct race *race)
{
    number = open_datagram(race);
    in_thread(swap, race);
    use_number(race);
}

static void *reopen(void *argument)
{
    while (!is_over()) {
        close(number);
        number = open_datagram(argument);
    }
    return NULL;
}

static void reopened(const struct race *race)
{
    number = open_datagram(race);
    in_thread(reopen, race);
    use_number(race);
}

static const struct race *shared_race;

static int swap_in_a_process(void *argument)
{
    (void)argument;
    while (!is_over())
        swap_once(shared_race);
    _exit(0);
}

static pid_t process_with_same_table(int (*run)(void *), int more)
{
    char *stack = mmap(NULL, stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack == MAP_FAILED)
        failed("mmap");
    return (pid_t)check(clone(run, stack + stack_size, CLONE_FILES | more | SIGCHLD, NULL), "clone");
}

// As swapped, by another process that has the same table of descriptors.
static void swapped_by_a_process(const struct race *race)
{
    shared_race = race;
    number = open_datagram(race);
    pid_t other = process_with_same_table(swap_in_a_process, CLONE_VM);
    use_number(race);
    kill(other, SIGKILL);
    waitpid(other, NULL, 0);
}

// --- a socket that is no IP socket becomes one ---------------------------------------------------------------------

static int local_socket, datagram;

// While it is a Unix socket the call is harmless. While it is the other one, `dissolve` takes away what that is bound to.
static void *swap_local(void *argument)
{
    struct sockaddr none = { .sa_family = AF_UNSPEC };
    const struct race *race = argument;
    while (!is_over()) {
        dup2(datagram, number);
        dup2(local_socket, number);
        if (!race)
            connect(datagram, &none, sizeof none);
    }
    return NULL;
}

static void begin_local(const struct race *race, bool dissolves)
{
    target->address = race->first;
    local_socket = (int)check(socket(AF_UNIX, SOCK_DGRAM, 0), "socket");
    datagram = open_datagram(race);
    number = dup(local_socket);
    in_thread(swap_local, dissolves ? NULL : race);
}

// Of IPv4: a message that names the other interface.
static void local_message(const struct race *race)
{
    char buffer[CMSG_SPACE(sizeof(struct in_pktinfo))] __attribute__((aligned(8))) = { 0 };
    struct in_pktinfo info = { .ipi_ifindex = (int)if_nametoindex(race->device) };
    struct iovec data = { "x", 1 };
    struct msghdr message = {
        .msg_name = &target->any, .msg_namelen = race->length, .msg_iov = &data, .msg_iovlen = 1, .msg_control = buffer, .msg_controllen = sizeof buffer,
    };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof info), .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO };
    memcpy(CMSG_DATA(header), &info, sizeof info);
    begin_local(race, false);
    for (long i = 0; i < race->rounds; i++)
        count(sendmsg(number, &message, 0));
}

static void local_connect(const struct race *race)
{
    begin_local(race, true);
    for (long i = 0; i < race->rounds; i++) {
        count(connect(number, &target->any, race->length));
        send(datagram, "x", 1, 0);
    }
}

static void set_local(const struct race *race, int level, int option, const void *value, socklen_t length)
{
    begin_local(race, true);
    for (long i = 0; i < race->rounds; i++) {
        count(setsockopt(number, level, option, value, length));
        sendto(datagram, "x", 1, 0, &target->any, race->length);
    }
}

static void local_device(const struct race *race)
{
    set_local(race, SOL_SOCKET, SO_BINDTODEVICE, race->device, (socklen_t)strlen(race->device) + 1);
}

static void local_unicast_interface(const struct race *race)
{
    int index = (int)htonl(if_nametoindex(race->device));
    set_local(race, IPPROTO_IP, IP_UNICAST_IF, &index, sizeof index);
}

static int use_own_sockets(void *argument)
{
    (void)argument;
    for (long i = 0; i < shared_race->rounds / 2; i++) {
        int fd = open_datagram(shared_race);
        count(connect(fd, &target->any, shared_race->length));
        send(fd, "x", 1, 0);
        close(fd);
    }
    return 0;
}

// Two processes with one table, each with sockets of its own. They change nothing of each other's: no race.
static void shared_table(const struct race *race)
{
    count_in_shared_memory();
    shared_race = race;
    target->address = race->first;
    pid_t other = process_with_same_table(use_own_sockets, 0);
    use_own_sockets(NULL);
    waitpid(other, NULL, 0);
}

const struct attack descriptor_attacks[] = {
    { "swapped", swapped },
    { "reopened", reopened },
    { "swapped-by-a-process", swapped_by_a_process },
    { "local-message", local_message },
    { "local-connect", local_connect },
    { "local-device", local_device },
    { "local-unicast-if", local_unicast_interface },
    { "shared-table", shared_table },
    { 0 },
};
