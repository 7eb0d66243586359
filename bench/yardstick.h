// What the supervisors in C have in common that the product is measured against: a thread that installs a filter and starts the
// program from there, and threads that receive the calls which the filter stops.
#ifndef YARDSTICK_H
#define YARDSTICK_H
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif
#ifndef SECCOMP_ADDFD_FLAG_SEND
#define SECCOMP_ADDFD_FLAG_SEND 2
#endif
#define PIDFD_THREAD 0x80

extern char **environ;
static char **program;
static struct sock_fprog filter_of_program;
static int listener = -1;
static pid_t child;

static void *launch(void *unused)
{
    (void)unused;
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                       SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_SPEC_ALLOW | (1 << 5), &filter_of_program);
    if (listener < 0 || posix_spawnp(&child, program[0], NULL, NULL, program, environ) != 0)
        exit(125);
    return NULL;
}

// The next call that is stopped; 0 at the end.
static inline int receive(struct seccomp_notif *notif)
{
    for (;;) {
        memset(notif, 0, sizeof *notif);
        if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, notif) == 0)
            return 1;
        if (errno != EINTR && errno != ENOENT)
            return 0;
    }
}

// main of a yardstick whose command line is INTERFACE PROGRAM [ARG...]: `receivers` threads run `serve` with the interface.
static inline int supervise(int argc, char **argv, struct sock_filter *filter, size_t length, void *(*serve)(void *), int receivers)
{
    if (argc < 3)
        return 125;
    program = argv + 2;
    filter_of_program = (struct sock_fprog){length, filter};
    pthread_t launcher, server;
    pthread_create(&launcher, NULL, launch, NULL);
    pthread_join(launcher, NULL);
    // SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, 1);
    while (receivers-- > 0)
        pthread_create(&server, NULL, serve, argv[1]);
    int status;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

#endif
