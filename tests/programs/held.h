// Programs whose calls a supervisor is in the middle of while something happens: what they share.
//
// One process, not supervised, is the stage ("held stage", "held attack"): it mounts a small file system of its
// own, whose one file is read only once the stage lets it, and shares a page of memory with all that take part.
#ifndef HELD_H
#define HELD_H

#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { page_size = 4096, wait_ms = 10000, long_vector = 64 };

// What all that take part see: the file "scene" in the directory that $HELD names.
struct scene {
    atomic_bool read_is_held;    // somebody reads the slow file, and waits
    atomic_bool holds_flush;     // whoever closes it has to wait as well
    atomic_bool flush_is_held;   // somebody closes it, and waits
    atomic_bool release;         // all that wait may go on
    atomic_bool dead;            // the attacker is gone, and its id free
    atomic_bool victim_is_there;
    atomic_bool over;            // the victim may look what became of its memory
    atomic_bool victim_has_looked;
    atomic_int attacker, victim, victim_user, first_changed;
    unsigned char content[page_size];  // of the slow file
};

struct held_program {
    const char *name;
    void (*run)(char **words);
};

extern const struct held_program stage_programs[], attack_programs[], meanwhile_programs[], wait_programs[], interrupt_programs[];

// What a program does while another connects, in threads of its own.
struct held_row_options {
    struct sockaddr_in to;
};

struct held_row {
    const char *name;
    void (*begin)(struct held_row_options *);
};

extern const struct held_row busy_rows[], slow_rows[], wait_rows[];

// held.c
const char *outcome(long result);
void failed(const char *what) __attribute__((noreturn));
long check(long result, const char *what);
long long now_ms(void);
void pause_ms(int milliseconds);
bool wait_until(const atomic_bool *flag, int milliseconds);
struct sockaddr_in parse_address(const char *address, const char *port);
int open_udp(void);
void *shared_memory(size_t size);
void in_threads(int count, void *(*run)(void *), void *argument);

// held_wait.c
int asked(const struct sockaddr_in *server);
long receive(int fd);
int full(const struct sockaddr_in *neighbour);
long send_again(int fd, const struct sockaddr_in *neighbour);

// held_stage.c
struct scene *open_scene(void);
int open_slow(void);
void *slow_page(int protection);
void make_stage(void);
pid_t start(char **words);

#endif
