// Prints "ready", then the name of each signal that it is sent and each line of its standard input,
// and ends with that input.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct { int number; const char *name; } signals[] = {
    { SIGTERM, "TERM" }, { SIGHUP, "HUP" }, { SIGINT, "INT" }, { SIGQUIT, "QUIT" },
    { SIGUSR1, "USR1" }, { SIGUSR2, "USR2" }, { SIGWINCH, "WINCH" },
};

static void print(const char *text)
{
    if (write(STDOUT_FILENO, text, strlen(text)) < 0)
        _exit(1);
}

static void received(int number)
{
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (signals[i].number == number) {
            char line[32];
            strcpy(line, "got ");
            strcat(line, signals[i].name);
            strcat(line, "\n");
            print(line);
        }
}

int main(void)
{
    struct sigaction action = { .sa_handler = received };
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i].number, &action, NULL);
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
    }
    return 0;
}
