// One side's internet in a booted kernel: what tests/LabServer is to the lab, without a runtime.
//
//   far SIDE ADDRESS…
//
// Serves at every ADDRESS port 7, an echo that names the side and who asked, over TCP, UDP, UDP-Lite and,
// where the kernel has them, MPTCP (port 77) and SCTP; and ports 53 and 5353, the names of
// tests/LabServer/Zone.cs. Prints "ready" once everything listens.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { echo_port = 7, multipath_port = 77, dns_port = 53, other_dns_port = 5353, most_sockets = 256, multipath = 262 };
enum { header_size = 12, type_a = 1, type_txt = 16, type_aaaa = 28, answers = 0x84, truncated = 0x02, no_such_name = 3 };

static const char *side;

// A datagram socket, or a stream listener, with the port and the address that it stands for.
static struct served {
    int fd, port, stream;
} served[most_sockets];
static int served_count;

static void plain(const struct sockaddr_storage *address, char *text)
{
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)address;
    if (address->ss_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, text, INET6_ADDRSTRLEN);
    else if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
        inet_ntop(AF_INET, &six->sin6_addr.s6_addr[12], text, INET6_ADDRSTRLEN);
    else
        inet_ntop(AF_INET6, &six->sin6_addr, text, INET6_ADDRSTRLEN);
}

static int port_of(const struct sockaddr_storage *address)
{
    return ntohs(((const struct sockaddr_in *)address)->sin_port);
}

static int greeting(const struct sockaddr_storage *peer, char *text, size_t size, const char *end)
{
    char address[INET6_ADDRSTRLEN];
    plain(peer, address);
    return snprintf(text, size, "%s %s %d%s", side, address, port_of(peer), end);
}

// --- names ------------------------------------------------------------------------------------

static size_t record(unsigned char *answer, int type, const void *data, size_t size)
{
    const unsigned char head[] = { 0xC0, header_size, 0, type, 0, 1, 0, 0, 0, 0, 0, size };
    memcpy(answer, head, sizeof head);
    memcpy(answer + sizeof head, data, size);
    return sizeof head + size;
}

// The record of side.test, which tells which server was asked, at which port, by which side.
static size_t side_record(unsigned char *answer, int type, const struct sockaddr_storage *server, int stream)
{
    unsigned char last[4], number = strcmp(side, "lan0") == 0 ? 1 : 2, port = port_of(server) & 255;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)server;
    memcpy(last, server->ss_family == AF_INET ? (const void *)&((const struct sockaddr_in *)server)->sin_addr
                                              : (const void *)&six->sin6_addr.s6_addr[12], 4);
    const unsigned char four[] = { 10, number, port, last[3] };
    const unsigned char six_bytes[16] = { 0xfd, [11] = number, [13] = port, [15] = last[3] };
    char text[100], address[INET6_ADDRSTRLEN];
    switch (type) {
    case type_a: return record(answer, type, four, sizeof four);
    case type_aaaa: return record(answer, type, six_bytes, sizeof six_bytes);
    case type_txt:
        plain(server, address);
        text[0] = (char)snprintf(text + 1, sizeof text - 1, "%s %s %d %s", side, address, port_of(server), stream ? "tcp" : "udp");
        return record(answer, type, text, (size_t)text[0] + 1);
    default: return 0;
    }
}

// Turns the query into its answer in place, and returns its length; 0 where it is none.
static size_t answer_query(unsigned char *query, size_t size, const struct sockaddr_storage *server, int stream)
{
    char name[256] = "";
    size_t at = header_size;
    if (size < header_size + 5 || query[5] != 1)
        return 0;
    while (at < size && query[at] > 0 && query[at] < 64 && at + 1 + query[at] < size && at < 200) {
        snprintf(name + strlen(name), sizeof name - strlen(name), "%s%.*s", *name ? "." : "", query[at], query + at + 1);
        at += 1u + query[at];
    }
    if (at + 5 > size || query[at] != 0)
        return 0;
    int type = query[at + 2];
    size_t end = at + 5, added = 0;
    int big = strcasecmp(name, "big.test") == 0, exists = big || strcasecmp(name, "side.test") == 0;
    int cut = big && !stream;
    if (exists && !cut)
        added = side_record(query + end, type, server, stream);
    query[2] = (unsigned char)(answers | (query[2] & 1) | (cut ? truncated : 0));
    query[3] = (unsigned char)(0x80 | (exists ? 0 : no_such_name));
    memset(query + 6, 0, 6);
    query[7] = added > 0;
    return end + added;
}

// --- streams ----------------------------------------------------------------------------------

static ssize_t read_all(int fd, unsigned char *data, size_t size)
{
    size_t got = 0;
    while (got < size) {
        ssize_t more = recv(fd, data + got, size - got, 0);
        if (more <= 0)
            return -1;
        got += (size_t)more;
    }
    return (ssize_t)got;
}

