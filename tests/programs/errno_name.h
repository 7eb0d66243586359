// The C name of the errno values that the tests expect: strerror differs between libcs.
#include <errno.h>
#include <string.h>

static const char *errno_name(int value)
{
    switch (value) {
#define NAME(e) case e: return #e;
        NAME(EACCES) NAME(EADDRNOTAVAIL) NAME(EALREADY) NAME(EISCONN) NAME(EAFNOSUPPORT) NAME(EAGAIN) NAME(EBADF) NAME(ECONNREFUSED)
        NAME(ECONNRESET) NAME(EFAULT) NAME(EHOSTUNREACH) NAME(EINPROGRESS) NAME(EINTR) NAME(EINVAL) NAME(EDESTADDRREQ) NAME(EMFILE) NAME(EPROTONOSUPPORT)
        NAME(ENETUNREACH) NAME(ENODEV) NAME(ENOENT) NAME(ENOSYS) NAME(ENOTSOCK) NAME(EPERM) NAME(ETIMEDOUT) NAME(EOPNOTSUPP)
#undef NAME
    }
    return strerror(value);
}
