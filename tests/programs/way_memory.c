// Arguments that cannot be read, cannot be written, or make no sense: each line is "ARGUMENT ERRNO"
// (or "ok"), the same supervised and plain.
#include "ways.h"

#include <sys/mman.h>

enum { page = 4096 };
static void *const unreadable = (void *)8;

static void show(const char *what, long result)
{
    printf("%s %s\n", what, result < 0 ? errno_name(errno) : "ok");
}

// The last `size` bytes before a page that is not there.
static void *at_the_edge(const void *data, size_t size)
{
    char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS
#ifdef MAP_32BIT
        | MAP_32BIT
#endif
        , -1, 0);
    munmap(pages + page, page);
    return memcpy(pages + page - size, data, size);
}

static struct msghdr message_to(const struct options *options, struct iovec *data)
{
    *data = (struct iovec){ "who\n", 4 };
    return (struct msghdr){
        .msg_name = (void *)&options->to.address, .msg_namelen = options->to.length, .msg_iov = data, .msg_iovlen = 1,
    };
}

static void unreadable_in_messages(const struct options *options, int fd)
{
    struct iovec data;
    struct msghdr message = message_to(options, &data);
    struct mmsghdr many[2] = { { .msg_hdr = message }, { .msg_hdr = message } };

    show("sendmsg-message", sys_sendmsg(fd, unreadable, 0));
    message.msg_name = unreadable;
    show("sendmsg-name", sys_sendmsg(fd, &message, 0));
    message = message_to(options, &data);
    message.msg_iov = unreadable;
    show("sendmsg-vector", sys_sendmsg(fd, &message, 0));
    message = message_to(options, &data);
    data.iov_base = unreadable;
    show("sendmsg-data", sys_sendmsg(fd, &message, 0));
    message = message_to(options, &data);
    message.msg_control = unreadable;
    message.msg_controllen = 64;
    show("sendmsg-control", sys_sendmsg(fd, &message, 0));
    show("sendmmsg-vector", sys_sendmmsg(fd, unreadable, 2, 0));
    data = (struct iovec){ "who\n", 4 };
    many[1].msg_hdr.msg_name = unreadable;
    long count = sys_sendmmsg(fd, many, 2, 0);
    printf("sendmmsg-second-name count %ld length %u\n", count, many[0].msg_len);
    many[0].msg_hdr.msg_name = unreadable;
    show("sendmmsg-first-name", sys_sendmmsg(fd, many, 2, 0));
}

static void unreadable_arguments(const struct options *options)
{
    const void *to = &options->to.address;
    socklen_t length = options->to.length;
    int fd = open_udp(options);

    show("connect-address", sys_connect(fd, unreadable, length));
    show("connect-null", sys_connect(fd, NULL, length));
    show("connect-unknown-descriptor", sys_connect(-1, to, length));
    show("connect-no-socket", sys_connect(0, to, length));
    show("sendto-address", sys_sendto(fd, "who\n", 4, 0, unreadable, length));
    show("sendto-data", sys_sendto(fd, unreadable, 4, 0, to, length));
    show("sendto-null-address", sys_sendto(fd, "who\n", 4, 0, NULL, length));
    show("sendto-unknown-descriptor", sys_sendto(-1, "who\n", 4, 0, to, length));
    show("setsockopt-device", sys_setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, unreadable, 4));
    show("setsockopt-multicast", sys_setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, unreadable, 12));
    unreadable_in_messages(options, fd);
}

static void odd_lengths(const struct options *options)
{
    struct iovec data;
    struct msghdr message = message_to(options, &data);
    const void *to = &options->to.address;
    int fd = open_udp(options);

    show("connect-length-0", sys_connect(fd, to, 0));
    show("connect-length-1", sys_connect(fd, to, 1));
    show("connect-length-2", sys_connect(fd, to, 2));
    show("connect-length-short", sys_connect(fd, to, options->to.length - 1));
    show("connect-length-negative", sys_connect(fd, to, (socklen_t)-1));
    show("connect-length-129", sys_connect(fd, to, 129));
    show("sendto-length-0", sys_sendto(fd, "x", 1, 0, to, 0));
    show("sendto-length-2", sys_sendto(fd, "x", 1, 0, to, 2));
    show("sendto-length-negative", sys_sendto(fd, "x", 1, 0, to, (socklen_t)-1));
    show("sendto-length-129", sys_sendto(fd, "x", 1, 0, to, 129));
    show("sendto-length-128", sys_sendto(fd, "x", 1, 0, to, 128));
    message.msg_namelen = 0;
    show("sendmsg-name-length-0", sys_sendmsg(fd, &message, 0));
    message.msg_namelen = 200;
    show("sendmsg-name-length-200", sys_sendmsg(fd, &message, 0));
    message.msg_namelen = (socklen_t)-1;
    show("sendmsg-name-length-negative", sys_sendmsg(fd, &message, 0));
    message = message_to(options, &data);
    message.msg_flags = -1;
    show("sendmsg-message-flags", sys_sendmsg(fd, &message, 0));
}

// The address ends where the memory does.
static void sendto_edge(const struct options *options)
{
    struct options edge = *options;
    void *address = at_the_edge(&options->to.address, options->to.length);
    int fd = open_udp(options);
    check(sys_sendto(fd, "who\n", 4, 0, address, options->to.length), "sendto");
    print_outcome(&edge, fd);
}

static void sendto_edge_too_long(const struct options *options)
{
    void *address = at_the_edge(&options->to.address, options->to.length);
    show("sendto", sys_sendto(open_udp(options), "who\n", 4, 0, address, options->to.length + 1));
}

static void *read_only(const struct target *target)
{
    void *place = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(place, &target->address, target->length);
    mprotect(place, page, PROT_READ);
    return place;
}

static void sendto_read_only(const struct options *options)
{
    int fd = open_udp(options);
    check(sys_sendto(fd, "who\n", 4, 0, read_only(&options->to), options->to.length), "sendto");
    print_outcome(options, fd);
}

static void connect_read_only(const struct options *options)
{
    int fd = open_udp(options);
    check(sys_connect(fd, read_only(&options->to), options->to.length), "connect");
    check(send(fd, "who\n", 4, 0), "send");
    print_outcome(options, fd);
}

// An address whose low half is zero is not a null address.
static void sendto_low_half_zero(const struct options *options)
{
#if defined(__LP64__)
    void *place = mmap((void *)(1L << 32), page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (place == MAP_FAILED)
        failed("mmap");
    memcpy(place, &options->to.address, options->to.length);
    int fd = open_udp(options);
    check(sys_sendto(fd, "who\n", 4, 0, place, options->to.length), "sendto");
    print_outcome(options, fd);
#else
    send_to(options, open_udp(options));
#endif
}

const struct way memory_ways[] = {
    { "unreadable-arguments", unreadable_arguments },
    { "odd-lengths", odd_lengths },
    { "sendto-edge", sendto_edge },
    { "sendto-edge-too-long", sendto_edge_too_long },
    { "sendto-read-only", sendto_read_only },
    { "connect-read-only", connect_read_only },
    { "sendto-low-half-zero", sendto_low_half_zero },
    { 0 },
};
