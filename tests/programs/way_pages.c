// What the kernel reads, in memory that only the program itself reads, or nobody but the kernel: each line is
// "KIND WHERE OUTCOME", the same supervised and plain. "N back" is how much of what was sent the answer repeats.
#include "ways.h"

#include <linux/perf_event.h>
#include <poll.h>
#include <sys/mman.h>

enum { page = 4096 };

static void *writable_page(void)
{
    void *place = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (place == MAP_FAILED)
        failed("mmap");
    return place;
}

// A page that holds `data`, with this protection.
static void *protected_page(const void *data, size_t size, int protection)
{
    void *place = memcpy(writable_page(), data, size);
    check(mprotect(place, page, protection), "mprotect");
    return place;
}

static void *write_only(const void *data, size_t size)
{
    return protected_page(data, size, PROT_WRITE);
}

// Not readable by the program itself where the processor has protection keys.
static void *execute_only(const void *data, size_t size)
{
    return protected_page(data, size, PROT_EXEC);
}

static void *perf_ring(const void *data, size_t size)
{
    struct perf_event_attr event = {
        .type = PERF_TYPE_SOFTWARE, .size = sizeof event, .config = PERF_COUNT_SW_CPU_CLOCK, .disabled = 1, .exclude_kernel = 1, .exclude_hv = 1,
    };
    int fd = (int)syscall(SYS_perf_event_open, &event, 0, -1, -1, 0);
    check(fd, "perf_event_open");
    char *ring = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (ring == MAP_FAILED)
        failed("mmap");
    // The first page may be written to; what describes the ring is shorter.
    return memcpy(ring + page / 2, data, size);
}

// The kernel's own page of time values. Nothing can be put there; it makes no address, but a payload.
static void *time_values(const void *data, size_t size)
{
    char line[256];
    unsigned long start = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    (void)data;
    (void)size;
    while (maps && fgets(line, sizeof line, maps))
        if (strstr(line, "[vvar]") && !start)
            start = strtoul(line, NULL, 16);
    if (maps)
        fclose(maps);
    errno = ENOENT;
    if (!start)
        failed("[vvar]");
    return (void *)start;
}

// The answer: a name, an address and a port, each followed by a space, then what was sent.
static void show(const char *where, const char *kind, int fd, long result)
{
    char answer[page + 128];
    struct pollfd readable = { .fd = fd, .events = POLLIN };
    ssize_t size;
    int words = 0;

    if (result < 0) {
        printf("%s %s %s\n", kind, where, errno_name(errno));
        return;
    }
    if (poll(&readable, 1, 3000) <= 0 || (size = recv(fd, answer, sizeof answer, 0)) < 0) {
        printf("%s %s %ld, no answer\n", kind, where, result);
        return;
    }
    for (ssize_t i = 0; i < size; i++)
        if (answer[i] == ' ' && ++words == 3) {
            printf("%s %s %ld, %zd back\n", kind, where, result, size - i - 1);
            return;
        }
}

static void send_payload_from(const struct options *options, const char *kind, void *(*place)(const void *, size_t))
{
    static char question[] = "who\n";
    struct iovec data = { place(question, 4), 4 };
    struct msghdr message = { .msg_name = (void *)&options->to.address, .msg_namelen = options->to.length, .msg_iov = &data, .msg_iovlen = 1 };
    int fd = open_udp(options);

    show("sendto-payload", kind, fd, sys_sendto(fd, data.iov_base, 4, 0, &options->to.address, options->to.length));
    show("sendmsg-payload", kind, fd, sys_sendmsg(fd, &message, 0));
}

static void send_to_address_in(const struct options *options, const char *kind, void *(*place)(const void *, size_t))
{
    static char question[] = "who\n";
    struct iovec data = { question, 4 };
    void *address = place(&options->to.address, options->to.length);
    struct msghdr message = { .msg_name = address, .msg_namelen = options->to.length, .msg_iov = &data, .msg_iovlen = 1 };
    int fd = open_udp(options);

    show("sendto-address", kind, fd, sys_sendto(fd, question, 4, 0, address, options->to.length));
    show("sendmsg-address", kind, fd, sys_sendmsg(fd, &message, 0));
    long connected = sys_connect(fd, address, options->to.length);
    show("connect-address", kind, fd, connected < 0 ? connected : send(fd, question, 4, 0));
}

static void send_structures_in(const struct options *options, const char *kind, void *(*place)(const void *, size_t))
{
    static char question[] = "who\n";
    struct iovec data = { question, 4 };
    struct msghdr message = { .msg_name = (void *)&options->to.address, .msg_namelen = options->to.length, .msg_iovlen = 1 };
    int fd = open_udp(options);

    message.msg_iov = place(&data, sizeof data);
    show("sendmsg-vector", kind, fd, sys_sendmsg(fd, &message, 0));
    message.msg_iov = &data;
    show("sendmsg-message", kind, fd, sys_sendmsg(fd, place(&message, sizeof message), 0));
}

static void pages_write_only(const struct options *options)
{
    send_payload_from(options, "write-only", write_only);
    send_to_address_in(options, "write-only", write_only);
    send_structures_in(options, "write-only", write_only);
}

static void pages_execute_only(const struct options *options)
{
    send_payload_from(options, "execute-only", execute_only);
    send_to_address_in(options, "execute-only", execute_only);
    send_structures_in(options, "execute-only", execute_only);
}

// Nobody but the kernel can read these. An IPv6 address may name an interface, and a message a way: not to be sent unread.
static void pages_perf_ring(const struct options *options)
{
    send_payload_from(options, "perf-ring", perf_ring);
    if (family_of(&options->to) == AF_INET)
        send_to_address_in(options, "perf-ring", perf_ring);
}

static void pages_time_values(const struct options *options)
{
    send_payload_from(options, "time-values", time_values);
    if (family_of(&options->to) == AF_INET)
        send_to_address_in(options, "time-values", time_values);
}

const struct way page_ways[] = {
    { "pages-write-only", pages_write_only },
    { "pages-execute-only", pages_execute_only },
    { "pages-perf-ring", pages_perf_ring },
    { "pages-time-values", pages_time_values },
    { 0 },
};
