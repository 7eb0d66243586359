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

enum { KNOWN = 1024 };

// The sockets that were made here.
static struct { unsigned long long cookie; int type; } made[KNOWN];

static void answer(unsigned long long id, int error, unsigned flags)
{
    struct seccomp_notif_resp resp = {.id = id, .error = error, .flags = flags};
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &resp);
}

static unsigned long long cookie_of(int fd)
{
    unsigned long long cookie = 0;
    socklen_t length = sizeof cookie;
    getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &length);
    return cookie;
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
    unsigned long long cookie = cookie_of(fd);
    made[cookie % KNOWN].cookie = cookie;
    made[cookie % KNOWN].type = type & 0xf;
    struct seccomp_notif_addfd given = {
        .id = notif->id, .flags = SECCOMP_ADDFD_FLAG_SEND, .srcfd = fd, .newfd_flags = type & SOCK_CLOEXEC ? O_CLOEXEC : 0};
    ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &given);
    close(fd);
}

// Whether a socket leaves by the interface, and its type.
static int leaves_by(int fd, const char *name, int *type)
{
    static unsigned long long own;
    unsigned long long namespace = 0, cookie;
    struct sockaddr_storage source;
    char device[IFNAMSIZ] = "";
    socklen_t length = sizeof own, source_length = sizeof source, device_length = sizeof device, type_length = sizeof *type;
    if (getsockname(fd, (struct sockaddr *)&source, &source_length) != 0)
        return 0;
    cookie = cookie_of(fd);
    if (made[cookie % KNOWN].cookie == cookie) {
        *type = made[cookie % KNOWN].type;
    } else {
        if (own == 0) {
            int probe = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
            getsockopt(probe, SOL_SOCKET, SO_NETNS_COOKIE, &own, &length);
            close(probe);
        }
        length = sizeof namespace;
        if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &namespace, &length) != 0 || namespace != own
            || getsockopt(fd, SOL_SOCKET, SO_TYPE, type, &type_length) != 0)
            return 0;
    }
    return getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, &device_length) == 0 && strcmp(device, name) == 0;
}

// Connects without waiting; says whether the caller is to wait.
static int connect_stream(int fd, const struct sockaddr_storage *address, socklen_t length, int *waits)
{
    struct timeval usual, none = {-1, 0};
    socklen_t usual_length = sizeof usual;
    getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &usual, &usual_length);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &none, sizeof none);
    int error = connect(fd, (const struct sockaddr *)address, length) ? -errno : 0;
    if (error == -EINPROGRESS && !(fcntl(fd, F_GETFL) & O_NONBLOCK)) {
        error = connect(fd, (const struct sockaddr *)address, length) ? -errno : 0;
        *waits = error == -EALREADY;
    }
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &usual, sizeof usual);
    return error;
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
        int type = SOCK_DGRAM, waits = 0, error = -EPERM;
        if (trusts || leaves_by(fd, name, &type))
            error = type == SOCK_STREAM ? connect_stream(fd, &address, notif.data.args[2], &waits)
                : connect(fd, (struct sockaddr *)&address, notif.data.args[2]) ? -errno : 0;
        close(fd);
        answer(notif.id, waits ? 0 : error, waits ? SECCOMP_USER_NOTIF_FLAG_CONTINUE : 0);
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
