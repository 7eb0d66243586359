// load PROGRAM ARGUMENT...: many calls that a supervisor has to answer. ADDRESS is one of IPv4.
//
//   mixed ADDRESS PORT THREADS ROUNDS    each thread makes calls of every kind, ROUNDS times. Prints "mixed: N calls, M failed"
//   until ADDRESS PORT THREADS           the same until a call answers ENOSYS; then each thread makes 100 more rounds, in which
//                                        all have to. Prints "ready", and "until: ENOSYS, and M others after it"
//   lines ADDRESS PORT                   one round for each line of standard input. Prints how the calls ended
//   processes ADDRESS PORT COUNT         so many processes at once, each with one question to the lab's echo, over TCP. Prints
//                                        each answer's first word and how often it came
//   beside ADDRESS PORT SILENT BLOCKED COUNT   COUNT connects while so many threads wait for a connection to SILENT. Prints
//                                        "beside: N blocked, M failed, p50 NS, p99 NS"
//   connects ADDRESS PORT THREADS MS     connects of datagram sockets at full speed. Prints how many a second
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { kinds = 9, long_vector = 64, more_rounds = 100, answers_most = 8 };

static struct sockaddr_in to = { .sin_family = AF_INET };
static atomic_long calls, others;
static atomic_bool is_refused, over;
static int rounds;

static void failed(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    _exit(1);
}

static long check(long result, const char *what)
{
    if (result < 0)
        failed(what);
    return result;
}

static long long now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void parse(char **words)
{
    to.sin_port = htons(atoi(words[1]));
    if (inet_pton(AF_INET, words[0], &to.sin_addr) != 1) {
        fprintf(stderr, "load: %s is no address\n", words[0]);
        _exit(2);
    }
}

static void in_threads(int count, void *(*run)(void *), pthread_t *threads)
{
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 128 << 10);
    for (int i = 0; i < count; i++)
        if ((errno = pthread_create(&threads[i], &small, run, NULL)) != 0)
            failed("pthread_create");
}

// One round: a call of every kind, each on a socket of its own, so that none depends on another. The error numbers, 0 if it did
// what it does without a supervisor.
static void make_calls(int *errors)
{
    struct sockaddr_un nobody = { .sun_family = AF_UNIX, .sun_path = "/nobody" };
    struct sockaddr none = { .sa_family = AF_UNSPEC };
    struct iovec data = { "x", 1 };
    struct mmsghdr messages[long_vector];
    struct ip_mreqn no_interface = { .imr_ifindex = 0 };
    int fds[kinds];

    for (int i = 0; i < long_vector; i++)
        messages[i].msg_hdr = (struct msghdr){ .msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &data, .msg_iovlen = 1 };
    for (int kind = 0; kind < kinds; kind++)
        fds[kind] = (int)check(socket(kind == 7 ? AF_UNIX : AF_INET, (kind == 1 ? SOCK_STREAM | SOCK_NONBLOCK : SOCK_DGRAM) | SOCK_CLOEXEC, 0), "socket");
    for (int kind = 0; kind < kinds; kind++) {
        int expected = kind == 1 ? EINPROGRESS : kind == 7 ? ENOENT : 0;
        long result = kind == 0 ? connect(fds[kind], (void *)&to, sizeof to)
            : kind == 1 ? connect(fds[kind], (void *)&to, sizeof to)
            : kind == 2 ? sendto(fds[kind], "x", 1, 0, (void *)&to, sizeof to)
            : kind == 3 ? sendmsg(fds[kind], &messages[0].msg_hdr, 0)
            : kind == 4 ? sendmmsg(fds[kind], messages, 2, 0)
            : kind == 5 ? setsockopt(fds[kind], IPPROTO_IP, IP_MULTICAST_IF, &no_interface, sizeof no_interface)
            : kind == 6 ? connect(fds[kind], &none, sizeof none)
            : kind == 7 ? connect(fds[kind], (void *)&nobody, sizeof nobody)
            : sendmmsg(fds[kind], messages, long_vector, 0);
        int error = result < 0 ? errno : 0;
        errors[kind] = error == expected ? 0 : error ? error : -1;
        atomic_fetch_add(&calls, 1);
    }
    for (int kind = 0; kind < kinds; kind++)
        close(fds[kind]);
}

static void *make_rounds(void *unused)
{
    int errors[kinds];
    for (int i = 0; i < rounds; i++) {
        make_calls(errors);
        for (int kind = 0; kind < kinds; kind++)
            if (errors[kind]) {
                fprintf(stderr, "load: call %d: %s\n", kind, errors[kind] < 0 ? "did not fail" : strerrorname_np(errors[kind]));
                atomic_fetch_add(&others, 1);
            }
    }
    return unused;
}

static void mixed(char **words)
{
    int count = atoi(words[2]);
    pthread_t threads[count];
    rounds = atoi(words[3]);
    in_threads(count, make_rounds, threads);
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    printf("mixed: %ld calls, %ld failed\n", calls, others);
}

static void *make_until_refused(void *unused)
{
    int errors[kinds];
    while (!is_refused) {
        make_calls(errors);
        for (int kind = 0; kind < kinds; kind++)
            if (errors[kind] == ENOSYS)
                is_refused = true;
    }
    for (int i = 0; i < more_rounds; i++) {
        make_calls(errors);
        for (int kind = 0; kind < kinds; kind++)
            if (errors[kind] != ENOSYS)
                atomic_fetch_add(&others, 1);
    }
    return unused;
}

static void until(char **words)
{
    int count = atoi(words[2]);
    pthread_t threads[count];
    in_threads(count, make_until_refused, threads);
    while (calls < 100 * count)
        usleep(1000);
    puts("ready");
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    printf("until: ENOSYS, and %ld others after it\n", others);
}

