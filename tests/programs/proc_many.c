// For each number on standard input, makes so many short processes, eight at a time, each of which
// connects a datagram socket to ADDRESS; says "made N, F failed" once all have ended. Every tenth is
// left to an orphan, for whoever adopts it to reap. proc_many ADDRESS
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { AT_A_TIME = 8, ORPHAN_EVERY = 10 };

static struct sockaddr_in destination = { .sin_family = AF_INET };

static void live(int number)
{
    if (number % ORPHAN_EVERY == 0 && fork() != 0)
        _exit(0);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    _exit(connect(fd, (struct sockaddr *)&destination, sizeof destination) != 0);
}

static int failed_children(int count)
{
    int failed = 0, status;
    while (count-- > 0)
        failed += wait(&status) < 0 || status != 0;
    return failed;
}

int main(int argc, char **argv)
{
    if (argc != 2 || inet_pton(AF_INET, argv[1], &destination.sin_addr) != 1)
        return 2;
    destination.sin_port = htons(7);

    char line[32];
    while (fgets(line, sizeof line, stdin)) {
        int count = atoi(line), failed = 0;
        for (int made = 0; made < count; made++) {
            if (made >= AT_A_TIME)
                failed += failed_children(1);
            pid_t child = fork();
            if (child == 0)
                live(made);
            if (child < 0)
                return 1;
        }
        failed += failed_children(count < AT_A_TIME ? count : AT_A_TIME);
        printf("made %d, %d failed\n", count, failed);
        fflush(stdout);
    }
    return 0;
}
