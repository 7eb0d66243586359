using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// The ifindex of the interface that was looked up last, for one thread, so that a program which sends much does not pay for the
/// look-up each time. It is kept for a moment only: no longer than a thread may have to wait for a processor between look-up and
/// send in any case. If the interface is gone by then, the kernel says so (ENODEV): it gives no number to a second interface
/// unless somebody asks for that. If it has another name by then, the packet leaves through it as the packets of bound sockets do.
/// </summary>
internal sealed class RecentIndex(InterfaceBinder binder)
{
    private const long LifetimeMilliseconds = 10;

    private string? name;
    private uint index;
    private long readAt;

    /// <summary>The ifindex of an interface; 0 where there is none of this name.</summary>
    public uint Of(string interfaceName)
    {
        // From the clock that needs no system call (CLOCK_MONOTONIC_COARSE in the vDSO).
        long now = Environment.TickCount64;
        if (index == 0 || name != interfaceName || now - readAt >= LifetimeMilliseconds)
        {
            (name, index, readAt) = (interfaceName, binder.IndexOf(interfaceName), now);
        }

        return index;
    }

    /// <summary>The kernel knows no interface of this number any more.</summary>
    public void Forget() => index = 0;
}
