// Starts a command as systemd starts a socket-activated service with a watchdog: descriptor 3 listens on
// ADDRESS PORT, descriptor 4 is a pipe, and the variables name this very process, which becomes COMMAND.
// proc_activator [-l PID] [-w PID] ADDRESS PORT COMMAND [ARG]…   -l and -w name another process
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int listening(const char *address, const char *port)
{
    struct sockaddr_in local = { .sin_family = AF_INET, .sin_port = htons(atoi(port)) };
    int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (inet_pton(AF_INET, address, &local.sin_addr) != 1
        || bind(fd, (struct sockaddr *)&local, sizeof local) < 0 || listen(fd, 8) < 0) {
        perror("listen");
        exit(2);
    }
    return fd;
}

int main(int argc, char **argv)
{
    char self[16];
    snprintf(self, sizeof self, "%d", getpid());
    const char *listen_pid = self, *watchdog_pid = self;
    int option;
    while ((option = getopt(argc, argv, "+l:w:")) != -1)
        switch (option) {
        case 'l': listen_pid = optarg; break;
        case 'w': watchdog_pid = optarg; break;
        default: return 2;
        }
    argv += optind;
    if (argc - optind < 3)
        return 2;

    int ends[2], socket_fd = fcntl(listening(argv[0], argv[1]), F_DUPFD, 10);
    if (pipe(ends) < 0)
        return 2;
    int pipe_fd = fcntl(ends[0], F_DUPFD, 10);
    closefrom(pipe_fd + 1);
    dup2(socket_fd, 3);
    dup2(pipe_fd, 4);
    for (int fd = 5; fd <= pipe_fd; fd++)
        close(fd);

    setenv("LISTEN_PID", listen_pid, 1);
    setenv("LISTEN_FDS", "2", 1);
    setenv("LISTEN_FDNAMES", "web:spare", 1);
    setenv("WATCHDOG_PID", watchdog_pid, 1);
    setenv("WATCHDOG_USEC", "3000000", 1);
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    return 127;
}
