// A program ends, or executes another, in the middle of its calls; ids of threads and numbers of descriptors come again.
#include "race.h"

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

enum { calls_each = 100, stack_size = 64 << 10, workers = 2 };

static void connect_and_send(const struct race *race)
{
    int fd = open_datagram(race);
    count(connect(fd, &target->any, race->length));
    send(fd, "x", 1, 0);
    close(fd);
}

static atomic_int calls;

static void *call_until_the_end(void *argument)
{
    for (;;) {
        connect_and_send(argument);
        calls++;
    }
    return NULL;
}

// Two threads call while the process ends, or becomes another program.
static void end_in_the_middle(const struct race *race, bool executes)
{
    count_in_shared_memory();
    target->address = race->first;
    for (long i = 0; i < race->rounds / calls_each; i++) {
        pid_t child = (pid_t)check(fork(), "fork");
        if (!child) {
            in_thread(call_until_the_end, race);
            in_thread(call_until_the_end, race);
            while (calls < calls_each)
                sched_yield();
            if (executes)
                execl("/bin/true", "true", (char *)NULL);
            _exit(0);
        }
        waitpid(child, NULL, 0);
    }
}

static void executes(const struct race *race)
{
    end_in_the_middle(race, true);
}

static void exits(const struct race *race)
{
    end_in_the_middle(race, false);
}

// A short-lived process: has this process's memory, and a table of descriptors of its own, in which the same numbers mean
// other sockets. What a supervisor keeps by the id of a thread must not be of an earlier one.
static int live_shortly(void *argument)
{
    const struct race *race = argument;
    int first = open_datagram(race), second = open_datagram(race);
    count(connect(second, &target->any, race->length));
    count(connect(first, &target->any, race->length));
    send(first, "x", 1, 0);
    send(second, "x", 1, 0);
    _exit(0);
}

static void ids_again(const struct race *race)
{
    count_in_shared_memory();
    target->address = race->first;
    pid_t others[workers];
    for (int worker = 0; worker < workers; worker++) {
        others[worker] = (pid_t)check(fork(), "fork");
        if (!others[worker]) {
            char *stack = mmap(NULL, stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            for (long i = 0; i < race->rounds / workers / 2; i++) {
                pid_t child = (pid_t)check(clone(live_shortly, stack + stack_size, CLONE_VM | CLONE_VFORK | SIGCHLD, (void *)race), "clone");
                waitpid(child, NULL, 0);
            }
            _exit(0);
        }
    }
    for (int worker = 0; worker < workers; worker++)
        waitpid(others[worker], NULL, 0);
}

const struct attack life_attacks[] = {
    { "executes", executes },
    { "exits", exits },
    { "ids-again", ids_again },
    { 0 },
};
