// The descriptor of a call means another socket while the call is judged.
#include "race.h"

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
    { "shared-table", shared_table },
    { 0 },
};
