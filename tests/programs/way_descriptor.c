// Sockets that the program did not open in the ordinary way: inherited, received over a Unix
// socket, or of another network namespace.
#include "ways.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>

enum { inherited = 3 };

// pass-…: puts a socket in place of descriptor 3 and becomes the words after the port.
static void pass_on(const struct options *options, int fd)
{
    if (fd != inherited) {
        check(dup2(fd, inherited), "dup2");
        close(fd);
    }
    execvp(options->rest[0], options->rest);
    failed("exec");
}

static void pass_udp(const struct options *options)
{
    pass_on(options, open_udp(options));
}

static void pass_tcp(const struct options *options)
{
    pass_on(options, open_socket(options, SOCK_STREAM, 0));
}

static void pass_raw(const struct options *options)
{
    pass_on(options, open_socket(options, SOCK_RAW, ping_protocol(&options->to)));
}

static void pass_udp_connected(const struct options *options)
{
    int fd = open_udp(options);
    check(connect(fd, (const void *)&options->to.address, options->to.length), "connect");
    pass_on(options, fd);
}

static void pass_udp_bound_device(const struct options *options)
{
    int fd = open_udp(options);
    check(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, options->device, strlen(options->device)), "setsockopt");
    pass_on(options, fd);
}

static void pass_packet(const struct options *options)
{
    int fd = socket(AF_PACKET, SOCK_DGRAM, htons(0x0800));
    check(fd, "socket");
    pass_on(options, fd);
}

static int open_foreign(const struct options *options, int type)
{
    int home = open("/proc/self/ns/net", O_RDONLY), away = open(options->netns, O_RDONLY);
    check(away, "open");
    check(setns(away, CLONE_NEWNET), "setns");
    int fd = open_socket(options, type, 0);
    check(setns(home, CLONE_NEWNET), "setns");
    close(home);
    close(away);
    return fd;
}

static void pass_foreign(const struct options *options)
{
    pass_on(options, open_foreign(options, SOCK_DGRAM));
}

static void inherited_sendto(const struct options *options)
{
    send_to(options, inherited);
}

static void inherited_connect(const struct options *options)
{
    connect_to(options, inherited);
}

static void inherited_send(const struct options *options)
{
    check(send(inherited, "who\n", 4, 0), "send");
    print_outcome(options, inherited);
}

static void inherited_ping(const struct options *options)
{
    unsigned char packet[64];
    size_t size = echo_request(&options->to, packet);
    check(sys_sendto(inherited, packet, size, 0, &options->to.address, options->to.length), "sendto");
    print_outcome(options, inherited);
}

// A frame by a packet socket's own kind of address.
static void inherited_packet(const struct options *options)
{
    struct { uint16_t family, protocol; int32_t interface; uint16_t hardware; uint8_t type, size, address[8]; } to = {
        AF_PACKET, htons(0x0800), interface_index(options->device), 0, 0, 6, { 255, 255, 255, 255, 255, 255 },
    };
    unsigned char frame[28] = { 0x45, [3] = 28, [8] = 64, [9] = IPPROTO_UDP, [25] = 8 };
    check(sys_sendto(inherited, frame, sizeof frame, 0, &to, sizeof to), "sendto");
    puts("sent");
}

static void foreign_sendto(const struct options *options)
{
    send_to(options, open_foreign(options, SOCK_DGRAM));
}

static void foreign_connect(const struct options *options)
{
    connect_to(options, open_foreign(options, SOCK_DGRAM));
}

static void foreign_connect_tcp(const struct options *options)
{
    connect_to(options, open_foreign(options, SOCK_STREAM));
}

// A program that moves into another namespace for good, with its sockets.
static void foreign_program(const struct options *options)
{
    int away = open(options->netns, O_RDONLY);
    check(away, "open");
    check(setns(away, CLONE_NEWNET), "setns");
    connect_to(options, open_udp(options));
}

static void send_descriptor(int through, int fd)
{
    char control[CMSG_SPACE(sizeof fd)] = { 0 };
    struct iovec data = { "x", 1 };
    struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = control };
    control_add(&message, SOL_SOCKET, SCM_RIGHTS, &fd, sizeof fd);
    check(sys_sendmsg(through, &message, 0), "sendmsg");
}

static int receive_descriptor(int through)
{
    char control[CMSG_SPACE(sizeof(int))], byte;
    struct iovec data = { &byte, 1 };
    struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
    int fd;
    check(recvmsg(through, &message, 0), "recvmsg");
    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
    return fd;
}

static int received_udp(const struct options *options)
{
    int pair[2];
    check(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
    pid_t child = fork();
    if (child == 0) {
        send_descriptor(pair[1], open_udp(options));
        _exit(0);
    }
    int fd = receive_descriptor(pair[0]);
    waitpid(child, NULL, 0);
    return fd;
}

static void received_sendto(const struct options *options)
{
    send_to(options, received_udp(options));
}

static void received_connect(const struct options *options)
{
    connect_to(options, received_udp(options));
}

const struct way descriptor_ways[] = {
    { "pass-udp", pass_udp },
    { "pass-tcp", pass_tcp },
    { "pass-raw", pass_raw },
    { "pass-udp-connected", pass_udp_connected },
    { "pass-udp-bound-device", pass_udp_bound_device },
    { "pass-packet", pass_packet },
    { "pass-foreign", pass_foreign },
    { "inherited-sendto", inherited_sendto },
    { "inherited-connect", inherited_connect },
    { "inherited-send", inherited_send },
    { "inherited-ping", inherited_ping },
    { "inherited-packet", inherited_packet },
    { "foreign-sendto", foreign_sendto },
    { "foreign-connect", foreign_connect },
    { "foreign-connect-tcp", foreign_connect_tcp },
    { "foreign-program", foreign_program },
    { "received-sendto", received_sendto },
    { "received-connect", received_connect },
    { 0 },
};
