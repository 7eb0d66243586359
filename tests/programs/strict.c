// Strict mode: what a socket is like that the supervisor has made, and a program that tries to get away.
//
//   strict attributes FAMILY TYPE PROTOCOL    numbers; prints what the socket is
//   strict numbers                            the lowest free number is taken, and the program's own limit counts
//   strict dissolve ADDRESS                   connects, dissolves, and asks again
//   strict timeout ADDRESS                    a blocking connect with a send timeout
//   strict user UID ADDRESS                   becomes that user, with no capability, and asks
//   strict options                            sets options by socketcall(2)
//   strict local                              connects to Unix sockets of its own, with a second thread
//   strict again ADDRESS                      connects without waiting, and again when it is there; with a second thread
//   strict stay ADDRESS OTHER                 a datagram socket, to one and then to the other
//   strict listen ADDRESS                     connects to nobody, ends that, and listens
//   strict refused ADDRESS OTHER              is refused by one without waiting, and connects to the other
//   strict attack KIND DEVICE ADDRESS         see below
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "errno_name.h"

enum { echo_port = 7, discard_port = 9, rounds = 100000 };

struct endpoint { struct sockaddr_storage address; socklen_t length; };

static struct endpoint parse(const char *text, int port)
{
    struct endpoint end = { 0 };
    struct sockaddr_in *four = (void *)&end.address;
    struct sockaddr_in6 *six = (void *)&end.address;
    if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
        end.length = sizeof *four;
    } else {
        inet_pton(AF_INET6, text, &six->sin6_addr);
        six->sin6_family = AF_INET6;
        six->sin6_port = htons(port);
        end.length = sizeof *six;
    }
    return end;
}

static int fail(const char *what)
{
    printf("%s %s\n", what, errno_name(errno));
    return 1;
}

static const char *device_of(int fd)
{
    static char name[IFNAMSIZ];
    socklen_t length = sizeof name;
    memset(name, 0, sizeof name);
    getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, &length);
    return name[0] ? name : "none";
}

static int attributes(int family, int type, int protocol)
{
    struct stat status;
    int fd = socket(family, type, protocol), real = 0;
    socklen_t length = sizeof real;
    if (fd < 0)
        return fail("socket");
    fstat(fd, &status);
    getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &real, &length);
    printf("device %s protocol %d cloexec %d nonblock %d uid %d\n", device_of(fd), real, !!(fcntl(fd, F_GETFD) & FD_CLOEXEC),
           !!(fcntl(fd, F_GETFL) & O_NONBLOCK), (int)status.st_uid);
    return 0;
}

static int numbers(void)
{
    int first = socket(AF_INET, SOCK_STREAM, 0), second = socket(AF_INET, SOCK_DGRAM, 0), third = socket(AF_INET6, SOCK_DGRAM, 0);
    struct rlimit limit = { third + 1, third + 1 };
    close(second);
    int again = socket(AF_INET6, SOCK_STREAM, 0);
    printf("%d %d %d\n", second - first, third - second, again - second);
    setrlimit(RLIMIT_NOFILE, &limit);
    return socket(AF_INET, SOCK_STREAM, 0) < 0 ? fail("socket") : 0;
}

// Prints the side that answers, or what failed.
static int ask(int fd)
{
    char answer[128] = { 0 };
    struct pollfd readable = { .fd = fd, .events = POLLIN };
    if (send(fd, "who\n", 4, 0) < 0)
        return fail("send");
    if (poll(&readable, 1, 3000) != 1 || recv(fd, answer, sizeof answer - 1, 0) < 0)
        return fail("recv");
    answer[strcspn(answer, " ")] = 0;
    puts(answer);
    return 0;
}

static int dissolve(const char *address)
{
    struct endpoint to = parse(address, echo_port);
    int fd = socket(to.address.ss_family, SOCK_DGRAM, 0);
    struct sockaddr nobody = { .sa_family = AF_UNSPEC };
    for (int length = 2; length <= 16; length += 14) {
        if (connect(fd, (void *)&to.address, to.length) || ask(fd))
            return fail("connect");
        if (connect(fd, &nobody, length))
            return fail("dissolve");
        printf("device %s\n", device_of(fd));
        if (send(fd, "x", 1, 0) < 0)
            fail("send");
        if (sendto(fd, "who\n", 4, 0, (void *)&to.address, to.length) < 0)
            return fail("sendto");
        recv(fd, (char[128]){ 0 }, 127, 0);
    }
    return 0;
}

static int with_timeout(const char *address)
{
    struct endpoint to = parse(address, echo_port);
    struct timeval little = { .tv_usec = 300000 };
    int fd = socket(to.address.ss_family, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &little, sizeof little);
    return connect(fd, (void *)&to.address, to.length) ? fail("connect") : ask(fd);
}

