// One socket, used for several destinations in turn; one line for each step that can fail or is answered.
//
//   several KIND STEP…        KIND: udp4, udp6, tcp4, tcp6
//
//   connect ADDRESS  connect-port ADDRESS PORT     sendto ADDRESS  sendmsg ADDRESS  sendmmsg ADDRESS ADDRESS  send
//   device NAME  unicast-if NAME  multicast-if ADDRESS  multicast-index NAME  join GROUP  join-on GROUP NAME  bind ADDRESS
//   quiet ADDRESS (sendto, and no answer is waited for)
//
// What is sent to the echo service (port 7) is answered by "lan0 192.168.77.2 40123": printed without the port.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "errno_name.h"

static int family, type, fd;

union any_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static socklen_t parse(const char *text, int port, union any_address *address)
{
    memset(address, 0, sizeof *address);
    if (strchr(text, ':')) {
        address->v6.sin6_family = AF_INET6;
        address->v6.sin6_port = htons(port);
        inet_pton(AF_INET6, text, &address->v6.sin6_addr);
        return sizeof address->v6;
    }
    address->v4.sin_family = AF_INET;
    address->v4.sin_port = htons(port);
    inet_pton(AF_INET, text, &address->v4.sin_addr);
    return sizeof address->v4;
}

static void told(const char *step, int result)
{
    if (result < 0)
        printf("%s %s\n", step, errno_name(errno));
    fflush(stdout);
}

static void hear(const char *step)
{
    char answer[256], side[64], client[64];
    struct pollfd one = { .fd = fd, .events = POLLIN };
    ssize_t length = poll(&one, 1, 5000) == 1 ? recv(fd, answer, sizeof answer - 1, 0) : -1;
    if (length < 0) {
        printf("%s no answer\n", step);
    } else {
        answer[length] = 0;
        printf("%s\n", sscanf(answer, "%63s %63s", side, client) == 2 ? strcat(strcat(side, " "), client) : answer);
    }
    fflush(stdout);
}

static void sent(const char *step, ssize_t result)
{
    told(step, result < 0 ? -1 : 0);
    if (result >= 0)
        hear(step);
}

static void connect_to(const char *step, const char *address, int port)
{
    union any_address to;
    socklen_t length = parse(address, port, &to);
    int result = connect(fd, &to.any, length);
    told(step, result);
    if (result == 0 && type == SOCK_STREAM)
        hear(step);
}

static struct msghdr *message(const char *address, union any_address *to, struct iovec *part, struct msghdr *header)
{
    memset(header, 0, sizeof *header);
    *part = (struct iovec) { .iov_base = "hello", .iov_len = 5 };
    header->msg_name = to;
    header->msg_namelen = parse(address, 7, to);
    header->msg_iov = part;
    header->msg_iovlen = 1;
    return header;
}

static void send_two(const char *step, char *addresses[2])
{
    struct mmsghdr vector[2];
    union any_address to[2];
    struct iovec parts[2];
    memset(vector, 0, sizeof vector);
    for (int i = 0; i < 2; i++)
        message(addresses[i], &to[i], &parts[i], &vector[i].msg_hdr);
    int count = sendmmsg(fd, vector, 2, 0);
    told(step, count);
    if (count >= 0 && count < 2)
        printf("%s %d\n", step, count);
    for (int i = 0; i < count; i++)
        hear(step);
}

static int set(int level, int option, const void *value, socklen_t length)
{
    return setsockopt(fd, level, option, value, length);
}

static void join(const char *step, const char *group, const char *device)
{
    struct group_req request = { .gr_interface = device ? if_nametoindex(device) : 0 };
    union any_address address;
    socklen_t length = parse(group, 0, &address);
    memcpy(&request.gr_group, &address, length);
    told(step, set(address.any.sa_family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6, MCAST_JOIN_GROUP, &request, sizeof request));
}

int main(int argc, char **argv)
{
    const char *kind = argc > 1 ? argv[1] : "";
    family = strchr(kind, '6') ? AF_INET6 : AF_INET;
    type = kind[0] == 't' ? SOCK_STREAM : SOCK_DGRAM;
    fd = socket(family, type | SOCK_CLOEXEC, 0);
    for (char **word = argv + 2; *word; word++) {
        char *step = *word;
        union any_address to;
        struct iovec part;
        struct msghdr header;
        if (!strcmp(step, "connect")) {
            connect_to(step, *++word, 7);
        } else if (!strcmp(step, "connect-port")) {
            char *address = *++word;
            connect_to(step, address, atoi(*++word));
        } else if (!strcmp(step, "send")) {
            sent(step, send(fd, "hello", 5, 0));
        } else if (!strcmp(step, "sendto")) {
            socklen_t length = parse(*++word, 7, &to);
            sent(step, sendto(fd, "hello", 5, 0, &to.any, length));
        } else if (!strcmp(step, "quiet")) {
            socklen_t length = parse(*++word, 7, &to);
            told(step, sendto(fd, "hello", 5, 0, &to.any, length) < 0 ? -1 : 0);
        } else if (!strcmp(step, "sendmsg")) {
            sent(step, sendmsg(fd, message(*++word, &to, &part, &header), 0));
        } else if (!strcmp(step, "sendmmsg")) {
            send_two(step, word + 1);
            word += 2;
        } else if (!strcmp(step, "device")) {
            word++;
            told(step, set(SOL_SOCKET, SO_BINDTODEVICE, *word, strlen(*word)));
        } else if (!strcmp(step, "unicast-if")) {
            uint32_t index = htonl(if_nametoindex(*++word));
            told(step, set(family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6, family == AF_INET ? IP_UNICAST_IF : IPV6_UNICAST_IF, &index, sizeof index));
        } else if (!strcmp(step, "multicast-if")) {
            parse(*++word, 0, &to);
            told(step, set(IPPROTO_IP, IP_MULTICAST_IF, &to.v4.sin_addr, sizeof to.v4.sin_addr));
        } else if (!strcmp(step, "multicast-index")) {
            int index = if_nametoindex(*++word);
            told(step, set(IPPROTO_IPV6, IPV6_MULTICAST_IF, &index, sizeof index));
        } else if (!strcmp(step, "join")) {
            join(step, *++word, NULL);
        } else if (!strcmp(step, "join-on")) {
            char *group = *++word;
            join(step, group, *++word);
        } else if (!strcmp(step, "bind")) {
            socklen_t length = parse(*++word, 0, &to);
            told(step, bind(fd, &to.any, length));
        } else {
            printf("%s?\n", step);
            return 2;
        }
    }
    return 0;
}
