// Rows of held_meanwhile.c: memory and files that are slow.
#include "held.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

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

static void slow_file_often(struct held_row_options *row)
{
    slow_memory(row, 100);
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
    { "fault", fault },
    { 0 },
};
