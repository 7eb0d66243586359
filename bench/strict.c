// The yardstick of strict mode: the least that a supervisor can do for socket and connect, in C.
// socket: receive, look for the network namespace (and as root for user and capabilities), make the socket, bind it, hand it
// over. connect: receive, read the address, duplicate the socket, make sure that the caller waits, look whether the socket is what it has
// to be (of this network namespace, bound to the interface, with no other's source address; and whether its connect waits), connect the
// duplicate, answer. Without that look (TRUSTS=1 in the environment) a socket that was inherited, that another namespace has, or whose
// interface was made anew, would go elsewhere.
//   strict INTERFACE PROGRAM [ARG...]
#include "yardstick.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <sys/uio.h>

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

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

// Whether a socket leaves by the interface.
static int leaves_by(int fd, const char *name)
{
    static unsigned long long own;
    unsigned long long namespace = 0;
    struct sockaddr_storage source;
    char device[IFNAMSIZ] = "";
    int type = 0;
    socklen_t length = sizeof own, source_length = sizeof source, device_length = sizeof device, type_length = sizeof type;
    if (own == 0) {
        int probe = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        getsockopt(probe, SOL_SOCKET, SO_NETNS_COOKIE, &own, &length);
        close(probe);
    }
    length = sizeof namespace;
    return getsockname(fd, (struct sockaddr *)&source, &source_length) == 0 && getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &namespace, &length) == 0
        && namespace == own && getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, &device_length) == 0 && strcmp(device, name) == 0
        && getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_length) == 0;
}

static void *serve(void *name)
{
    int trusts = getenv("TRUSTS") != NULL;
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
        int failed = !trusts && !leaves_by(fd, name) ? -EPERM : connect(fd, (struct sockaddr *)&address, notif.data.args[2]) ? -errno : 0;
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
