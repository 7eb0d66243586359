using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>
/// SO_SNDTIMEO of a socket, set to what is over already and put back afterwards. O_NONBLOCK belongs to the program, whose
/// other threads may set it at any time; this option nobody looks at while a connection is begun. A negative time is
/// none at all (sock_set_timeout, which says so in the kernel's log the first ten times).
/// </summary>
internal readonly unsafe ref struct SendTimeout
{
    private readonly int descriptor;
    private readonly long seconds, microseconds;

    public SendTimeout(int descriptor)
    {
        this.descriptor = descriptor;
        // struct timeval.
        long* value = stackalloc long[2] { 0, 0 };
        uint length = 2 * sizeof(long);
        _ = LibC.getsockopt(descriptor, Linux.SOL_SOCKET, LibC.SO_SNDTIMEO, value, (socklen_t*)&length);
        (seconds, microseconds) = (value[0], value[1]);
        Set(-1, 0);
    }

    public void Dispose() => Set(seconds, microseconds);

    private void Set(long newSeconds, long newMicroseconds)
    {
        long* value = stackalloc long[2] { newSeconds, newMicroseconds };
        _ = LibC.setsockopt(descriptor, Linux.SOL_SOCKET, LibC.SO_SNDTIMEO, value, 2 * sizeof(long));
    }
}
