// Programs that race their supervisor: what they share.
#ifndef RACE_H
#define RACE_H

#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// Two addresses that differ in their last byte only, so that a flip of that byte leads from one to the other.
struct race {
    int family;
    struct sockaddr_storage first, second;
    socklen_t length;
    const char *device;  // the other interface's name
    long rounds;
    int calls;
};

struct attack {
    const char *name;
    void (*run)(const struct race *);
};

extern const struct attack address_attacks[], descriptor_attacks[], memory_attacks[], option_attacks[], life_attacks[], free_attacks[], socketcall_attacks[];

// What the calls read while another thread changes it. On a page of its own.
struct target {
    union {
        struct sockaddr any;
        struct sockaddr_storage address;
    };
};
extern struct target *const target;

// race.c
void failed(const char *what) __attribute__((noreturn));
long check(long result, const char *what);
void count(long result);               // of a call that was attacked: a round, and how it ended
void in_thread(void *(*run)(void *), const struct race *race);
bool is_over(void);                    // threads of an attack end then
void pause_shortly(void);              // between two writes, which a processor may else put into its cache as one; lets others run
void report(void);
void count_in_shared_memory(void);     // for attacks of several processes
volatile unsigned char *last_byte(struct sockaddr_storage *address);
void flip_addresses(const struct race *race);
int open_datagram(const struct race *race);
int datagram_for_call(const struct race *race);  // closed by the next one

#endif
