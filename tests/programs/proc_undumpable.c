// Makes itself undumpable, or with -u another user, as servers do that give up their privileges; then
// connects TIMES times to the lab's echo service and prints its answers, or what failed.
// proc_undumpable [-u UID] TIMES ADDRESS PORT
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "errno_name.h"

static void talk(const struct sockaddr_in *destination)
{
    char answer[256];
    ssize_t length = -1;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (connect(fd, (const struct sockaddr *)destination, sizeof *destination) < 0)
        printf("connect: %s\n", errno_name(errno));
    else if (send(fd, "hello", 5, 0) < 0 || (length = recv(fd, answer, sizeof answer - 1, 0)) < 0)
        printf("talk: %s\n", errno_name(errno));
    else
        printf("%.*s\n", (int)length, answer);
    close(fd);
}

int main(int argc, char **argv)
{
    int option;
    uid_t user = 0;
    while ((option = getopt(argc, argv, "u:")) != -1)
        if (option == 'u')
            user = (uid_t)atoi(optarg);
        else
            return 2;
    struct sockaddr_in destination = { .sin_family = AF_INET };
    if (argc - optind != 3 || inet_pton(AF_INET, argv[optind + 1], &destination.sin_addr) != 1)
        return 2;
    destination.sin_port = htons(atoi(argv[optind + 2]));

    if (user && (setgroups(0, NULL) < 0 || setresgid(user, user, user) < 0 || setresuid(user, user, user) < 0)) {
        perror("change user");
        return 2;
    }
    if (!user)
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    for (int times = atoi(argv[optind]); times > 0; times--)
        talk(&destination);
    return 0;
}
