// Sends COUNT datagrams with one sendmmsg from a socket that is not connected, each with its destination, and prints how many
// were sent.
//
//   vector ADDRESS PORT COUNT
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { most = 1024 };

int main(int argc, char **argv)
{
    static struct mmsghdr messages[most];
    if (argc != 4 || atoi(argv[3]) > most)
        return 2;

    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(atoi(argv[2])) };
    inet_pton(AF_INET, argv[1], &to.sin_addr);
    struct iovec data = { "x", 1 };
    int count = atoi(argv[3]);
    for (int i = 0; i < count; i++)
        messages[i].msg_hdr = (struct msghdr){ .msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &data, .msg_iovlen = 1 };

    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    int sent = 0;
    while (sent < count) {
        int more = sendmmsg(fd, messages + sent, count - sent, 0);
        if (more < 0) {
            perror("sendmmsg");
            return 1;
        }
        sent += more;
    }
    printf("sent %d\n", sent);
    return 0;
}
