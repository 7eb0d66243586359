// Random addresses and control messages: mostly sound ones, of the lab's.
#include "fuzz.h"

uint64_t random_state;
unsigned own, other;
bool spoiled;

uint32_t draw(uint32_t below)
{
    // splitmix64
    uint64_t z = (random_state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (uint32_t)((z ^ (z >> 31)) % below);
}

bool chance(uint32_t percent)
{
    return draw(100) < percent;
}

bool spoil(uint32_t percent)
{
    bool now = chance(percent) && !spoiled;
    spoiled |= now;
    return now;
}

void draw_bytes(void *place, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((unsigned char *)place)[i] = (unsigned char)draw(256);
}

unsigned draw_interface(bool *marked)
{
    switch (draw(6)) {
        case 0: *marked = true; return other;
        case 1:
            if (!spoil(50))
                return 0;
            *marked = true;
            return 4000 + draw(9);
        case 2: case 3: return own;
        default: return 0;
    }
}

// Served by both internets, silent, LAN, own, private, multicast, broadcast, this machine.
static const char *const addresses4[] = {
    "198.51.100.1", "198.51.100.2", "203.0.113.53", "198.51.100.99", "8.8.8.8", "10.8.0.1", "192.168.77.9",
    "192.168.77.1", "172.16.5.5", "100.64.1.1", "239.1.2.3", "224.0.0.1", "255.255.255.255", "10.8.0.255",
    "192.168.77.255", "240.0.0.1", "0.1.2.3",
};
static const char *const machine4[] = { "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.8.0.2", "192.168.77.2" };
static const char *const addresses6[] = {
    "2001:db8:1::1", "2001:db8:1::2", "2001:db8:53::6", "2001:db8:ffff::1", "fd00:8::1", "fd00:77::1", "ff02::1",
    "ff0e::77", "ff05::1:3", "fe80::1", "fec0::1", "100::1", "64:ff9b::c633:6401", "::198.51.100.1",
};
static const char *const machine6[] = { "::1", "::", "fd00:8::2", "fd00:77::2", "::ffff:127.0.0.1", "::ffff:0.0.0.0" };

in_addr_t draw4(bool *marked)
{
    in_addr_t address;
    if (chance(15)) {
        *marked = true;
        return inet_addr(ANY_OF(machine4));
    }
    if (chance(70))
        return inet_addr(ANY_OF(addresses4));
    draw_bytes(&address, sizeof address);
    *marked |= (ntohl(address) >> 24) == 127;
    return address;
}

struct in6_addr draw6(bool *marked)
{
    struct in6_addr address;
    if (chance(15)) {
        *marked = true;
        inet_pton(AF_INET6, ANY_OF(machine6), &address);
    } else if (chance(25)) {
        in_addr_t four = draw4(marked);
        inet_pton(AF_INET6, "::ffff:0.0.0.0", &address);
        memcpy(&address.s6_addr[12], &four, sizeof four);
    } else if (chance(70)) {
        inet_pton(AF_INET6, ANY_OF(addresses6), &address);
    } else {
        draw_bytes(&address, sizeof address);
    }
    return address;
}

void draw_address(struct drawn_address *drawn, int family)
{
    struct sockaddr_in *four = (struct sockaddr_in *)&drawn->bytes;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&drawn->bytes;
    static const int odd_families[] = { AF_UNSPEC, AF_UNIX, AF_NETLINK, AF_PACKET, 255, 65535 };

    memset(drawn, 0, sizeof *drawn);
    if (spoil(6))
        draw_bytes(&drawn->bytes, sizeof drawn->bytes);
    if (spoil(8))
        family = family == AF_INET ? AF_INET6 : AF_INET;
    if (family == AF_INET) {
        four->sin_addr.s_addr = draw4(&drawn->marked);
        four->sin_port = htons(chance(90) ? 9 : draw(65536));
        drawn->length = sizeof *four;
    } else {
        six->sin6_addr = draw6(&drawn->marked);
        six->sin6_port = htons(chance(90) ? 9 : draw(65536));
        six->sin6_scope_id = draw_interface(&drawn->marked);
        if (chance(20))
            draw_bytes(&six->sin6_flowinfo, 4);
        drawn->length = sizeof *six;
    }
    drawn->bytes.ss_family = family;
    if (spoil(6))
        drawn->bytes.ss_family = ANY_OF(odd_families);
    if (spoil(8))
        drawn->length = draw(140);
    if (spoil(2))
        drawn->length = draw(2) ? 0x7fffffff : 0xffffffff;
}

static size_t add_control(char *buffer, size_t used, int level, int type, const void *data, size_t size)
{
    struct cmsghdr header = { .cmsg_len = CMSG_LEN(size), .cmsg_level = level, .cmsg_type = type };
    if (used + CMSG_SPACE(size) > control_size)
        return used;
    if (spoil(5))
        header.cmsg_len = draw(64);
    if (spoil(1))
        header.cmsg_len = (size_t)-1 - draw(16);
    memset(buffer + used, 0, CMSG_SPACE(size));
    memcpy(buffer + used, &header, sizeof header);
    memcpy(buffer + used + CMSG_LEN(0), data, size);
    return used + CMSG_SPACE(size);
}

size_t draw_control(char *buffer, bool *marked)
{
    size_t used = 0;
    if (spoil(5)) {
        draw_bytes(buffer, control_size);
        return draw(control_size);
    }
    for (uint32_t left = draw(4); left > 0; left--) {
        int number = (int)draw(300);
        unsigned char noise[32];
        struct in_pktinfo info = { .ipi_ifindex = (int)draw_interface(marked) };
        struct in6_pktinfo info6 = { .ipi6_ifindex = draw_interface(marked) };
        draw_bytes(noise, sizeof noise);
        if (spoil(40)) {
            info.ipi_spec_dst.s_addr = draw4(marked);
            info6.ipi6_addr = draw6(marked);
            *marked = true; // an address to send from may be another interface's
        }
        switch (draw(8)) {
            case 0: case 1: used = add_control(buffer, used, IPPROTO_IP, IP_PKTINFO, &info, sizeof info); break;
            case 2: case 3: used = add_control(buffer, used, IPPROTO_IPV6, chance(80) ? IPV6_PKTINFO : 2, &info6, sizeof info6); break;
            case 4: used = add_control(buffer, used, IPPROTO_IP, draw(2) ? IP_TTL : IP_TOS, &number, sizeof number); break;
            case 5: used = add_control(buffer, used, IPPROTO_IPV6, draw(2) ? IPV6_HOPLIMIT : IPV6_TCLASS, &number, sizeof number); break;
            case 6: used = add_control(buffer, used, IPPROTO_UDP, 103, &number, draw(2) ? 2 : 4); break;
            default:
                if (!spoil(60))
                    break;
                *marked = true; // routing headers and IP options among them
                used = add_control(buffer, used, draw(45), draw(70), noise, draw(sizeof noise));
        }
    }
    return spoil(5) ? draw(control_size) : used;
}
