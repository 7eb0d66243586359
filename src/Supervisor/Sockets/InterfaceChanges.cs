using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>Tells when interfaces of this network namespace, or their addresses, have changed (rtnetlink(7)).</summary>
internal sealed unsafe class InterfaceChanges : IDisposable
{
    private const int MessageSize = 8192;

    private readonly DescriptorHandle netlink =
        new(LibC.socket(Linux.AF_NETLINK, Linux.SOCK_RAW | Linux.SOCK_CLOEXEC, Native.NETLINK_ROUTE));

    /// <summary>What is readable when something has changed.</summary>
    public int Descriptor => netlink.Descriptor;

    /// <summary>Listens from now on.</summary>
    /// <param name="withRoutes">Whether to hear of routes as well.</param>
    public Errno Open(bool withRoutes = false)
    {
        var groups = new SockaddrNl
        {
            Family = Linux.AF_NETLINK,
            Groups = Native.RTMGRP_LINK | Native.RTMGRP_IPV4_IFADDR | Native.RTMGRP_IPV6_IFADDR
                | (withRoutes ? Native.RTMGRP_IPV4_ROUTE | Native.RTMGRP_IPV6_ROUTE : 0),
        };
        return netlink.IsInvalid || LibC.bind(netlink.Descriptor, (sockaddr*)&groups, (uint)sizeof(SockaddrNl)) != 0
            ? Native.LastError
            : Errno.None;
    }

    /// <summary>
    /// Waits until something has changed. What, is not told: a message that was cut off, or lost (ENOBUFS), is as good.
    /// </summary>
    /// <param name="milliseconds">How long to wait; -1 for ever.</param>
    /// <param name="changed">Whether something changed; false where the time is over.</param>
    public Errno Wait(int milliseconds, out bool changed)
    {
        var readable = new pollfd { fd = netlink.Descriptor, events = LibC.POLLIN };
        byte* message = stackalloc byte[MessageSize];
        int ready = Native.poll(&readable, 1, milliseconds);
        changed = ready != 0;
        return (ready < 0 || (ready > 0 && LibC.read(netlink.Descriptor, message, MessageSize) < 0))
            && Native.LastError is var error and not (Errno.ENOBUFS or Errno.EINTR)
                ? error
                : Errno.None;
    }

    /// <summary>Forgets what has been told so far, since it is looked up now.</summary>
    public void Drain()
    {
        byte* message = stackalloc byte[MessageSize];
        while ((long)LibC.recvfrom(netlink.Descriptor, message, MessageSize, LibC.MSG_DONTWAIT, null, null) >= 0 || Native.LastError is Errno.ENOBUFS or Errno.EINTR)
        {
        }
    }

    public void Dispose() => netlink.Dispose();
}
