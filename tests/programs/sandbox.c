// sandbox CALL[,CALL...] PROGRAM ARG...: runs PROGRAM below a seccomp filter that refuses calls with EPERM, as profiles of
// container engines do.
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

static const struct {
    const char *name;
    unsigned int number;
} calls[] = {
    { "pidfd_getfd", SYS_pidfd_getfd },
    { "process_vm_readv", SYS_process_vm_readv },
    { "process_vm_writev", SYS_process_vm_writev },
};

static unsigned int number_of(const char *name)
{
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        if (strcmp(name, calls[i].name) == 0)
            return calls[i].number;
    }
    fprintf(stderr, "sandbox: %s: not known\n", name);
    exit(2);
}

static void refuse(unsigned int number)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]), filter };
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        perror("sandbox");
        exit(2);
    }
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: sandbox CALL[,CALL...] PROGRAM ARG...\n", stderr);
        return 2;
    }
    for (char *name = strtok(argv[1], ","); name != NULL; name = strtok(NULL, ","))
        refuse(number_of(name));
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    return 127;
}
