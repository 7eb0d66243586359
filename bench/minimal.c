// The yardstick: the least that a supervisor can do for a trapped connect, in C.
// Receive, read the address, duplicate the socket, bind it, let the call go on; with
// SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP and one pidfd kept per thread. With RECEIVERS=N in the environment, N threads do this. With LOOKS=1
// it also looks whether the socket is one that may be bound: with no source of another interface, and of this network namespace.
//   minimal INTERFACE PROGRAM [ARG...]
#include "yardstick.h"
#include <sys/uio.h>

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

enum { KEPT = 256 };

static unsigned long long own;

static unsigned long long namespace_of(int fd)
{
    unsigned long long cookie = 0;
    socklen_t length = sizeof cookie;
    getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &length);
    return cookie;
}

static int may_be_bound(int fd)
{
    struct sockaddr_storage source;
    socklen_t length = sizeof source;
    return getsockname(fd, (struct sockaddr *)&source, &length) == 0 && namespace_of(fd) == own;
}

static void *serve(void *name)
{
    struct { pid_t thread; int pidfd; } kept[KEPT] = {{0}};
    int looks = getenv("LOOKS") != NULL;
    struct seccomp_notif notif;
    while (receive(&notif)) {
        struct sockaddr_storage address;
        struct iovec to = {&address, notif.data.args[2]}, from = {(void *)notif.data.args[1], notif.data.args[2]};
        process_vm_readv(notif.pid, &to, 1, &from, 1, 0);
        int slot = notif.pid % KEPT;
        if (kept[slot].thread != (pid_t)notif.pid) {
            if (kept[slot].thread)
                close(kept[slot].pidfd);
            kept[slot].pidfd = syscall(SYS_pidfd_open, notif.pid, PIDFD_THREAD);
            kept[slot].thread = notif.pid;
        }
        if (address.ss_family == AF_INET || address.ss_family == AF_INET6) {
            int fd = syscall(SYS_pidfd_getfd, kept[slot].pidfd, (int)notif.data.args[0], 0);
            if (!looks || may_be_bound(fd))
                setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, strlen(name));
            close(fd);
        }
        struct seccomp_notif_resp resp = {.id = notif.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
        ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &resp);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_connect, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    int probe = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    own = namespace_of(probe);
    close(probe);
    return supervise(argc, argv, filter, sizeof filter / sizeof *filter, serve, getenv("RECEIVERS") ? atoi(getenv("RECEIVERS")) : 1);
}
