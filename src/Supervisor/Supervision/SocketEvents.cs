using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Supervision;

/// <summary>Tells one thread what happens to sockets (epoll(7)), and lets others wake it.</summary>
internal sealed unsafe class SocketEvents : IDisposable
{
    private readonly DescriptorHandle epoll;
    private readonly DescriptorHandle wake;

    private SocketEvents(DescriptorHandle epoll, DescriptorHandle wake) => (this.epoll, this.wake) = (epoll, wake);

    /// <summary>Opens both descriptors.</summary>
    /// <returns>null where that fails.</returns>
    public static SocketEvents? Open(out Errno error)
    {
        var epoll = new DescriptorHandle(LibC.epoll_create1(LibC.EPOLL_CLOEXEC));
        error = epoll.IsInvalid ? Native.LastError : Errno.None;
        var wake = new DescriptorHandle(LibC.eventfd(0, LibC.EFD_CLOEXEC | LibC.EFD_NONBLOCK));
        error = wake.IsInvalid ? Native.LastError : error;
        var opened = new SocketEvents(epoll, wake);
        if (error == Errno.None)
        {
            error = opened.Register(wake.Descriptor, (ushort)LibC.POLLIN, 0);
        }

        if (error == Errno.None)
        {
            return opened;
        }

        opened.Dispose();
        return null;
    }

    /// <summary>
    /// Tells of a socket from now on, and of what is the case already. Told of is what is new, not what still holds: an error
    /// queue that nobody reads would be told of for ever.
    /// </summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="events">POLLIN or POLLOUT.</param>
    /// <param name="id">What it is told of by; not 0.</param>
    public Errno Add(int descriptor, short events, ulong id) =>
        Register(descriptor, (ushort)events | LibC.EPOLLET | LibC.EPOLLRDHUP, id);

    public void Remove(int descriptor) => _ = LibC.epoll_ctl(epoll.Descriptor, LibC.EPOLL_CTL_DEL, descriptor, null);

    /// <summary>Waits until something happens, or <see cref="Wake"/> is called.</summary>
    /// <param name="happened">Room for what happened; an id of 0 says that this was woken.</param>
    /// <param name="milliseconds">How long to wait; -1 for ever.</param>
    /// <returns>How much happened.</returns>
    public int Wait(Span<epoll_event> happened, int milliseconds)
    {
        fixed (epoll_event* events = happened)
        {
            return LibC.epoll_wait(epoll.Descriptor, events, happened.Length, milliseconds);
        }
    }

    public void Wake()
    {
        ulong one = 1;
        _ = LibC.write(wake.Descriptor, &one, sizeof(ulong));
    }

    /// <summary>Takes note of having been woken.</summary>
    public void Woken()
    {
        ulong count;
        _ = LibC.read(wake.Descriptor, &count, sizeof(ulong));
    }

    public void Dispose()
    {
        epoll.Dispose();
        wake.Dispose();
    }

    private Errno Register(int descriptor, int events, ulong id)
    {
        var wanted = new epoll_event { events = events };
        wanted.data.u64 = id;
        return LibC.epoll_ctl(epoll.Descriptor, LibC.EPOLL_CTL_ADD, descriptor, &wanted) == 0 ? Errno.None : Native.LastError;
    }
}
