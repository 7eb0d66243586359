// race ATTACK FIRST SECOND PORT DEVICE ROUNDS [CALLS]: a program that changes, while a call of its own is judged, what the call means.
//
// FIRST and SECOND are addresses that differ in their last byte; DEVICE is the interface that the program is not meant to use. Each
// call has a new socket, or as many as CALLS have one, where the attack is on the call.
// Prints how the attacked calls ended: "ATTACK: 100000 rounds: 0 99000, EFAULT 1000". How often packets went astray only the
// lab can count. Build: cc -o race race.c race_*.c -pthread
#include "race.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>

enum { errors_most = 134, fewest_arguments = 7, pause_rounds = 50 };

static const struct attack *const all_attacks[] = {
    address_attacks, descriptor_attacks, memory_attacks, option_attacks, life_attacks, free_attacks, socketcall_attacks,
};

struct tally { atomic_long ended[errors_most]; };
static struct tally own_tally, *tally = &own_tally;
static const char *name_of_attack;
static atomic_bool over;

static struct { struct target target; char rest[4096 - sizeof(struct target)]; } target_page __attribute__((aligned(4096)));
struct target *const target = &target_page.target;

void failed(const char *what)
{
    fprintf(stderr, "race: %s: %s\n", what, strerror(errno));
    _exit(1);
}

long check(long result, const char *what)
{
    if (result < 0)
        failed(what);
    return result;
}

void count(long result)
{
    int ended = result < 0 ? errno : 0;
    atomic_fetch_add_explicit(&tally->ended[ended < errors_most ? ended : errors_most - 1], 1, memory_order_relaxed);
}

void count_in_shared_memory(void)
{
    tally = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (tally == MAP_FAILED)
        failed("mmap");
}

void report(void)
{
    long rounds = 0;
    over = true;
    for (int ended = 0; ended < errors_most; ended++)
        rounds += tally->ended[ended];
    printf("%s: %ld rounds:", name_of_attack, rounds);
    for (int ended = 0; ended < errors_most; ended++)
        if (tally->ended[ended])
            printf(" %s %ld", ended ? strerrorname_np(ended) : "0", tally->ended[ended]);
    puts("");
    fflush(stdout);
}

void in_thread(void *(*run)(void *), const struct race *race)
{
    pthread_t thread;
    if ((errno = pthread_create(&thread, NULL, run, (void *)race)) != 0)
        failed("pthread_create");
}

bool is_over(void)
{
    return atomic_load_explicit(&over, memory_order_relaxed);
}

volatile unsigned char *last_byte(struct sockaddr_storage *address)
{
    return address->ss_family == AF_INET ? (unsigned char *)&((struct sockaddr_in *)address)->sin_addr + 3
                                         : (unsigned char *)&((struct sockaddr_in6 *)address)->sin6_addr + 15;
}

void pause_shortly(void)
{
    for (volatile int i = 0; i < pause_rounds; i++)
        ;
    // Where it shares its processor with the attacked call, it would else keep that for a whole turn of some milliseconds.
    sched_yield();
}

static void *flip(void *argument)
{
    struct race race = *(struct race *)argument;
    volatile unsigned char *byte = last_byte(&target->address);
    unsigned char first = *last_byte(&race.first), second = *last_byte(&race.second);
    while (!is_over()) {
        *byte = second;
        pause_shortly();
        *byte = first;
        pause_shortly();
    }
    return NULL;
}

void flip_addresses(const struct race *race)
{
    target->address = race->first;
    in_thread(flip, race);
}

int open_datagram(const struct race *race)
{
    return (int)check(socket(race->family, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
}

int datagram_for_call(const struct race *race)
{
    static int fd = -1, calls;
    if (fd < 0 || calls++ % race->calls == 0) {
        if (fd >= 0)
            close(fd);
        fd = open_datagram(race);
    }
    return fd;
}

static struct sockaddr_storage parse(const char *text, int port, struct race *race)
{
    struct sockaddr_storage parsed = { 0 };
    struct sockaddr_in *four = (void *)&parsed;
    struct sockaddr_in6 *six = (void *)&parsed;
    if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
        four->sin_port = htons(port);
        race->length = sizeof *four;
        race->family = parsed.ss_family = AF_INET;
    } else if (inet_pton(AF_INET6, text, &six->sin6_addr) == 1) {
        six->sin6_port = htons(port);
        race->length = sizeof *six;
        race->family = parsed.ss_family = AF_INET6;
    } else {
        fprintf(stderr, "race: %s is no address\n", text);
        _exit(2);
    }
    return parsed;
}

int main(int argc, char **argv)
{
    struct race race = { 0 };
    if (argc >= fewest_arguments) {
        name_of_attack = argv[1];
        race.first = parse(argv[2], atoi(argv[4]), &race);
        race.second = parse(argv[3], atoi(argv[4]), &race);
        race.device = argv[5];
        race.rounds = atol(argv[6]);
        race.calls = argc > fewest_arguments ? atoi(argv[7]) : 1;
        for (size_t i = 0; i < sizeof all_attacks / sizeof *all_attacks; i++)
            for (const struct attack *attack = all_attacks[i]; attack->name; attack++)
                if (!strcmp(attack->name, name_of_attack)) {
                    attack->run(&race);
                    report();
                    return 0;
                }
    }
    fprintf(stderr, "usage: race ATTACK FIRST SECOND PORT DEVICE ROUNDS [CALLS]; no attack %s\n", argc > 1 ? argv[1] : "");
    return 2;
}
