using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>Tells when interfaces of this network namespace, or their addresses, have changed (rtnetlink(7)).</summary>
internal sealed unsafe class InterfaceChanges : IDisposable
{
    private const int MessageSize = 8192;

    private readonly DescriptorHandle netlink =
        new(Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, Libc.NETLINK_ROUTE));

    /// <summary>Listens from now on.</summary>
    public Errno Open()
    {
        var groups = new SockaddrNl
        {
            Family = Libc.AF_NETLINK,
            Groups = Libc.RTMGRP_LINK | Libc.RTMGRP_IPV4_IFADDR | Libc.RTMGRP_IPV6_IFADDR,
        };
        return netlink.IsInvalid || Libc.bind(netlink.Descriptor, (byte*)&groups, (uint)sizeof(SockaddrNl)) != 0
            ? Libc.LastError
            : Errno.None;
    }

    /// <summary>
    /// Waits until something has changed. What, is not told: a message that was cut off, or lost (ENOBUFS), is as good.
    /// </summary>
    /// <param name="milliseconds">How long to wait; -1 for ever.</param>
    /// <param name="changed">Whether something changed; false where the time is over.</param>
    public Errno Wait(int milliseconds, out bool changed)
    {
        var readable = new Pollfd { Fd = netlink.Descriptor, Events = Libc.POLLIN };
        byte* message = stackalloc byte[MessageSize];
        int ready = Libc.poll(&readable, 1, milliseconds);
        changed = ready != 0;
        return (ready < 0 || (ready > 0 && Libc.read(netlink.Descriptor, message, MessageSize) < 0))
            && Libc.LastError is var error and not (Errno.ENOBUFS or Errno.EINTR)
                ? error
                : Errno.None;
    }

    public void Dispose() => netlink.Dispose();
}
