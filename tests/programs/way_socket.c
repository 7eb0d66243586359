// Sockets, addresses and sends that several ways start from.
#include "ways.h"

int family_of(const struct target *target)
{
    return target->address.ss_family;
}

int open_socket(const struct options *options, int type, int protocol)
{
    int fd = (int)sys_socket(family_of(&options->to), type, protocol);
    check(fd, "socket");
    return fd;
}

int open_udp(const struct options *options)
{
    return open_socket(options, SOCK_DGRAM, 0);
}

int ping_protocol(const struct target *target)
{
    return family_of(target) == AF_INET6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
}

struct target any_address(int family)
{
    struct target any = { .length = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6) };
    any.address.ss_family = family;
    return any;
}

struct target loopback_address(int family)
{
    struct target loopback;
    parse_target(family == AF_INET ? "127.0.0.1" : "::1", "9", &loopback);
    return loopback;
}

int bind_to(int fd, const struct target *target)
{
    check(sys_bind(fd, &target->address, target->length), "bind");
    return fd;
}

// An ICMP echo request, its checksum made for IPv4 (the kernel makes it for ICMPv6).
size_t echo_request(const struct target *to, unsigned char *packet)
{
    static const char text[] = "bti-ways";
    size_t size = 8 + sizeof text - 1;

    memset(packet, 0, 8);
    packet[0] = family_of(to) == AF_INET6 ? 128 : 8;
    packet[4] = (unsigned char)(getpid() >> 8);
    packet[5] = (unsigned char)getpid();
    packet[7] = 1;
    memcpy(packet + 8, text, sizeof text - 1);
    unsigned sum = 0;
    for (size_t i = 0; i < size; i += 2)
        sum += packet[i] << 8 | packet[i + 1];
    sum = (sum & 0xffff) + (sum >> 16);
    sum = ~(sum + (sum >> 16));
    if (packet[0] == 8) {
        packet[2] = (unsigned char)(sum >> 8);
        packet[3] = (unsigned char)sum;
    }
    return size;
}

int interface_index(const char *device)
{
    if (!device || !*device)
        return 0;
    int index = (int)if_nametoindex(device);
    return index ? index : atoi(device);
}

// Appends to the control buffer of `message`, which must be zeroed and large enough.
void *control_add(struct msghdr *message, int level, int type, const void *data, size_t size)
{
    struct cmsghdr *header = (struct cmsghdr *)((char *)message->msg_control + message->msg_controllen);

    header->cmsg_level = level;
    header->cmsg_type = type;
    header->cmsg_len = CMSG_LEN(size);
    memcpy(CMSG_DATA(header), data, size);
    message->msg_controllen += CMSG_SPACE(size);
    return CMSG_DATA(header);
}

static const char question[] = "who\n";

void send_message(const struct options *options, int fd, const struct msghdr *message)
{
    struct iovec data = { (void *)question, sizeof question - 1 };
    struct msghdr complete = *message;

    if (!complete.msg_iov) {
        complete.msg_iov = &data;
        complete.msg_iovlen = 1;
    }
    check(sys_sendmsg(fd, &complete, 0), "sendmsg");
    print_outcome(options, fd);
}

void send_to(const struct options *options, int fd)
{
    check(sys_sendto(fd, question, sizeof question - 1, 0, &options->to.address, options->to.length), "sendto");
    print_outcome(options, fd);
}

void connect_to(const struct options *options, int fd)
{
    check(sys_connect(fd, &options->to.address, options->to.length), "connect");
    check(send(fd, question, sizeof question - 1, MSG_NOSIGNAL), "send");
    print_outcome(options, fd);
}
