using BindToInterface.Policy;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>
/// Sets SO_SNDTIMEO of a socket to a time that is over already, and restores it afterwards. O_NONBLOCK is not used: it
/// belongs to the program, whose other threads may set it at any time. Nobody reads SO_SNDTIMEO while a connection is
/// started. A negative time means: do not wait at all (sock_set_timeout, which the kernel logs the first ten times).
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

    /// <summary>Whether the program has set one.</summary>
    public bool WasSet => (seconds | microseconds) != 0;

    public void Dispose() => Set(seconds, microseconds);

    private void Set(long newSeconds, long newMicroseconds)
    {
        long* value = stackalloc long[2] { newSeconds, newMicroseconds };
        _ = LibC.setsockopt(descriptor, Linux.SOL_SOCKET, LibC.SO_SNDTIMEO, value, 2 * sizeof(long));
    }
}
