// The page that a call names is taken away, made anew or protected while the call is judged.
#include "race.h"

#include <sys/mman.h>

static void *page;

static void fill(const struct race *race)
{
    page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        failed("mmap");
    memcpy(page, &race->first, race->length);
}

// Puts a page with an address in it there; with `gap`, there is nothing for a moment.
static void put(const struct sockaddr_storage *address, const struct race *race, bool gap)
{
    void *fresh = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (fresh == MAP_FAILED)
        failed("mmap");
    memcpy(fresh, address, race->length);
    if (gap)
        munmap(page, 4096);
    if (mremap(fresh, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, page) == MAP_FAILED)
        failed("mremap");
}

static void *unmap(void *argument)
{
    const struct race *race = argument;
    while (!is_over()) {
        put(&race->second, race, true);
        usleep(20);
    }
    return NULL;
}

static void *remap(void *argument)
{
    const struct race *race = argument;
    while (!is_over()) {
        put(&race->second, race, false);
        put(&race->first, race, false);
    }
    return NULL;
}

// A page of zeroes, which is an address of no family, becomes one with an address.
static void *zero(void *argument)
{
    const struct race *race = argument;
    while (!is_over()) {
        if (mmap(page, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
            failed("mmap");
        memcpy(page, &race->second, race->length);
        usleep(20);
    }
    return NULL;
}

static void *protect(void *argument)
{
    static const int protections[] = { PROT_READ, PROT_READ | PROT_WRITE, PROT_NONE, PROT_READ | PROT_WRITE };
    (void)argument;
    while (!is_over())
        for (size_t i = 0; i < sizeof protections / sizeof *protections; i++)
            mprotect(page, 4096, protections[i]);
    return NULL;
}

// The four calls in turn.
static void use_page(const struct race *race)
{
    struct iovec data = { "x", 1 };
    struct mmsghdr message = { .msg_hdr = { .msg_name = page, .msg_namelen = race->length, .msg_iov = &data, .msg_iovlen = 1 } };
    for (long i = 0; i < race->rounds; i += 4) {
        int fd = datagram_for_call(race);
        count(connect(fd, page, race->length));
        send(fd, "x", 1, 0);
        count(sendto(datagram_for_call(race), "x", 1, 0, page, race->length));
        count(sendmsg(datagram_for_call(race), &message.msg_hdr, 0));
        count(sendmmsg(datagram_for_call(race), &message, 1, 0));
    }
}

static void page_unmapped(const struct race *race)
{
    fill(race);
    in_thread(unmap, race);
    use_page(race);
}

static void page_remapped(const struct race *race)
{
    fill(race);
    in_thread(remap, race);
    use_page(race);
}

static void page_anew(const struct race *race)
{
    fill(race);
    in_thread(zero, race);
    use_page(race);
}

static void page_protected(const struct race *race)
{
    fill(race);
    in_thread(protect, race);
    use_page(race);
}

const struct attack memory_attacks[] = {
    { "page-unmapped", page_unmapped },
    { "page-remapped", page_remapped },
    { "page-anew", page_anew },
    { "page-protected", page_protected },
    { 0 },
};
