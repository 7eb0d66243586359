// Rows of held_meanwhile.c: memory and files that are slow.
#include "held.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>

static void *connect_slow_descriptor(void *argument)
{
    const struct held_row_options *row = argument;
    struct scene *scene = open_scene();
    int fd = open_slow();
    scene->holds_flush = true;
    connect(fd, (const void *)&row->to, sizeof row->to);
    return NULL;
}

static void slow_descriptor(struct held_row_options *row)
{
    in_threads(1, connect_slow_descriptor, row);
}

static void *connect_by_slow_memory(void *address)
{
    connect(open_udp(), address, sizeof(struct sockaddr_in));
    return NULL;
}

static void slow_memory(struct held_row_options *row, int threads)
{
    memcpy(open_scene()->content, &row->to, sizeof row->to);
    in_threads(threads, connect_by_slow_memory, slow_page(PROT_READ | PROT_WRITE));
}

static void slow_file(struct held_row_options *row)
{
    slow_memory(row, 1);
}

// Vectors that are long, each with an address on the slow page.
static void *send_vector_with_slow_memory(void *address)
{
    struct mmsghdr messages[long_vector];
    for (int i = 0; i < long_vector; i++)
        messages[i] = (struct mmsghdr){ .msg_hdr = { .msg_name = address, .msg_namelen = sizeof(struct sockaddr_in) } };
    sendmmsg(open_udp(), messages, long_vector, 0);
    return NULL;
}

static void slow_vectors(struct held_row_options *row)
{
    memcpy(open_scene()->content, &row->to, sizeof row->to);
    in_threads(20, send_vector_with_slow_memory, slow_page(PROT_READ | PROT_WRITE));
}

static void slow_file_often(struct held_row_options *row)
{
    slow_memory(row, 100);
}

// Every kind of call that has something in memory, each of them with that on the slow page.
static struct { struct held_row_options *options; char *page; atomic_int next; } kinds;

static void *call_with_slow_memory(void *unused)
{
    struct sockaddr_in *to = &kinds.options->to;
    struct iovec data = { "x", 1 };
    struct msghdr message = { .msg_name = to, .msg_namelen = sizeof *to, .msg_iov = &data, .msg_iovlen = 1 };
    int fd = open_udp();
    switch (kinds.next++) {
        case 0: connect(fd, (void *)kinds.page, sizeof *to); break;
        case 1: sendto(fd, "x", 1, 0, (void *)kinds.page, sizeof *to); break;
        case 2: sendto(fd, kinds.page, 1, 0, (void *)to, sizeof *to); break;
        case 3: sendmsg(fd, (void *)kinds.page, 0); break;
        case 4: message.msg_name = kinds.page; sendmsg(fd, &message, 0); break;
        case 5: message.msg_iov = (void *)kinds.page; sendmsg(fd, &message, 0); break;
        case 6: data.iov_base = kinds.page; sendmsg(fd, &message, 0); break;
        case 7: message.msg_control = kinds.page; message.msg_controllen = 16; sendmsg(fd, &message, 0); break;
        case 8: sendmmsg(fd, (void *)kinds.page, 2, 0); break;
        case 9: setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, kinds.page, 4); break;
        case 10: setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, kinds.page, sizeof(struct ip_mreqn)); break;
    }
    return unused;
}

static void slow_file_everywhere(struct held_row_options *options)
{
    kinds.options = options;
    kinds.page = slow_page(PROT_READ | PROT_WRITE);
    in_threads(11, call_with_slow_memory, NULL);
}

// Pages whose content this process is to bring, and never does.
static void fault(struct held_row_options *row)
{
    struct uffdio_api api = { .api = UFFD_API };
    int fd = (int)check(syscall(SYS_userfaultfd, O_CLOEXEC), "userfaultfd");
    (void)row;
    check(ioctl(fd, UFFDIO_API, &api), "UFFDIO_API");
    char *page = mmap(NULL, page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct uffdio_register range = { .range = { (uintptr_t)page, page_size }, .mode = UFFDIO_REGISTER_MODE_MISSING };
    check(ioctl(fd, UFFDIO_REGISTER, &range), "UFFDIO_REGISTER");
    in_threads(1, connect_by_slow_memory, page);
}

const struct held_row slow_rows[] = {
    { "slow-descriptor", slow_descriptor },
    { "slow-file", slow_file },
    { "slow-file-often", slow_file_often },
    { "slow-vectors", slow_vectors },
    { "slow-file-everywhere", slow_file_everywhere },
    { "fault", fault },
    { 0 },
};
