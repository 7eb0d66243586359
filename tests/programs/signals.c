// Says "ready", then "got N" for each signal that it is sent, and "line LINE" for each line of its standard
// input, until that ends. signals -p sends signal 64 to its parent after each line: what a supervisor
// has not passed on before that one comes back, it never will.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void print(const char *text)
{
    if (write(STDOUT_FILENO, text, strlen(text)) < 0)
        _exit(1);
}

static void received(int number)
{
    char line[32];
    snprintf(line, sizeof line, "got %d\n", number);
    print(line);
}

int main(int argc, char **argv)
{
    int through_parent = argc == 2 && strcmp(argv[1], "-p") == 0;
    // One after the other, in the order in which they came.
    struct sigaction action = { .sa_handler = received };
    sigfillset(&action.sa_mask);
    for (int number = 1; number < NSIG; number++)
        sigaction(number, &action, NULL);
    print("ready\n");

    char line[256];
    ssize_t length;
    while ((length = read(STDIN_FILENO, line, sizeof line - 1)) != 0) {
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0)
            return 1;
        line[length] = 0;
        print("line ");
        print(line);
        if (through_parent)
            kill(getppid(), SIGRTMAX);
    }
    return 0;
}
