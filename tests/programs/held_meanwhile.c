// One program that keeps the supervisor busy, and another, below the same supervisor, that connects meanwhile. Beside
// "slow-vectors" the other sends long vectors instead.
//
//   held meanwhile ROW MILLISECONDS ADDRESS PORT   does ROW for so long; prints the longest that a connect of the other
//                                                  program took: "longest MILLISECONDS of COUNT, FAILURES failed,
//                                                  parent MILLISECONDS", those of processor time that the parent used
#include "held.h"

#include <pthread.h>
#include <signal.h>

static struct { atomic_llong began, longest; atomic_int count, failures; } *other;

static bool can_connect(int fd, struct sockaddr_in *to)
{
    return connect(fd, (void *)to, sizeof *to) == 0;
}

static bool can_send_vector(int fd, struct sockaddr_in *to)
{
    struct mmsghdr messages[long_vector];
    for (int i = 0; i < long_vector; i++)
        messages[i] = (struct mmsghdr){ .msg_hdr = { .msg_name = to, .msg_namelen = sizeof *to } };
    return sendmmsg(fd, messages, long_vector, 0) == long_vector;
}

static void call_again_and_again(bool (*can_call)(int fd, struct sockaddr_in *to))
{
    struct sockaddr_in anybody = parse_address("198.51.100.1", "7");
    int fd = open_udp();

    for (;;) {
        other->began = now_ms();
        other->failures += !can_call(fd, &anybody);
        long long took = now_ms() - other->began;
        if (took > other->longest)
            other->longest = took;
        other->began = 0;
        other->count++;
        pause_ms(1);
    }
}

// That of a connect which has not returned yet included.
static long long longest(void)
{
    long long began = other->began, so_far = began ? now_ms() - began : 0;
    return so_far > other->longest ? so_far : other->longest;
}

// proc(5): utime and stime are the 14th and 15th field, in clock ticks.
static long processor_ms(pid_t process)
{
    char path[64], line[1024] = "";
    long user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", process);
    FILE *file = fopen(path, "r");
    if (file && fgets(line, sizeof line, file))
        sscanf(strrchr(line, ')') + 2, "%*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %ld %ld", &user, &system);
    if (file)
        fclose(file);
    return (user + system) * 1000 / sysconf(_SC_CLK_TCK);
}

static bool begin(const struct held_row *rows, const char *name, struct held_row_options *options)
{
    for (; rows->name; rows++)
        if (!strcmp(rows->name, name)) {
            rows->begin(options);
            return true;
        }
    return false;
}

static void meanwhile(char **words)
{
    struct held_row_options options = { parse_address(words[2], words[3]) };
    other = shared_memory(sizeof *other);
    pid_t child = (pid_t)check(fork(), "fork");
    if (!child)
        call_again_and_again(strcmp(words[0], "slow-vectors") ? can_connect : can_send_vector);
    while (other->count < 20)
        pause_ms(1);
    other->longest = 0;
    if (!begin(busy_rows, words[0], &options) && !begin(slow_rows, words[0], &options) && !begin(wait_rows, words[0], &options))
        failed(words[0]);
    long before = processor_ms(getppid());
    pause_ms(atoi(words[1]));
    printf("longest %lld of %d, %d failed, parent %ld\n", longest(), other->count, other->failures, processor_ms(getppid()) - before);
    if (getenv("HELD"))
        open_scene()->release = true;
    kill(child, SIGKILL);
    fflush(stdout);
    _exit(0);
}

const struct held_program meanwhile_programs[] = {
    { "meanwhile", meanwhile },
    { 0 },
};