static void serve_names(int fd)
{
    static _Thread_local unsigned char query[2 + 2048];
    struct sockaddr_storage server;
    socklen_t length = sizeof server;
    getsockname(fd, (struct sockaddr *)&server, &length);
    while (read_all(fd, query, 2) == 2) {
        size_t size = (size_t)query[0] << 8 | query[1];
        if (size > 1024 || read_all(fd, query + 2, size) < 0)
            return;
        size = answer_query(query + 2, size, &server, 1);
        query[0] = (unsigned char)(size >> 8);
        query[1] = (unsigned char)size;
        if (size == 0 || send(fd, query, 2 + size, MSG_NOSIGNAL) < 0)
            return;
    }
}

static void serve_echo(int fd)
{
    char data[65536];
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    ssize_t size;
    if (getpeername(fd, (struct sockaddr *)&peer, &length) < 0)
        return;
    size = greeting(&peer, data, sizeof data, "\n");
    do {
        if (send(fd, data, (size_t)size, MSG_NOSIGNAL) < 0)
            return;
    } while ((size = recv(fd, data, sizeof data, 0)) > 0);
}

static void *serve_stream(void *argument)
{
    struct served client = *(struct served *)argument;
    free(argument);
    (client.port == dns_port || client.port == other_dns_port ? serve_names : serve_echo)(client.fd);
    close(client.fd);
    return NULL;
}

static void accept_stream(const struct served *listener)
{
    struct served *client = malloc(sizeof *client);
    pthread_t thread;
    if (!client)
        abort();
    *client = *listener;
    client->fd = accept(listener->fd, NULL, NULL);
    if (client->fd < 0 || pthread_create(&thread, NULL, serve_stream, client)) {
        free(client);
        return;
    }
    pthread_detach(thread);
}

// --- datagrams --------------------------------------------------------------------------------

static void answer_datagram(const struct served *socket)
{
    static unsigned char packet[66000], answer[66000];
    struct sockaddr_storage peer, server;
    socklen_t peer_length = sizeof peer, server_length = sizeof server;
    ssize_t size = recvfrom(socket->fd, packet, 65536, 0, (struct sockaddr *)&peer, &peer_length);
    if (size < 0)
        return;
    if (socket->port == echo_port) {
        int named = greeting(&peer, (char *)answer, sizeof answer, " ");
        memcpy(answer + named, packet, (size_t)size);
        size += named;
    } else {
        getsockname(socket->fd, (struct sockaddr *)&server, &server_length);
        size = (ssize_t)answer_query(packet, (size_t)size, &server, 0);
        memcpy(answer, packet, (size_t)size);
    }
    if (size > 0)
        sendto(socket->fd, answer, (size_t)size, 0, (struct sockaddr *)&peer, peer_length);
}

// --- listening --------------------------------------------------------------------------------

// A kernel may lack what is OPTIONAL.
static void serve(int family, int type, int protocol, const char *address, int port, int optional)
{
    struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
    int fd = socket(family, type, protocol), yes = 1;
    if (fd < 0 && optional)
        return;
    inet_pton(family, address, family == AF_INET ? (void *)&four.sin_addr : (void *)&six.sin6_addr);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, family == AF_INET ? (void *)&four : (void *)&six, family == AF_INET ? sizeof four : sizeof six) < 0
        || (type == SOCK_STREAM && listen(fd, 512) < 0) || served_count == most_sockets) {
        fprintf(stderr, "far: %s port %d: %s\n", address, port, strerror(errno));
        exit(1);
    }
    served[served_count++] = (struct served){ fd, port, type == SOCK_STREAM };
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    side = argv[1];
    serve(AF_INET6, SOCK_STREAM, 0, "::", echo_port, 0);
    serve(AF_INET6, SOCK_STREAM, multipath, "::", multipath_port, 1);
    serve(AF_INET6, SOCK_STREAM, IPPROTO_SCTP, "::", echo_port, 1);
    serve(AF_INET6, SOCK_STREAM, 0, "::", dns_port, 0);
    serve(AF_INET6, SOCK_STREAM, 0, "::", other_dns_port, 0);
    for (char **address = argv + 2; *address; address++) {
        int family = strchr(*address, ':') ? AF_INET6 : AF_INET;
        serve(family, SOCK_DGRAM, 0, *address, echo_port, 0);
        serve(family, SOCK_DGRAM, IPPROTO_UDPLITE, *address, echo_port, 1);
        serve(family, SOCK_DGRAM, 0, *address, dns_port, 0);
        serve(family, SOCK_DGRAM, 0, *address, other_dns_port, 0);
    }
    puts("ready");
    fflush(stdout);

    struct pollfd ready[most_sockets];
    for (int i = 0; i < served_count; i++)
        ready[i] = (struct pollfd){ .fd = served[i].fd, .events = POLLIN };
    for (;;) {
        // Looks again after a second: if a second processor has the first data of a connection while the first still
        // completes its handshake, the kernel does not wake who waits for the listener (seen on 5.10).
        if (poll(ready, (nfds_t)served_count, 1000) < 0)
            continue;
        for (int i = 0; i < served_count; i++)
            if (ready[i].revents)
                (served[i].stream ? accept_stream : answer_datagram)(&served[i]);
    }
}