static void *rest(void *unused)
{
    pause();
    return unused;
}

static int again(const char *address)
{
    pthread_t thread;
    struct endpoint to = parse(address, echo_port);
    int fd = socket(to.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
    pthread_create(&thread, NULL, rest, NULL);
    if (!connect(fd, (void *)&to.address, to.length) || errno != EINPROGRESS)
        return fail("connect");
    poll(&(struct pollfd){ .fd = fd, .events = POLLOUT }, 1, 3000);
    for (int i = 0; i < 2; i++)
        if (connect(fd, (void *)&to.address, to.length))
            fail("connect");
    return ask(fd);
}

static int stay(const char *address, const char *other)
{
    struct endpoint to = parse(address, echo_port), elsewhere = parse(other, echo_port);
    int fd = socket(to.address.ss_family, SOCK_DGRAM, 0);
    if (connect(fd, (void *)&to.address, to.length) || ask(fd))
        return fail("connect");
    if (connect(fd, (void *)&elsewhere.address, elsewhere.length))
        fail("connect");
    if (connect(fd, &(struct sockaddr){ .sa_family = AF_UNSPEC }, sizeof(struct sockaddr)))
        fail("dissolve");
    return ask(fd);
}

static int listen_after(const char *address)
{
    struct endpoint to = parse(address, echo_port);
    int fd = socket(to.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (!connect(fd, (void *)&to.address, to.length) || errno != EINPROGRESS)
        return fail("connect");
    printf("device %s\n", device_of(fd));
    if (shutdown(fd, SHUT_RDWR) || listen(fd, 1))
        return fail("listen");
    printf("device %s\n", device_of(fd));
    return 0;
}

static int refused_by(const char *address, const char *other)
{
    struct endpoint to = parse(address, discard_port), elsewhere = parse(other, echo_port);
    int fd = socket(to.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
    connect(fd, (void *)&to.address, to.length);
    poll(&(struct pollfd){ .fd = fd, .events = POLLOUT }, 1, 3000);
    fcntl(fd, F_SETFL, 0);
    for (int i = 0; i < 2; i++)
        if (connect(fd, (void *)&elsewhere.address, elsewhere.length))
            fail("connect");
    return ask(fd);
}

static int as_user(int uid, const char *address)
{
    struct endpoint to = parse(address, echo_port);
    gid_t group = uid;
    if (setgroups(1, &group) || setgid(group) || setuid(uid))
        return fail("setuid");
    attributes(AF_INET, SOCK_RAW, IPPROTO_ICMP);
    attributes(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
    attributes(AF_INET, SOCK_DGRAM, 0);
    int fd = socket(to.address.ss_family, SOCK_DGRAM, 0);
    return connect(fd, (void *)&to.address, to.length) ? fail("connect") : ask(fd);
}

static void local_connect(const char *what, const char *listening, const char *connecting, socklen_t length)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int listener = socket(AF_UNIX, SOCK_STREAM, 0), fd = socket(AF_UNIX, SOCK_STREAM, 0);
    memcpy(address.sun_path, listening, length);
    if (listening != connecting || !listening[0]) {
        if (bind(listener, (void *)&address, offsetof(struct sockaddr_un, sun_path) + length) || listen(listener, 1)) {
            fail("listen");
            return;
        }
    }
    memset(address.sun_path, 0, sizeof address.sun_path);
    memcpy(address.sun_path, connecting, connecting[0] ? strlen(connecting) : length);
    if (connect(fd, (void *)&address, connecting[0] ? sizeof address : offsetof(struct sockaddr_un, sun_path) + length))
        fail(what);
    else
        printf("%s ok\n", what);
    close(listener);
    close(fd);
}

static int local(void)
{
    pthread_t thread;
    char here[64], path[sizeof(((struct sockaddr_un *)0)->sun_path)];
    pthread_create(&thread, NULL, rest, NULL);
    if (!getcwd(here, sizeof here))
        return fail("getcwd");
    snprintf(path, sizeof path, "%s/a", here);
    local_connect("absolute", "a", path, 2);
    local_connect("relative", "b", "./b", 2);
    local_connect("abstract", "\0strict-test", "\0strict-test", 12);
    const char *none = "none";
    local_connect("none", none, none, 5);
    return 0;
}

// Attacks. One thread makes a call, over and over; another changes what the call reads. Nothing is to leave by DEVICE.
static struct {
    struct endpoint to;
    int device;
    int fd, other, number;
    atomic_bool over;
    struct sockaddr_storage address;
    struct msghdr message;
    struct iovec data;
    char control[CMSG_SPACE(sizeof(struct in6_pktinfo))];
    size_t control_length;
    int own;
    struct ip_mreqn group;
} attack;

static void name_other_device(void)
{
    struct cmsghdr *header = (void *)attack.control;
    if (attack.to.address.ss_family == AF_INET) {
        struct in_pktinfo by = { .ipi_ifindex = attack.device };
        header->cmsg_len = CMSG_LEN(sizeof by);
        header->cmsg_level = IPPROTO_IP;
        header->cmsg_type = IP_PKTINFO;
        memcpy(CMSG_DATA(header), &by, sizeof by);
        attack.control_length = CMSG_SPACE(sizeof by);
    } else {
        struct in6_pktinfo by = { .ipi6_ifindex = attack.device };
        header->cmsg_len = CMSG_LEN(sizeof by);
        header->cmsg_level = IPPROTO_IPV6;
        header->cmsg_type = IPV6_PKTINFO;
        memcpy(CMSG_DATA(header), &by, sizeof by);
        attack.control_length = CMSG_SPACE(sizeof by);
    }
    attack.message.msg_control = attack.control;
}

static void connect_to(int fd)
{
    (void)!connect(fd, (void *)&attack.to.address, attack.to.length);
}

// What the other thread does.
static void flip_family(unsigned round) { *(volatile sa_family_t *)&attack.address.ss_family = round & 1 ? attack.to.address.ss_family : AF_UNIX; }
static void flip_unspec(unsigned round) { *(volatile sa_family_t *)&attack.address.ss_family = round & 1 ? attack.to.address.ss_family : AF_UNSPEC; }
static void flip_control(unsigned round) { *(volatile size_t *)&attack.message.msg_controllen = round & 1 ? attack.control_length : 0; }
static void flip_device(unsigned round) { *(volatile int *)&attack.group.imr_ifindex = round & 1 ? attack.device : attack.own; }
static void swap_number(unsigned round) { dup2(round & 1 ? attack.fd : attack.other, attack.number); flip_unspec(round >> 1); }
static void keep_sending(unsigned round) { (void)round; (void)!send(attack.fd, "x", 1, MSG_DONTWAIT); }

// What the calling thread does.
static void call_connect(void) { (void)!connect(attack.fd, (void *)&attack.address, attack.to.length); }
static void call_connect_number(void) { (void)!connect(attack.number, (void *)&attack.address, attack.to.length); }
static void call_dissolve(void)
{
    connect_to(attack.fd);
    (void)!connect(attack.fd, &(struct sockaddr){ .sa_family = AF_UNSPEC }, sizeof(sa_family_t));
}
static void call_sendto(void) { (void)!sendto(attack.fd, "x", 1, MSG_DONTWAIT, (void *)&attack.address, attack.to.length); }
static void call_sendmsg(void) { (void)!sendmsg(attack.fd, &attack.message, MSG_DONTWAIT); }
static void call_sendmmsg(void)
{
    struct mmsghdr *both = (void *)&attack.message;
    (void)!sendmmsg(attack.fd, both, 1, MSG_DONTWAIT);
}
static void call_option(void) { setsockopt(attack.fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &attack.group, sizeof attack.group); }

// Whether the group was joined on the other device, where the kernel then reported it.
static int joined_elsewhere(void)
{
    FILE *groups = fopen("/proc/self/net/igmp", "r");
    char line[256], name[64];
    unsigned index = 0, other, group;
    int found = 0;
    while (groups && fgets(line, sizeof line, groups)) {
        if (sscanf(line, "%u %63s :", &other, name) == 2)
            index = other;
        else if (sscanf(line, " %x", &group) == 1 && (int)index == attack.device && group == attack.group.imr_multiaddr.s_addr)
            found = 1;
    }
    if (groups)
        fclose(groups);
    return found;
}

static const struct { const char *name; int type; void (*change)(unsigned); void (*call)(void); int isConnected; } kinds[] = {
    { "unix-address", SOCK_DGRAM, flip_family, call_connect, 0 },
    { "unix-address-tcp", SOCK_STREAM | SOCK_NONBLOCK, flip_family, call_connect, 0 },
    { "unix-address-sendto", SOCK_DGRAM, flip_family, call_sendto, 0 },
    { "unspec", SOCK_DGRAM, flip_unspec, call_connect, 0 },
    { "unspec-sendto", SOCK_DGRAM, flip_unspec, call_sendto, 1 },
    { "dissolve", SOCK_DGRAM, keep_sending, call_dissolve, 1 },
    { "control", SOCK_DGRAM, flip_control, call_sendmsg, 1 },
    { "control-sendmmsg", SOCK_DGRAM, flip_control, call_sendmmsg, 1 },
    { "option", SOCK_DGRAM, flip_device, call_option, 0 },
    { "swap", SOCK_DGRAM, swap_number, call_connect_number, 0 },
};

static void *change(void *how)
{
    for (unsigned round = 0; !attack.over; round++)
        ((void (*)(unsigned))how)(round);
    return NULL;
}

static int attack_by(const char *name, const char *device, const char *address, int count)
{
    pthread_t thread;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].name, name))
            continue;
        attack.to = parse(address, echo_port);
        attack.address = attack.to.address;
        attack.device = if_nametoindex(device);
        attack.data = (struct iovec){ "x", 1 };
        attack.message = (struct msghdr){ .msg_iov = &attack.data, .msg_iovlen = 1 };
        attack.fd = socket(attack.to.address.ss_family, kinds[i].type, 0);
        attack.other = socket(AF_UNIX, SOCK_DGRAM, 0);
        attack.number = dup(attack.other);
        name_other_device();
        attack.own = if_nametoindex(device_of(attack.fd));
        inet_pton(AF_INET, "239.7.7.7", &attack.group.imr_multiaddr);
        if (kinds[i].isConnected)
            connect_to(attack.fd);
        pthread_create(&thread, NULL, change, (void *)kinds[i].change);
        for (int round = 0; round < count; round++) {
            kinds[i].call();
            if (kinds[i].change == swap_number)
                (void)!send(attack.fd, "x", 1, MSG_DONTWAIT);
        }
        attack.over = 1;
        pthread_join(thread, NULL);
        puts(joined_elsewhere() ? "joined elsewhere" : "over");
        return 0;
    }
    errno = EINVAL;
    return fail(name);
}

