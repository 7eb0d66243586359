// Prints the addresses that the libc's getaddrinfo finds: resolve NAME [4|6|0 [SERVICE]]
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    const char *family = argc > 2 ? argv[2] : "";
    struct addrinfo *found, hints = {
        .ai_family = *family == '4' ? AF_INET : *family == '6' ? AF_INET6 : AF_UNSPEC,
        .ai_socktype = SOCK_STREAM,
    };
    int error = getaddrinfo(argv[1], argc > 3 ? argv[3] : NULL, &hints, &found);
    if (error) {
        printf("%s\n", gai_strerror(error));
        return 1;
    }
    for (struct addrinfo *one = found; one; one = one->ai_next) {
        char text[NI_MAXHOST];
        getnameinfo(one->ai_addr, one->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST);
        printf("%s\n", text);
    }
    freeaddrinfo(found);
    return 0;
}
