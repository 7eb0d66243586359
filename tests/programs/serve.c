// A server in the client: prints "listening", then answers each TCP connection, and each UDP packet,
// with "served ADDRESS" of who asked. serve [-u] ADDRESS PORT
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "errno_name.h"

static int failed(const char *step)
{
    printf("%s: %s\n", step, errno_name(errno));
    return 1;
}

static size_t answer_for(char *answer, size_t size, const struct sockaddr_storage *from, socklen_t length)
{
    char address[NI_MAXHOST] = "?";
    getnameinfo((const struct sockaddr *)from, length, address, sizeof address, NULL, 0, NI_NUMERICHOST);
    return (size_t)snprintf(answer, size, "served %s\n", address);
}

int main(int argc, char **argv)
{
    int udp = argc > 1 && strcmp(argv[1], "-u") == 0;
    if (argc - udp != 3)
        return 2;
    struct addrinfo *found, hints = {
        .ai_flags = AI_NUMERICHOST | AI_PASSIVE,
        .ai_socktype = udp ? SOCK_DGRAM : SOCK_STREAM,
    };
    if (getaddrinfo(argv[1 + udp], argv[2 + udp], &hints, &found))
        return 2;
    int fd = socket(found->ai_family, found->ai_socktype, 0), yes = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, found->ai_addr, found->ai_addrlen) < 0)
        return failed("bind");
    if (!udp && listen(fd, 8) < 0)
        return failed("listen");
    puts("listening");
    fflush(stdout);

    for (;;) {
        char answer[NI_MAXHOST + 16], packet[512];
        struct sockaddr_storage from;
        socklen_t length = sizeof from;
        if (udp) {
            if (recvfrom(fd, packet, sizeof packet, 0, (struct sockaddr *)&from, &length) < 0)
                return failed("recvfrom");
            size_t size = answer_for(answer, sizeof answer, &from, length);
            if (sendto(fd, answer, size, 0, (struct sockaddr *)&from, length) < 0)
                return failed("sendto");
        } else {
            int client = accept(fd, (struct sockaddr *)&from, &length);
            if (client < 0)
                return failed("accept");
            size_t size = answer_for(answer, sizeof answer, &from, length);
            if (send(client, answer, size, MSG_NOSIGNAL) < 0)
                return failed("send");
            close(client);
        }
    }
}
