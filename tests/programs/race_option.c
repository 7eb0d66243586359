// The value of an option changes while the call is judged. A datagram then shows which value counted.
#include "race.h"

#include <net/if.h>

static union { int number; char name[IFNAMSIZ]; struct in6_pktinfo info; } value;
static int own_index, other_index;
static volatile int *flipped_number;

static void *flip_number(void *argument)
{
    (void)argument;
    while (!is_over()) {
        *flipped_number = other_index;
        pause_shortly();
        *flipped_number = own_index;
        pause_shortly();
    }
    return NULL;
}

// The interfaces' names are of one length.
static void *flip_device(void *argument)
{
    const struct race *race = argument;
    char own[IFNAMSIZ] = { 0 }, other[IFNAMSIZ] = { 0 };
    long first, second;
    if_indextoname(own_index, own);
    strncpy(other, race->device, sizeof other - 1);
    memcpy(&first, own, sizeof first);
    memcpy(&second, other, sizeof second);
    while (!is_over()) {
        *(volatile long *)value.name = second;
        pause_shortly();
        *(volatile long *)value.name = first;
        pause_shortly();
    }
    return NULL;
}

static void prepare(const struct race *race)
{
    other_index = (int)if_nametoindex(race->device);
    for (struct if_nameindex *one = if_nameindex(); one->if_index; one++)
        if (strcmp(one->if_name, "lo") && strcmp(one->if_name, race->device))
            own_index = (int)one->if_index;
}

static void set_and_send(const struct race *race, int level, int option, socklen_t length)
{
    for (long i = 0; i < race->rounds; i++) {
        int fd = datagram_for_call(race);
        count(setsockopt(fd, level, option, &value, length));
        sendto(fd, "x", 1, 0, (const void *)&race->first, race->length);
    }
}

static void device(const struct race *race)
{
    prepare(race);
    in_thread(flip_device, race);
    set_and_send(race, SOL_SOCKET, SO_BINDTODEVICE, IFNAMSIZ);
}

static void device_number(const struct race *race)
{
    prepare(race);
    flipped_number = &value.number;
    in_thread(flip_number, race);
    set_and_send(race, SOL_SOCKET, SO_BINDTOIFINDEX, sizeof(int));
}

static void unicast_interface(const struct race *race)
{
    prepare(race);
    own_index = (int)htonl(own_index);
    other_index = (int)htonl(other_index);
    flipped_number = &value.number;
    in_thread(flip_number, race);
    if (race->family == AF_INET)
        set_and_send(race, IPPROTO_IP, IP_UNICAST_IF, sizeof(int));
    else
        set_and_send(race, IPPROTO_IPV6, IPV6_UNICAST_IF, sizeof(int));
}

static void sticky_source(const struct race *race)
{
    prepare(race);
    flipped_number = (volatile int *)&value.info.ipi6_ifindex;
    in_thread(flip_number, race);
    set_and_send(race, IPPROTO_IPV6, IPV6_PKTINFO, sizeof value.info);
}

const struct attack option_attacks[] = {
    { "option-device", device },
    { "option-device-number", device_number },
    { "option-unicast-if", unicast_interface },
    { "option-sticky-source", sticky_source },
    { 0 },
};
