// The yardstick where pidfd_getfd and process_vm_readv are refused (a container as it comes): the least that a supervisor can do
// for a trapped socket and connect, in C. It looks whose an IP socket is to be, makes it, keeps a copy by inode, and hands the
// socket over (ADDFD with SEND). For a connect it reads the address through /proc/PID/mem, finds the copy by the link in /proc/PID/fd, binds
// it, closes it, and lets the call go on.
//   copies INTERFACE PROGRAM [ARG...]
#include "yardstick.h"
#include <fcntl.h>
#include <sys/stat.h>

enum { SLOTS = 4096 };

static struct { unsigned long inode; int fd; } copies[SLOTS];

// Answers the call itself.
static int birth(const struct seccomp_notif *notif)
{
    static char own[64];
    char path[64], namespace[64] = "", text[4096];
    int type = notif->data.args[1];
    // The socket has to be of the program's namespace and, where the supervisor has more rights, of the program's user.
    if (own[0] == 0 && readlink("/proc/self/ns/net", own, sizeof own - 1) < 0)
        return -errno;
    snprintf(path, sizeof path, "/proc/%d/ns/net", notif->pid);
    if (readlink(path, namespace, sizeof namespace - 1) < 0 || strcmp(own, namespace) != 0)
        return -EPERM;
    if (geteuid() == 0) {
        snprintf(path, sizeof path, "/proc/%d/status", notif->pid);
        int file = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t length = read(file, text, sizeof text - 1);
        close(file);
        if (length <= 0 || (text[length] = 0, strstr(text, "\nUid:\t0\t0\t0\t0\n") == NULL))
            return -EPERM;
    }
    int fd = socket(notif->data.args[0], type | SOCK_CLOEXEC, notif->data.args[2]);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0)
        return -errno;
    int slot = status.st_ino % SLOTS;
    if (copies[slot].fd > 0)
        close(copies[slot].fd);
    copies[slot].inode = status.st_ino;
    copies[slot].fd = fd;
    struct seccomp_notif_addfd add = {
        .id = notif->id, .flags = SECCOMP_ADDFD_FLAG_SEND, .srcfd = fd, .newfd_flags = type & SOCK_CLOEXEC };
    return ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add) < 0 ? -errno : 1;
}

static void bind_copy(const struct seccomp_notif *notif, const char *name)
{
    char path[64], link[64];
    struct sockaddr_storage address = { 0 };
    snprintf(path, sizeof path, "/proc/%d/mem", notif->pid);
    int memory = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t done = pread(memory, &address, notif->data.args[2], notif->data.args[1]);
    close(memory);
    if (done <= 0 || (address.ss_family != AF_INET && address.ss_family != AF_INET6))
        return;
    snprintf(path, sizeof path, "/proc/%d/fd/%d", notif->pid, (int)notif->data.args[0]);
    ssize_t length = readlink(path, link, sizeof link - 1);
    // What was read is the caller's only if it still waits.
    if (length <= 0 || ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &notif->id) != 0)
        return;
    link[length] = 0;
    unsigned long inode = strtoul(link + strlen("socket:["), NULL, 10);
    int slot = inode % SLOTS;
    if (copies[slot].inode != inode)
        return;
    setsockopt(copies[slot].fd, SOL_SOCKET, SO_BINDTODEVICE, name, strlen(name));
    close(copies[slot].fd);
    copies[slot].fd = 0;
    copies[slot].inode = 0;
}

static void *serve(void *name)
{
    struct seccomp_notif notif;
    while (receive(&notif)) {
        struct seccomp_notif_resp resp = { .id = notif.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE };
        if (notif.data.nr == SYS_socket && (notif.data.args[0] == AF_INET || notif.data.args[0] == AF_INET6)) {
            int error = birth(&notif);
            if (error == 1)
                continue;
            resp.flags = 0;
            resp.error = error;
        } else if (notif.data.nr == SYS_connect) {
            bind_copy(&notif, name);
        }
        ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &resp);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_connect, 3, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    return supervise(argc, argv, filter, sizeof filter / sizeof *filter, serve, 1);
}
