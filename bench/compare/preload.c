// A library for LD_PRELOAD as they are usually written: it binds the socket in connect and sendto, for comparison.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static void bind_socket(int fd)
{
    const char *name = getenv("BIND_INTERFACE");
    if (name != NULL)
        setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, strlen(name));
}

int connect(int fd, const struct sockaddr *address, socklen_t length)
{
    if (address->sa_family == AF_INET || address->sa_family == AF_INET6)
        bind_socket(fd);
    return ((int (*)(int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "connect"))(fd, address, length);
}

ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *address, socklen_t length)
{
    if (address != NULL && (address->sa_family == AF_INET || address->sa_family == AF_INET6))
        bind_socket(fd);
    return ((ssize_t(*)(int, const void *, size_t, int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "sendto"))(
        fd, data, size, flags, address, length);
}
