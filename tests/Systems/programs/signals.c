// Prints each signal that it gets, one a line, and then does what it was asked to:
//
//   signals             ends with status 3 on TERM
//   signals stubborn    stays
//   signals parent      as without, and has a child that ignores TERM and prints nothing
//
// A signal that a supervisor passes on may come a second time, directly. Before it ends, it therefore asks its
// parent to pass on another signal, SIGWINCH: what the parent had to pass on before has come by then.
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void print_until(const sigset_t *all, int last)
{
    int signal;
    do {
        if (sigwait(all, &signal))
            return;
        if (signal != SIGWINCH && signal != SIGCHLD && signal != SIGCONT) {
            printf("got SIG%s\n", sigabbrev_np(signal));
            fflush(stdout);
        }
    } while (signal != last);
}

int main(int count, char **words)
{
    const char *how = count > 1 ? words[1] : "";
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);

    if (!strcmp(how, "parent") && fork() == 0)
        for (;;)
            pause();

    puts("ready");
    fflush(stdout);
    do
        print_until(&all, SIGTERM);
    while (!strcmp(how, "stubborn"));

    if (getppid() > 1 && kill(getppid(), SIGWINCH) == 0)
        print_until(&all, SIGWINCH);
    return 3;
}
