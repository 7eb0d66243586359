// Both ends of sd_notify(3).
//
//   proc_notify receive SOCKET COMMAND [ARG]…   runs COMMAND with NOTIFY_SOCKET=SOCKET ("@name": abstract), and
//                                        says "PID uid UID: TEXT" of what arrives, with " +N" for N descriptors
//   proc_notify send TEXT                sends TEXT with a descriptor, then TEXT by sendto, and says "PID sends"
#define _GNU_SOURCE
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_un address = { .sun_family = AF_UNIX };
static socklen_t address_length;

static void parse(const char *path)
{
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    address_length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    if (path[0] == '@')
        address.sun_path[0] = 0;
    else
        address_length++;
}

static int send_both(const char *text)
{
    parse(getenv("NOTIFY_SOCKET"));
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), carried = STDIN_FILENO;
    union { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof(int))]; } control = { 0 };
    struct iovec part = { .iov_base = (void *)text, .iov_len = strlen(text) };
    struct msghdr message = {
        .msg_name = &address, .msg_namelen = address_length, .msg_iov = &part, .msg_iovlen = 1,
        .msg_control = &control, .msg_controllen = sizeof control,
    };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof carried);
    memcpy(CMSG_DATA(header), &carried, sizeof carried);

    printf("%d sends\n", getpid());
    fflush(stdout);
    if (sendmsg(fd, &message, MSG_NOSIGNAL) < 0
        || sendto(fd, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&address, address_length) < 0) {
        perror("send");
        return 1;
    }
    return 0;
}

static int receive_one(int fd)
{
    char text[256], control[256];
    struct iovec part = { .iov_base = text, .iov_len = sizeof text - 1 };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
    ssize_t length = recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (length < 0)
        return 0;
    text[length] = 0;
    struct ucred who = { 0 };
    size_t descriptors = 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header))
        if (header->cmsg_type == SCM_CREDENTIALS)
            memcpy(&who, CMSG_DATA(header), sizeof who);
        else if (header->cmsg_type == SCM_RIGHTS)
            descriptors = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    printf("%d uid %d: %s", who.pid, (int)who.uid, text);
    if (descriptors)
        printf(" +%zu", descriptors);
    puts("");
    fflush(stdout);
    return 1;
}

static int receive(char **command)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), yes = 1, status;
    setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes);
    if (bind(fd, (struct sockaddr *)&address, address_length) < 0) {
        perror("bind");
        return 2;
    }
    pid_t child = fork();
    if (child == 0) {
        execvp(command[0], command);
        _exit(127);
    }
    int pidfd = (int)syscall(SYS_pidfd_open, child, 0);
    struct pollfd from[] = { { .fd = fd, .events = POLLIN }, { .fd = pidfd, .events = POLLIN } };
    do {
        if (poll(from, 2, -1) < 0)
            return 2;
        while (receive_one(fd))
            ;
    } while (!from[1].revents);
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "send") == 0)
        return send_both(argv[2]);
    if (argc < 4)
        return 2;
    parse(argv[2]);
    setenv("NOTIFY_SOCKET", argv[2], 1);
    return receive(argv + 3);
}