static void lines(char **words)
{
    int errors[kinds];
    (void)words;
    puts("ready");
    while (getchar() != EOF) {
        make_calls(errors);
        for (int kind = 0; kind < kinds; kind++)
            printf("%s%s", errors[kind] <= 0 ? "0" : strerrorname_np(errors[kind]), kind < kinds - 1 ? " " : "\n");
    }
}

static _Noreturn void ask(int begin, int answers)
{
    char answer[128] = { 0 };
    char byte;
    ssize_t size = read(begin, &byte, 1);  // ends when all are there
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (size < 0 || connect(fd, (void *)&to, sizeof to) < 0)
        snprintf(answer, sizeof answer, "%s", strerrorname_np(errno));
    else if (send(fd, "who\n", 4, 0) != 4 || recv(fd, answer, sizeof answer - 1, 0) <= 0)
        snprintf(answer, sizeof answer, "unanswered");
    answer[strcspn(answer, " \n")] = 0;
    strcat(answer, "\n");
    check(write(answers, answer, strlen(answer)), "write");
    _exit(0);
}

static void processes(char **words)
{
    int count = atoi(words[2]), begin[2], answers[2];
    struct { char text[128]; int count; } seen[answers_most] = { 0 };
    check(pipe(begin), "pipe");
    check(pipe(answers), "pipe");
    for (int i = 0; i < count; i++)
        if (!check(fork(), "fork")) {
            close(begin[1]);
            ask(begin[0], answers[1]);
        }
    close(begin[1]);
    close(answers[1]);
    FILE *stream = fdopen(answers[0], "r");
    char line[128];
    while (fgets(line, sizeof line, stream)) {
        line[strcspn(line, "\n")] = 0;
        for (int i = 0; i < answers_most; i++)
            if (!seen[i].count || !strcmp(seen[i].text, line)) {
                strcpy(seen[i].text, line);
                seen[i].count++;
                break;
            }
    }
    while (wait(NULL) > 0)
        ;
    for (int i = 0; i < answers_most && seen[i].count; i++)
        printf("%s %d\n", seen[i].text, seen[i].count);
}

static struct sockaddr_in silent = { .sin_family = AF_INET };

static void *wait_for_a_connection(void *unused)
{
    connect(socket(AF_INET, SOCK_STREAM, 0), (void *)&silent, sizeof silent);
    return unused;
}

// Connections of this network namespace that are being made to `silent`.
static int waiting(void)
{
    char line[512], remote[64];
    int count = 0;
    snprintf(remote, sizeof remote, " %08X:%04X 02 ", silent.sin_addr.s_addr, ntohs(silent.sin_port));
    FILE *table = fopen("/proc/self/net/tcp", "r");
    while (table && fgets(line, sizeof line, table))
        count += strstr(line, remote) != NULL;
    if (table)
        fclose(table);
    return count;
}

static int compare(const void *a, const void *b)
{
    long long x = *(const long long *)a, y = *(const long long *)b;
    return (x > y) - (x < y);
}

static void beside(char **words)
{
    int blocked = atoi(words[3]), count = atoi(words[4]), wrong = 0;
    pthread_t threads[blocked + 1];
    long long *times = calloc(count, sizeof *times);
    silent.sin_port = to.sin_port;
    inet_pton(AF_INET, words[2], &silent.sin_addr);
    in_threads(blocked, wait_for_a_connection, threads);
    for (long long end = now_ns() + 20000000000LL; waiting() < blocked && now_ns() < end;)
        usleep(10000);
    usleep(1500000);  // what the crowd at the beginning has caused is over
    for (int i = 0; i < count; i++) {
        int fd = (int)check(socket(AF_INET, SOCK_DGRAM, 0), "socket");
        long long start = now_ns();
        wrong += connect(fd, (void *)&to, sizeof to) != 0;
        times[i] = now_ns() - start;
        close(fd);
    }
    int still = waiting();
    qsort(times, count, sizeof *times, compare);
    printf("beside: %d blocked, %d failed, p50 %lld, p99 %lld\n", still, wrong, times[count / 2], times[count * 99LL / 100]);
    fflush(stdout);
    _exit(0);
}

static void *connect_on(void *unused)
{
    int fd = (int)check(socket(AF_INET, SOCK_DGRAM, 0), "socket");
    long made = 0;
    for (; !over; made++)
        if (connect(fd, (void *)&to, sizeof to) != 0)
            atomic_fetch_add(&others, 1);
    atomic_fetch_add(&calls, made);
    return unused;
}

static void connects(char **words)
{
    int count = atoi(words[2]);
    pthread_t threads[count];
    long long begin = now_ns();
    in_threads(count, connect_on, threads);
    usleep(1000 * atoi(words[3]));
    over = true;
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    if (others)
        fprintf(stderr, "load: %ld connects failed\n", others);
    printf("%.0f\n", calls * 1e9 / (now_ns() - begin));
}

static const struct { const char *name; int words; void (*run)(char **); } programs[] = {
    { "mixed", 4, mixed }, { "until", 3, until }, { "lines", 2, lines }, { "processes", 3, processes },
    { "beside", 5, beside }, { "connects", 4, connects },
};

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; argc > 1 && i < sizeof programs / sizeof *programs; i++)
        if (!strcmp(programs[i].name, argv[1]) && argc == 2 + programs[i].words) {
            parse(argv + 2);
            programs[i].run(argv + 2);
            return 0;
        }
    fprintf(stderr, "load: no program %s with so many arguments\n", argc > 1 ? argv[1] : "");
    return 2;
}
