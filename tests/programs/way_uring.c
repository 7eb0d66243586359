// io_uring: a send that no system call of its own announces. The structures are the kernel's, by
// hand, since musl has no kernel headers.
#include "ways.h"

#include <sys/mman.h>

enum { nr_setup = 425, nr_enter = 426, nr_register = 427, op_sendmsg = 9, op_connect = 16, get_events = 1 };

struct ring_offsets { uint32_t head, tail, mask, entries, flags_or_overflow, dropped_or_cqes, array_or_flags, reserved; uint64_t address; };
struct ring_parameters {
    uint32_t submissions, completions, flags, thread_cpu, thread_idle, features, work_fd, reserved[3];
    struct ring_offsets submission, completion;
};
struct submission {
    uint8_t opcode, flags;
    uint16_t priority;
    int32_t fd;
    uint64_t offset, address;
    uint32_t length, message_flags;
    uint64_t user_data, rest[3];
};
struct completion { uint64_t user_data; int32_t result; uint32_t flags; };

static void *map_ring(int ring, size_t size, off_t offset)
{
    void *place = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, ring, offset);
    if (place == MAP_FAILED)
        failed("mmap");
    return place;
}

static void submit(struct submission request, const char *call)
{
    struct ring_parameters parameters = { 0 };
    int ring = (int)syscall(nr_setup, 4, &parameters);
    check(ring, "io_uring_setup");

    char *submissions = map_ring(ring, parameters.submission.array_or_flags + 4 * sizeof(uint32_t), 0);
    char *completions = map_ring(ring, parameters.completion.dropped_or_cqes + 8 * sizeof(struct completion), 0x8000000);
    struct submission *entries = map_ring(ring, 4 * sizeof *entries, 0x10000000);
    entries[0] = request;
    *(uint32_t *)(submissions + parameters.submission.array_or_flags) = 0;
    __atomic_store_n((uint32_t *)(submissions + parameters.submission.tail), 1, __ATOMIC_RELEASE);
    check(syscall(nr_enter, ring, 1, 1, get_events, NULL, 0), "io_uring_enter");
    struct completion *done = (struct completion *)(completions + parameters.completion.dropped_or_cqes);
    if (done->result < 0) {
        errno = -done->result;
        failed(call);
    }
    close(ring);
}

static void uring_sendmsg(const struct options *options)
{
    struct iovec data = { "who\n", 4 };
    struct msghdr message = {
        .msg_name = (void *)&options->to.address, .msg_namelen = options->to.length, .msg_iov = &data, .msg_iovlen = 1,
    };
    int fd = open_udp(options);
    submit((struct submission){ .opcode = op_sendmsg, .fd = fd, .address = (uintptr_t)&message, .length = 1 }, "uring-sendmsg");
    print_outcome(options, fd);
}

static void uring_connect(const struct options *options)
{
    int fd = open_socket(options, SOCK_STREAM, 0);
    submit((struct submission){
        .opcode = op_connect, .fd = fd, .address = (uintptr_t)&options->to.address, .offset = options->to.length,
    }, "uring-connect");
    check(send(fd, "who\n", 4, MSG_NOSIGNAL), "send");
    print_outcome(options, fd);
}

// The calls by themselves, for a ring that came from elsewhere: where io_uring is there, it complains
// of the arguments.
static void uring_calls(const struct options *options)
{
    struct ring_parameters parameters = { 0 };
    (void)options;
    printf("setup %s\n", syscall(nr_setup, 4, &parameters) < 0 ? errno_name(errno) : "ok");
    printf("enter %s\n", syscall(nr_enter, -1, 1, 0, 0, NULL, 0) < 0 ? errno_name(errno) : "ok");
    printf("register %s\n", syscall(nr_register, -1, 0, NULL, 0) < 0 ? errno_name(errno) : "ok");
}

const struct way uring_ways[] = {
    { "uring-sendmsg", uring_sendmsg },
    { "uring-connect", uring_connect },
    { "uring-calls", uring_calls },
    { 0 },
};
