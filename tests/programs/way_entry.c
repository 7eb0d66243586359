// The calls by each door into the kernel: this build's own, int 0x80 from a 64-bit program (whose
// structures are the 32-bit ones), socketcall, and the x32 numbers.
#include "ways.h"

#include <sys/mman.h>

static enum { native, int80, socketcall, x32 } chosen = native;

bool choose_entry(const char *name)
{
    chosen = !strcmp(name, "int80") ? int80 : !strcmp(name, "socketcall") ? socketcall
           : !strcmp(name, "x32") ? x32 : native;
#if defined(__x86_64__)
    return chosen != native || !strcmp(name, "native");
#elif defined(__i386__)
    return chosen == socketcall || !strcmp(name, "native");
#else
    return !strcmp(name, "native");
#endif
}

// The i386 numbers, and the function that socketcall takes in their place (0: it has none).
enum call { call_socket, call_bind, call_connect, call_sendto, call_sendmsg, call_sendmmsg, call_setsockopt };

#if defined(__x86_64__) || defined(__i386__)
static const struct { short number, function; } i386_calls[] = {
    { 359, 1 }, { 361, 2 }, { 362, 3 }, { 369, 11 }, { 370, 16 }, { 345, 20 }, { 366, 14 },
};
#endif

#if defined(__x86_64__)
static const short native_calls[] = { 41, 49, 42, 44, 46, 307, 54 };
static const int x32_bit = 0x40000000;
static const short x32_calls[] = { 41, 49, 42, 44, 518, 538, 541 };

struct message32 { uint32_t name, name_length, iov, iov_count, control, control_length, flags; };
struct many32 { struct message32 header; uint32_t length; };
struct iovec32 { uint32_t base, length; };
struct control32 { uint32_t length; int32_t level, type; };

// The 32-bit entry reaches only the lowest 4 GiB. Copies of what it is to read, one call's worth.
enum { arena_size = 8 << 20 };
static _Thread_local char *arena;
static _Thread_local size_t arena_used;

static void *low_memory(size_t size)
{
    if (!arena)
        arena = mmap(NULL, arena_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    if (arena == MAP_FAILED || arena_used + size > arena_size)
        abort();
    void *place = arena + arena_used;
    arena_used += (size + 15) & ~(size_t)15;
    return place;
}

// Addresses of the first page are the unreadable ones that a way wants to pass on as they are.
static uint32_t low_copy(const void *data, size_t size)
{
    if ((uintptr_t)data < 4096)
        return (uint32_t)(uintptr_t)data;
    return (uint32_t)(uintptr_t)memcpy(low_memory(size), data, size);
}

static uint32_t low_control(const struct msghdr *message, uint32_t *length)
{
    *length = message->msg_controllen;
    if ((uintptr_t)message->msg_control < 4096)
        return (uint32_t)(uintptr_t)message->msg_control;
    char *start = low_memory(message->msg_controllen), *next = start;
    for (struct cmsghdr *from = CMSG_FIRSTHDR(message); from; from = CMSG_NXTHDR((struct msghdr *)message, from)) {
        size_t size = from->cmsg_len - CMSG_LEN(0);
        struct control32 header = { sizeof header + size, from->cmsg_level, from->cmsg_type };
        memcpy(next, &header, sizeof header);
        memcpy(next + sizeof header, CMSG_DATA(from), size);
        next += sizeof header + ((size + 3) & ~(size_t)3);
    }
    *length = next - start;
    return (uint32_t)(uintptr_t)start;
}

static struct message32 low_message(const struct msghdr *message)
{
    struct message32 low = { .name_length = message->msg_namelen, .iov_count = message->msg_iovlen };
    low.name = low_copy(message->msg_name, message->msg_namelen);
    low.control = low_control(message, &low.control_length);
    low.iov = (uint32_t)(uintptr_t)message->msg_iov;
    if ((uintptr_t)message->msg_iov >= 4096) {
        struct iovec32 *vector = low_memory(message->msg_iovlen * sizeof *vector);
        for (size_t i = 0; i < (size_t)message->msg_iovlen; i++) {
            vector[i].base = low_copy(message->msg_iov[i].iov_base, message->msg_iov[i].iov_len);
            vector[i].length = message->msg_iov[i].iov_len;
        }
        low.iov = (uint32_t)(uintptr_t)vector;
    }
    return low;
}

static long enter_int80(long number, long a, long b, long c, long d, long e, long f)
{
    long result;
    __asm__ volatile("push %%rbp\n\tmov %[f], %%ebp\n\tint $0x80\n\tpop %%rbp"
                     : "=a"(result)
                     : "0"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e), [f] "r"((int)f)
                     : "memory", "r8", "r9", "r10", "r11");
    return (int)result;
}
#endif

