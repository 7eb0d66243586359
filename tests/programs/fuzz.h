// What the parts of the fuzz program share: random numbers, addresses and control messages.
#ifndef FUZZ_H
#define FUZZ_H

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

enum { control_size = 192 };
#define ANY_OF(list) (list)[draw(sizeof(list) / sizeof *(list))]

extern uint64_t random_state;
extern unsigned own, other;

// At most one thing of a call is wrong: which of several errors is told first is the kernel's secret.
extern bool spoiled;

struct drawn_address {
    struct sockaddr_storage bytes;
    socklen_t length;
    bool marked;
};

uint32_t draw(uint32_t below);
bool chance(uint32_t percent);
bool spoil(uint32_t percent);
void draw_bytes(void *place, size_t size);

// These set *marked where a supervisor may refuse what is drawn by policy.
unsigned draw_interface(bool *marked);
in_addr_t draw4(bool *marked);
struct in6_addr draw6(bool *marked);
void draw_address(struct drawn_address *drawn, int family);
size_t draw_control(char *buffer, bool *marked);

#endif
