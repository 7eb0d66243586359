// The yardstick of strict mode: the least that a supervisor can do for socket and connect, in C.
// socket: receive, look for the network namespace (and as root for user and capabilities), make the socket, bind it, hand it
// over. connect: receive, read the address, duplicate the socket, make sure that the caller waits, connect the duplicate, answer.
//   strict INTERFACE PROGRAM [ARG...]
#include "yardstick.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <sys/uio.h>

static void answer(unsigned long long id, long value, int error)
{
    struct seccomp_notif_resp resp = {.id = id, .val = value, .error = error};
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &resp);
}

static void make(const struct seccomp_notif *notif, const char *name)
{
    char path[64], text[4096];
    int family = notif->data.args[0], type = notif->data.args[1], protocol = notif->data.args[2];
    snprintf(path, sizeof path, "/proc/%d/ns/net", (int)notif->pid);
    if (readlink(path, text, sizeof text) < 0)
        abort();
    if (geteuid() == 0) {
        snprintf(path, sizeof path, "/proc/%d/status", (int)notif->pid);
        int file = open(path, O_RDONLY | O_CLOEXEC);
        while (read(file, text, sizeof text) > 0)
            ;
        close(file);
    }
    int fd = socket(family, type | SOCK_CLOEXEC, protocol);
    if (family == AF_INET && (type & 0xf) == SOCK_DGRAM) {
        struct ifreq request = {0};
        strncpy(request.ifr_name, name, IFNAMSIZ - 1);
        ioctl(fd, SIOCGIFINDEX, &request);
        int index = htonl(request.ifr_ifindex);
        struct ip_mreqn many = {.imr_ifindex = request.ifr_ifindex};
        setsockopt(fd, IPPROTO_IP, IP_UNICAST_IF, &index, sizeof index);
        setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &many, sizeof many);
    }
    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, strlen(name));
    struct seccomp_notif_addfd given = {
        .id = notif->id, .flags = SECCOMP_ADDFD_FLAG_SEND, .srcfd = fd, .newfd_flags = type & SOCK_CLOEXEC ? O_CLOEXEC : 0};
    ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &given);
    close(fd);
}

static void *serve(void *name)
{
    int pidfd = -1;
    pid_t known = 0;
    struct seccomp_notif notif;
    while (receive(&notif)) {
        if (notif.data.nr == SYS_socket) {
            make(&notif, name);
            continue;
        }
        struct sockaddr_storage address;
        struct iovec to = {&address, notif.data.args[2]}, from = {(void *)notif.data.args[1], notif.data.args[2]};
        process_vm_readv(notif.pid, &to, 1, &from, 1, 0);
        if (known != (pid_t)notif.pid) {
            if (pidfd >= 0)
                close(pidfd);
            pidfd = syscall(SYS_pidfd_open, notif.pid, PIDFD_THREAD);
            known = notif.pid;
        }
        int fd = syscall(SYS_pidfd_getfd, pidfd, (int)notif.data.args[0], 0);
        ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &notif.id);
        int failed = connect(fd, (struct sockaddr *)&address, notif.data.args[2]) ? -errno : 0;
        close(fd);
        answer(notif.id, 0, failed);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_connect, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    return supervise(argc, argv, filter, sizeof filter / sizeof *filter, serve, 1);
}