static long finish(long result)
{
    if (result < 0 && result > -4096) {
        errno = (int)-result;
        return -1;
    }
    return result;
}

static long enter(enum call call, long a, long b, long c, long d, long e, long f)
{
#if defined(__x86_64__)
    if (chosen == native)
        return syscall(native_calls[call], a, b, c, d, e, f);
    if (chosen == x32)
        return syscall(x32_bit | x32_calls[call], a, b, c, d, e, f);
    if (chosen == int80)
        return finish(enter_int80(i386_calls[call].number, a, b, c, d, e, f));
    uint32_t words[6] = { a, b, c, d, e, f };
    return finish(enter_int80(102, i386_calls[call].function, low_copy(words, sizeof words), 0, 0, 0, 0));
#elif defined(__i386__)
    (void)finish;
    if (chosen == native)
        return syscall(i386_calls[call].number, a, b, c, d, e, f);
    long words[6] = { a, b, c, d, e, f };
    return syscall(102, i386_calls[call].function, words);
#else
    static const short numbers[] = { SYS_socket, SYS_bind, SYS_connect, SYS_sendto, SYS_sendmsg, SYS_sendmmsg, SYS_setsockopt };
    (void)finish;
    return syscall(numbers[call], a, b, c, d, e, f);
#endif
}

// A pointer as this entry takes it: itself, or that of a copy in low memory.
static long pass(const void *data, size_t size)
{
#if defined(__x86_64__)
    if (chosen == int80 || chosen == socketcall)
        return low_copy(data, size);
#endif
    (void)size;
    return (long)data;
}

static void forget_copies(void)
{
#if defined(__x86_64__)
    arena_used = 0;
#endif
}

long sys_socket(int family, int type, int protocol)
{
    forget_copies();
    return enter(call_socket, family, type, protocol, 0, 0, 0);
}

long sys_bind(int fd, const void *address, socklen_t length)
{
    forget_copies();
    return enter(call_bind, fd, pass(address, length), length, 0, 0, 0);
}

long sys_connect(int fd, const void *address, socklen_t length)
{
    forget_copies();
    return enter(call_connect, fd, pass(address, length), length, 0, 0, 0);
}

long sys_sendto(int fd, const void *data, size_t size, int flags, const void *address, socklen_t length)
{
    forget_copies();
    long passed = pass(data, size);
    return enter(call_sendto, fd, passed, size, flags, pass(address, length), length);
}

long sys_setsockopt(int fd, int level, int name, const void *value, socklen_t length)
{
    forget_copies();
    return enter(call_setsockopt, fd, level, name, pass(value, length), length, 0);
}

long sys_sendmsg(int fd, const struct msghdr *message, int flags)
{
    forget_copies();
#if defined(__x86_64__)
    if ((chosen == int80 || chosen == socketcall) && (uintptr_t)message >= 4096) {
        struct message32 low = low_message(message);
        return enter(call_sendmsg, fd, low_copy(&low, sizeof low), flags, 0, 0, 0);
    }
#endif
    return enter(call_sendmsg, fd, (long)message, flags, 0, 0, 0);
}

long sys_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
    forget_copies();
#if defined(__x86_64__)
    if ((chosen == int80 || chosen == socketcall) && (uintptr_t)messages >= 4096) {
        struct many32 *low = low_memory(count * sizeof *low);
        for (unsigned i = 0; i < count; i++)
            low[i] = (struct many32){ low_message(&messages[i].msg_hdr), messages[i].msg_len };
        long result = enter(call_sendmmsg, fd, (long)low, count, flags, 0, 0);
        for (unsigned i = 0; i < count; i++)
            messages[i].msg_len = low[i].length;
        return result;
    }
#endif
    return enter(call_sendmmsg, fd, (long)messages, count, flags, 0, 0);
}