#if defined(__x86_64__)
// Sets an option by socketcall(2), whose arguments are in memory, in the layout of 32-bit programs.
static long set_by_socketcall(int fd, int level, int option, const void *value, uint32_t length)
{
    static struct { uint32_t words[5]; char value[64]; } *low;
    if (!low)
        low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    memcpy(low->value, value, length);
    uint32_t words[] = { (uint32_t)fd, (uint32_t)level, (uint32_t)option, (uint32_t)(uintptr_t)low->value, length };
    memcpy(low->words, words, sizeof words);
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "0"(102L), "b"(14L), "c"((long)(uintptr_t)low->words) : "memory", "r8", "r9", "r10", "r11");
    errno = (int)result < 0 ? -(int)result : 0;
    return (int)result;
}

static int options_by_socketcall(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0), local = socket(AF_UNIX, SOCK_DGRAM, 0), one = 1, number = 0;
    int32_t seconds[] = { 1, 500000 };
    struct timeval time;
    socklen_t length = sizeof time;
    printf("set %s\n", errno_name((set_by_socketcall(fd, SOL_SOCKET, SO_RCVTIMEO, seconds, sizeof seconds), errno)));
    getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, &length);
    printf("timeout %ld.%06ld\n", (long)time.tv_sec, (long)time.tv_usec);
    printf("set %s\n", errno_name((set_by_socketcall(local, SOL_SOCKET, SO_PASSCRED, &one, sizeof one), errno)));
    length = sizeof number;
    getsockopt(local, SOL_SOCKET, SO_PASSCRED, &number, &length);
    printf("passcred %d\n", number);
    printf("too short %s\n", errno_name((set_by_socketcall(fd, SOL_SOCKET, SO_REUSEADDR, &one, 1), errno)));
    printf("unknown %s\n", errno_name((set_by_socketcall(fd, SOL_SOCKET, 999, &one, sizeof one), errno)));
    printf("mark %s\n", errno_name((set_by_socketcall(fd, SOL_SOCKET, SO_MARK, &one, sizeof one), errno)));
    printf("filter %s\n", errno_name((set_by_socketcall(fd, SOL_SOCKET, SO_ATTACH_FILTER, seconds, sizeof seconds), errno)));
    return 0;
}
#endif

int main(int count, char **words)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    const char *way = count > 1 ? words[1] : "";
    if (!strcmp(way, "attributes") && count == 5)
        return attributes(atoi(words[2]), atoi(words[3]), atoi(words[4]));
    if (!strcmp(way, "numbers"))
        return numbers();
    if (!strcmp(way, "dissolve") && count == 3)
        return dissolve(words[2]);
    if (!strcmp(way, "timeout") && count == 3)
        return with_timeout(words[2]);
    if (!strcmp(way, "again") && count == 3)
        return again(words[2]);
    if (!strcmp(way, "stay") && count == 4)
        return stay(words[2], words[3]);
    if (!strcmp(way, "listen") && count == 3)
        return listen_after(words[2]);
    if (!strcmp(way, "refused") && count == 4)
        return refused_by(words[2], words[3]);
    if (!strcmp(way, "user") && count == 4)
        return as_user(atoi(words[2]), words[3]);
#if defined(__x86_64__)
    if (!strcmp(way, "options"))
        return options_by_socketcall();
#endif
    if (!strcmp(way, "local"))
        return local();
    if (!strcmp(way, "attack") && count >= 5)
        return attack_by(words[2], words[3], words[4], count > 5 ? atoi(words[5]) : rounds);
    return 2;
}
