// The yardstick: the least that a supervisor can do for a trapped connect, in C.
// Receive, read the address, duplicate the socket, bind it, let the call go on; with
// SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP and one pidfd kept per thread. With RECEIVERS=N in the environment, N threads do this.
//   minimal INTERFACE PROGRAM [ARG...]
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif
#define PIDFD_THREAD 0x80
enum { KEPT = 256 };

extern char **environ;
static char **program;
static int listener = -1;
static pid_t child;

static void *launch(void *unused)
{
    (void)unused;
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_connect, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog prog = {sizeof filter / sizeof *filter, filter};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                       SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_SPEC_ALLOW | (1 << 5), &prog);
    if (listener < 0 || posix_spawnp(&child, program[0], NULL, NULL, program, environ) != 0)
        exit(125);
    return NULL;
}

static void *serve(void *name)
{
    struct { pid_t thread; int pidfd; } kept[KEPT] = {{0}};
    for (;;) {
        struct seccomp_notif notif;
        memset(&notif, 0, sizeof notif);
        if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notif) != 0) {
            if (errno == EINTR || errno == ENOENT)
                continue;
            return NULL;
        }
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
            setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, strlen(name));
            close(fd);
        }
        struct seccomp_notif_resp resp = {.id = notif.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
        ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &resp);
    }
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 125;
    program = argv + 2;
    pthread_t launcher, server;
    pthread_create(&launcher, NULL, launch, NULL);
    pthread_join(launcher, NULL);
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, 1);
    for (int i = getenv("RECEIVERS") ? atoi(getenv("RECEIVERS")) : 1; i > 0; i--)
        pthread_create(&server, NULL, serve, argv[1]);
    int status;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
