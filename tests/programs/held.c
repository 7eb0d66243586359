// held PROGRAM [WORD]...: calls that a supervisor is in the middle of while something happens.
// Build: cc -o held held.c held_*.c -pthread
#include "held.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <sys/mman.h>
#include <time.h>

static const struct held_program *const all_programs[] = {
    stage_programs, attack_programs, meanwhile_programs, wait_programs, interrupt_programs,
};

const char *outcome(long result)
{
    static _Thread_local char text[32];
    if (result >= 0)
        snprintf(text, sizeof text, "%ld", result);
    else
        snprintf(text, sizeof text, "%s", strerrorname_np(errno));
    return text;
}

void failed(const char *what)
{
    printf("%s %s\n", what, strerrorname_np(errno));
    fflush(stdout);
    _exit(1);
}

long check(long result, const char *what)
{
    if (result < 0)
        failed(what);
    return result;
}

long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

void pause_ms(int milliseconds)
{
    struct timespec left = { milliseconds / 1000, milliseconds % 1000 * 1000000L };
    while (nanosleep(&left, &left) != 0)
        ;
}

bool wait_until(const atomic_bool *flag, int milliseconds)
{
    long long deadline = now_ms() + milliseconds;
    while (!*flag) {
        if (now_ms() > deadline)
            return false;
        pause_ms(1);
    }
    return true;
}

struct sockaddr_in parse_address(const char *address, const char *port)
{
    struct sockaddr_in parsed = { .sin_family = AF_INET, .sin_port = htons(atoi(port)) };
    if (inet_pton(AF_INET, address, &parsed.sin_addr) != 1) {
        fprintf(stderr, "held: %s is no address\n", address);
        _exit(2);
    }
    return parsed;
}

int open_udp(void)
{
    return (int)check(socket(AF_INET, SOCK_DGRAM, 0), "socket");
}

void *shared_memory(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        failed("mmap");
    return memory;
}

void in_threads(int count, void *(*run)(void *), void *argument)
{
    pthread_attr_t small;
    pthread_t thread;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 128 << 10);
    for (int i = 0; i < count; i++)
        if ((errno = pthread_create(&thread, &small, run, argument)) != 0)
            failed("pthread_create");
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; argc > 1 && i < sizeof all_programs / sizeof *all_programs; i++)
        for (const struct held_program *program = all_programs[i]; program->name; program++)
            if (!strcmp(program->name, argv[1])) {
                program->run(argv + 2);
                return 0;
            }
    fprintf(stderr, "held: no program %s\n", argc > 1 ? argv[1] : "");
    return 2;
}
