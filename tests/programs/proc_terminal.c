// A terminal of 24 rows and 200 columns: runs a command on a new pseudo-terminal, as the leader of its
// session, types what comes on standard input, and prints what the terminal is sent.
//
//   proc_terminal COMMAND [ARG]…   ends as COMMAND ends (128 and the signal, as a shell has it)
//
//   SIGUSR1  the window grows to 40 rows and 160 columns
//   SIGUSR2  hangs up
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

static void write_all(int fd, const char *bytes, ssize_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, (size_t)length);
        if (written < 0 && errno != EINTR)
            return;
        if (written > 0) {
            bytes += written;
            length -= written;
        }
    }
}

// Answers 0 at the end of FROM.
static int copy(int from, int to)
{
    char bytes[4096];
    ssize_t length = read(from, bytes, sizeof bytes);
    if (length <= 0)
        return length < 0 && errno == EINTR;
    write_all(to, bytes, length);
    return 1;
}

static int status_of(pid_t child)
{
    int status;
    if (waitpid(child, &status, WNOHANG) != child)
        return -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    sigset_t ours, before;
    sigemptyset(&ours);
    sigaddset(&ours, SIGCHLD);
    sigaddset(&ours, SIGUSR1);
    sigaddset(&ours, SIGUSR2);
    sigprocmask(SIG_BLOCK, &ours, &before);

    int terminal;
    struct winsize size = { .ws_row = 24, .ws_col = 200 };
    pid_t child = forkpty(&terminal, NULL, NULL, &size);
    if (child == 0) {
        sigprocmask(SIG_SETMASK, &before, NULL);
        setenv("TERM", "xterm", 1);
        execvp(argv[1], argv + 1);
        perror(argv[1]);
        _exit(127);
    }

    struct pollfd from[] = {
        { .fd = STDIN_FILENO, .events = POLLIN },
        { .fd = terminal, .events = POLLIN },
        { .fd = signalfd(-1, &ours, SFD_CLOEXEC), .events = POLLIN },
    };
    for (;;) {
        if (poll(from, 3, -1) < 0)
            return 2;
        if (from[0].revents && !copy(STDIN_FILENO, terminal))
            from[0].fd = -1;
        if (from[1].revents && !copy(terminal, STDOUT_FILENO))
            from[1].fd = -1;
        if (!from[2].revents)
            continue;
        struct signalfd_siginfo signal;
        if (read(from[2].fd, &signal, sizeof signal) != sizeof signal)
            return 2;
        if (signal.ssi_signo == SIGUSR1) {
            size = (struct winsize){ .ws_row = 40, .ws_col = 160 };
            ioctl(terminal, TIOCSWINSZ, &size);
        } else if (signal.ssi_signo == SIGUSR2) {
            from[0].fd = from[1].fd = -1;
            close(terminal);
        } else {
            int status = status_of(child);
            if (status < 0)
                continue;
            // What was printed before the end is still to be read.
            while (from[1].fd >= 0 && poll(from + 1, 1, 0) == 1 && copy(terminal, STDOUT_FILENO))
                ;
            return status;
        }
    }
}
