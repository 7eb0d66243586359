// Starts the program. Not by posix_spawn: LISTEN_PID and WATCHDOG_PID are to name the program, whose process id is known
// only in its own process, and posix_spawn makes two calls for each of the 64 signals.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// The kernel's struct sigaction and sigset_t, on x86-64 and arm64.
struct kernel_sigaction {
    uintptr_t handler;
    unsigned long flags;
    void *restorer;
    uint64_t mask;
};

struct program {
    char **argv;
    char **environment;
    // Where the process id is to be written, each with room for 12 characters; a null pointer ends them.
    char **process_ids;
    // The signals that are to be blocked and ignored. A signal is a bit from 0 on, as in the kernel's sigset_t.
    uint64_t blocked, ignored;
};

static void set_mask(const uint64_t *mask, uint64_t *before)
{
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, mask, before, sizeof(*mask));
}

static void write_number(int number, char *text)
{
    int length = 0;
    for (int rest = number; rest > 0; rest /= 10)
        length++;
    text[length] = '\0';
    for (; number > 0; number /= 10)
        text[--length] = (char)('0' + number % 10);
}

// In the new process, which shares all memory with the supervisor until it executes the program (vfork(2)).
static __attribute__((noinline)) int become_program(const struct program *program)
{
    // What the runtime and libc (32 and 33) handle, and SIGCHLD, which the supervisor must not ignore. Handlers must not run
    // in this process; exec would only reset them.
    static const int changed[] = { SIGABRT, SIGFPE, SIGSEGV, SIGCHLD, 32, 33, 34 };
    for (size_t i = 0; i < sizeof(changed) / sizeof(changed[0]); i++) {
        uint64_t bit = UINT64_C(1) << (changed[i] - 1);
        struct kernel_sigaction action = { .handler = (uintptr_t)(program->ignored & bit ? SIG_IGN : SIG_DFL) };
        syscall(SYS_rt_sigaction, changed[i], &action, NULL, sizeof(action.mask));
    }

    for (char **process_id = program->process_ids; *process_id; process_id++)
        write_number(getpid(), *process_id);
    set_mask(&program->blocked, NULL);
    execvpe(program->argv[0], program->argv, program->environment);
    return errno;
}

// Returns 0 once the program is executed, or an error number: then its process is gone.
int start_program(char **argv, char **environment, char **process_ids, uint64_t blocked, uint64_t ignored, int *pid);

int start_program(char **argv, char **environment, char **process_ids, uint64_t blocked, uint64_t ignored, int *pid)
{
    const struct program program = { argv, environment, process_ids, blocked, ignored };
    const uint64_t all = ~UINT64_C(0);
    uint64_t mask;
    volatile int error = 0;
    set_mask(&all, &mask);
    pid_t child = vfork();
    if (child == 0) {
        error = become_program(&program);
        _exit(127);
    }

    if (child < 0) {
        error = errno;
    } else if (error) {
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    set_mask(&mask, NULL);
    *pid = child;
    return error;
}
