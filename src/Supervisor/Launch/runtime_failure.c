// What the .NET runtime makes of too little memory or of a thread that is refused, before the supervisor's own code runs
// or in the middle of it: a silent exit with 255, a stack trace and SIGABRT, a SIGSEGV. Here it becomes one line and 125.
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define OUR_ERROR 125

// Below, the collector's first steps fail at random places (tried with .NET 10).
#define LEAST_ADDRESS_SPACE (100UL << 20)

static int has_started;

static void give_up(const char *message)
{
    // Whoever has closed standard error does not want to know.
    ssize_t written = write(STDERR_FILENO, message, strlen(message));
    (void)written;
    _exit(OUR_ERROR);
}

static void give_up_on_abort(int number)
{
    (void)number;
    give_up("bti-supervise: the .NET runtime ended itself; if a line above does not say why, raise the limits of memory and "
            "processes (ulimit -v, ulimit -u, MemoryMax=, TasksMax=)\n");
}

__attribute__((constructor)) static void prepare_for_failure(void)
{
    struct rlimit space;
    if (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY) {
        if (space.rlim_cur < LEAST_ADDRESS_SPACE)
            give_up("bti-supervise: the address space is limited to less than 102400 kB (ulimit -v): raise the limit\n");
    }

    // Each thread that allocates would reserve 128 MiB of address space for itself, which takes time at the start, too.
    // What is done for a stopped call does not use malloc.
    mallopt(M_ARENA_MAX, 1);

    // An action does not survive exec, but that a signal is ignored does: left as it is, for the program.
    struct sigaction action = { .sa_handler = give_up_on_abort }, before;
    if (sigaction(SIGABRT, NULL, &before) == 0 && before.sa_handler == SIG_DFL)
        sigaction(SIGABRT, &action, NULL);
}

void runtime_has_started(void)
{
    has_started = 1;
}

// The runtime's main (--wrap=main), which returns -1 where it could not start.
int __real_main(int argc, char **argv);
int __wrap_main(int argc, char **argv);

int __wrap_main(int argc, char **argv)
{
    int status = __real_main(argc, argv);
    if (!has_started)
        give_up("bti-supervise: the .NET runtime did not start, for want of memory or because a thread is refused: raise the "
                "limits (ulimit -v, ulimit -u, MemoryMax=, TasksMax=)\n");
    return status;
}
