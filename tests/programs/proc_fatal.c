// Runs COMMAND SIGNAL for every signal that ends a program which does not care, and says how often, and
// when it did not end by that signal, or left a core file: proc_fatal COMMAND [ARG]…
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static int is_fatal(int number)
{
    switch (number) {
    case SIGCHLD: case SIGCONT: case SIGURG: case SIGWINCH:
    case SIGSTOP: case SIGTSTP: case SIGTTIN: case SIGTTOU:
        return 0;
    }
    return 1;
}

static void run(int argc, char **argv, int number)
{
    char **words = calloc((size_t)argc + 1, sizeof *words), last[8];
    snprintf(last, sizeof last, "%d", number);
    for (int i = 1; i < argc; i++)
        words[i - 1] = argv[i];
    words[argc - 1] = last;
    execvp(words[0], words);
    perror(words[0]);
    _exit(127);
}

int main(int argc, char **argv)
{
    struct rlimit core;
    getrlimit(RLIMIT_CORE, &core);
    core.rlim_cur = core.rlim_max;
    setrlimit(RLIMIT_CORE, &core);

    int count = 0;
    for (int number = 1; number < NSIG; number++) {
        if (!is_fatal(number))
            continue;
        pid_t child = fork();
        if (child == 0)
            run(argc, argv, number);
        int status;
        if (waitpid(child, &status, 0) != child)
            return 2;
        if (!WIFSIGNALED(status))
            printf("%d: exit %d\n", number, WEXITSTATUS(status));
        else if (WTERMSIG(status) != number)
            printf("%d: signal %d\n", number, WTERMSIG(status));
        if (WIFSIGNALED(status) && WCOREDUMP(status))
            printf("%d: core\n", number);
        count++;
    }
    printf("%d signals\n", count);
    return 0;
}
