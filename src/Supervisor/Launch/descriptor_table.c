// The kernel's table of this process's descriptors, made large by a constructor, while there is one thread. It grows by itself as
// descriptors are opened, but with several threads it then waits for all processors to take notice (expand_files calls synchronize_rcu):
// a call of the program would wait 4 to 16 ms, at the 64th descriptor, the 128th and so on.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

// 32 KB of the kernel's memory. A receiver keeps 64 of threads that have called; and where descriptors cannot be duplicated a copy of
// each socket is kept, which can be thousands.
enum { DESCRIPTORS = 4096 };

__attribute__((constructor)) static void enlarge_descriptor_table(void)
{
    struct rlimit limit;
    int fd = eventfd(0, EFD_CLOEXEC);
    if (fd < 0 || getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    const struct rlimit most = {limit.rlim_max, limit.rlim_max};
    setrlimit(RLIMIT_NOFILE, &most);
    // Whatever fails: the table then grows by itself.
    int high = fcntl(fd, F_DUPFD_CLOEXEC, (int)(most.rlim_max < DESCRIPTORS ? most.rlim_max : DESCRIPTORS) - 1);
    if (high >= 0)
        close(high);
    // The program is to inherit it as it was.
    setrlimit(RLIMIT_NOFILE, &limit);
    close(fd);
}
