// Makes COUNT orphans, which end as soon as somebody has adopted them, each with a line "adopted by PID".
// Then says "made COUNT", and goes on until its standard input ends: proc_orphan COUNT
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void be_orphan(pid_t parent)
{
    while (getppid() == parent)
        usleep(1000);
    dprintf(STDOUT_FILENO, "adopted by %d\n", getppid());
    _exit(0);
}

int main(int argc, char **argv)
{
    int count = argc == 2 ? atoi(argv[1]) : 0;
    for (int i = 0; i < count; i++) {
        pid_t child = fork();
        if (child == 0) {
            pid_t self = getpid();
            if (fork() == 0)
                be_orphan(self);
            _exit(0);
        }
        waitpid(child, NULL, 0);
    }
    dprintf(STDOUT_FILENO, "made %d\n", count);
    char byte;
    while (read(STDIN_FILENO, &byte, 1) == 1)
        ;
    return 0;
}
