// Runs a command and reports its process id and how it ended, which an exit status alone cannot
// tell apart: outcome REPORT COMMAND [ARG]…   REPORT gets "PID", then "exited N" or "killed N".
//
// The command starts with every signal at its default, and none blocked: whoever runs the tests may ignore some. And it
// starts with three descriptors: a runtime that starts several programs at once lets files slip through that it opens
// meanwhile.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    FILE *report = fopen(argv[1], "we");
    if (!report) {
        perror(argv[1]);
        return 2;
    }
    pid_t child = fork();
    if (child == 0) {
        // Not by libc, which keeps two signals to itself. All zero is SIG_DFL, and an empty set.
        const char defaults[32] = { 0 }, none[8] = { 0 };
        for (int number = 1; number < NSIG; number++)
            syscall(SYS_rt_sigaction, number, defaults, NULL, sizeof none);
        syscall(SYS_rt_sigprocmask, SIG_SETMASK, none, NULL, sizeof none);
        syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0);
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }
    fprintf(report, "%d\n", child);
    fflush(report);

    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return 2;
    if (WIFSIGNALED(status))
        fprintf(report, "killed %d\n", WTERMSIG(status));
    else
        fprintf(report, "exited %d\n", WEXITSTATUS(status));
    return fclose(report) == 0 ? 0 : 2;
}
