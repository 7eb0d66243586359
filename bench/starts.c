// starts COUNT PROGRAM ARG... [/ PROGRAM ARG...]...: starts each program in turn, COUNT times, and waits for its end.
// One line for each: the shortest time from start to end, and the median, in nanoseconds.
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAXIMUM 8

extern char **environ;

static int compare(const void *left, const void *right)
{
    long a = *(const long *)left, b = *(const long *)right;
    return (a > b) - (a < b);
}

static long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000L + time.tv_nsec;
}

static long start(char **program)
{
    long before = now();
    pid_t pid;
    int status;
    if (posix_spawnp(&pid, program[0], NULL, NULL, program, environ) != 0 || waitpid(pid, &status, 0) != pid || status != 0) {
        fprintf(stderr, "starts: %s failed\n", program[0]);
        exit(1);
    }
    return now() - before;
}

int main(int argc, char **argv)
{
    int count = argc > 2 ? atoi(argv[1]) : 0, programs = 0;
    char **program[MAXIMUM];
    long *times[MAXIMUM];
    for (int i = 2; i < argc && programs < MAXIMUM; i++) {
        if (i == 2 || !argv[i - 1])
            program[programs++] = argv + i;
        if (strcmp(argv[i], "/") == 0)
            argv[i] = NULL;
    }
    if (count < 1 || programs == 0) {
        fputs("usage: starts COUNT PROGRAM ARG... [/ PROGRAM ARG...]...\n", stderr);
        return 2;
    }

    for (int i = 0; i < programs; i++)
        times[i] = calloc(count, sizeof(long));
    for (int turn = 0; turn < count; turn++)
        for (int i = 0; i < programs; i++)
            times[i][turn] = start(program[i]);
    for (int i = 0; i < programs; i++) {
        qsort(times[i], count, sizeof(long), compare);
        printf("%ld %ld\n", times[i][0], times[i][count / 2]);
    }
    return 0;
}
