// The ways of a program to send an IP packet, one subcommand each: what they share.
//
// Every way prints what came of it, one line each:
//   ovpn 10.8.0.2 …  the far side's reply: its name first ("pong" for an echo reply)
//   silence          nothing came back in time
//   sent             the kernel took the packet; nobody answers such packets
//   CALL ERRNO       the call that failed, and how
#ifndef WAYS_H
#define WAYS_H

#define _GNU_SOURCE
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

struct target {
    struct sockaddr_storage address;
    socklen_t length;
};

// What the command line says. Each way takes what it needs.
struct options {
    struct target to;        // where to send
    struct target other;     // --other: a second destination
    struct target source;    // --source: a local address to send from
    const char *device;      // --device: the interface that the way names
    const char *own;         // --own: a second interface to name
    const char *netns;       // --netns: a network namespace's file
    int count;               // --count: packets per thread
    bool answer_expected;    // cleared by --no-answer
    char **rest;             // words after the port
};

struct way {
    const char *name;
    void (*run)(const struct options *);
};

extern const struct way connect_ways[], send_ways[], many_ways[], raw_ways[], steer_ways[],
    option_ways[], multicast_ways[], family_ways[], uring_ways[], descriptor_ways[],
    memory_ways[], thread_ways[], local_ways[], size_ways[], peer_ways[],
    page_ways[], port_ways[], mtu_ways[];

// ways.c
const char *errno_name(int number);
void failed(const char *call) __attribute__((noreturn));
void check(long result, const char *call);
void parse_target(const char *address, const char *port, struct target *target);
int answer_wait_ms(void);
void print_answer(int fd);
void print_outcome(const struct options *options, int fd);
long long now_ms(void);

// way_entry.c: the calls, by the entry into the kernel that --entry names.
bool choose_entry(const char *name);
long sys_socket(int family, int type, int protocol);
long sys_bind(int fd, const void *address, socklen_t length);
long sys_connect(int fd, const void *address, socklen_t length);
long sys_sendto(int fd, const void *data, size_t size, int flags, const void *address, socklen_t length);
long sys_sendmsg(int fd, const struct msghdr *message, int flags);
long sys_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags);
long sys_setsockopt(int fd, int level, int name, const void *value, socklen_t length);

// way_socket.c: sockets and addresses that several ways start from.
int family_of(const struct target *target);
int open_socket(const struct options *options, int type, int protocol);
int open_udp(const struct options *options);
int ping_protocol(const struct target *target);
int bind_to(int fd, const struct target *target);
struct target any_address(int family);
struct target loopback_address(int family);
size_t echo_request(const struct target *to, unsigned char *packet);
int interface_index(const char *device);
void *control_add(struct msghdr *message, int level, int type, const void *data, size_t size);
void send_message(const struct options *options, int fd, const struct msghdr *message);
void send_to(const struct options *options, int fd);
void connect_to(const struct options *options, int fd);

#endif
