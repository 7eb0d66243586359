// Says what a service sees of its activation, line by line. With an argument it then serves one client of
// descriptor 3 and tells it "served".
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static void print_pid(const char *name)
{
    const char *value = getenv(name);
    printf("%s %s\n", name, !value ? "unset" : atoi(value) == getpid() ? "mine" : value);
}

static void print(const char *name)
{
    const char *value = getenv(name);
    printf("%s %s\n", name, value ? value : "unset");
}

int main(int argc, char **argv)
{
    (void)argv;
    print_pid("LISTEN_PID");
    print("LISTEN_FDS");
    print("LISTEN_FDNAMES");
    print_pid("WATCHDOG_PID");
    print("WATCHDOG_USEC");
    for (int fd = 3; fd < 64; fd++) {
        int listens = 0;
        socklen_t length = sizeof listens;
        struct stat file;
        if (fstat(fd, &file) < 0)
            continue;
        getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length);
        printf("%d %s\n", fd, listens ? "listens" : S_ISFIFO(file.st_mode) ? "pipe" : "something else");
    }
    fflush(stdout);
    if (argc < 2)
        return 0;
    int client = accept(3, NULL, NULL);
    return client < 0 || write(client, "served\n", 7) != 7;
}
