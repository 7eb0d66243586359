using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>
/// Asks the kernel which route a packet would take (rtnetlink(7), RTM_GETROUTE): two system calls, and no
/// allocation after the first question. Safe to use from any thread: one question at a time. The kernel puts the
/// answer into the socket's queue before the question's send returns (netlink_rcv_skb), so that receiving never waits.
/// </summary>
internal sealed unsafe class RouteQuery : IDisposable
{
    /// <summary>An answer has about ten attributes. One with more next hops than fit is cut, and names no interface.</summary>
    private const int MaximumAnswer = 4096;

    /// <summary>How many datagrams are read at most, since answers to earlier questions may come first.</summary>
    private const int MaximumDatagrams = 16;

    private readonly Lock gate = new();
    private DescriptorHandle? socket;
    private uint sequence;

    /// <summary>Asks for the route to a destination.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="mark">SO_MARK of the socket.</param>
    /// <param name="tos">IP_TOS or IPV6_TCLASS of the socket.</param>
    /// <param name="route">The route. An address of this host is reached by the interface that has it.</param>
    /// <returns>None; ENETUNREACH and the like where no route leads there; another error where the kernel could not be asked.</returns>
    public Errno Ask(in Endpoint destination, uint mark, byte tos, out Route route)
    {
        lock (gate)
        {
            Errno error = Ask(destination, mark, tos, asStored: false, out route);
            if (error != Errno.None)
            {
                return error;
            }

            if (route.Type == RouteType.Local && destination.Address.Family == IpFamily.IPv6
                && Ask(destination, mark, tos, asStored: true, out Route stored) == Errno.None && stored.Leads)
            {
                // The first answer names the loopback interface. With it IPv4 delivers to this host. IPv6 has no route to the
                // address there. It needs the interface that has the address, which the routing table names.
                route = route with { InterfaceIndex = stored.InterfaceIndex };
            }

            return route.Leads ? Errno.None : Errno.ENETUNREACH;
        }
    }

    public void Dispose() => socket?.Dispose();

    private Errno Ask(in Endpoint destination, uint mark, byte tos, bool asStored, out Route route)
    {
        route = default;
        Errno error = Open();
        if (error != Errno.None)
        {
            return error;
        }

        byte* request = stackalloc byte[RouteMessages.MaximumRequest];
        int length = RouteMessages.WriteRequest(
            new Span<byte>(request, RouteMessages.MaximumRequest), ++sequence, destination, mark, tos, asStored);
        var piece = new iovec { iov_base = request, iov_len = (size_t)length };
        var message = new msghdr { msg_iov = &piece, msg_iovlen = 1 };
        do
        {
            error = LibC.sendmsg(socket!.Descriptor, &message, LibC.MSG_NOSIGNAL) >= 0 ? Errno.None : Native.LastError;
        }
        while (error == Errno.EINTR);
        return error == Errno.None ? Receive(out route) : error;
    }

    private Errno Receive(out Route route)
    {
        route = default;
        byte* answer = stackalloc byte[MaximumAnswer];
        SockaddrNl sender;
        for (int i = 0; i < MaximumDatagrams; i++)
        {
            uint length = (uint)sizeof(SockaddrNl);
            nint received = (nint)(long)LibC.recvfrom(socket!.Descriptor, answer, (size_t)MaximumAnswer, LibC.MSG_DONTWAIT, (sockaddr*)&sender, (socklen_t*)&length);
            if (received < 0 && Native.LastError is var error and not Errno.EINTR)
            {
                return error;
            }

            // Port 0 is the kernel.
            if (received >= 0 && sender.Port == 0
                && RouteMessages.TryRead(new ReadOnlySpan<byte>(answer, (int)received), sequence, out route, out Errno kernels))
            {
                return kernels;
            }
        }

        return Errno.EAGAIN;
    }

    private Errno Open()
    {
        if (socket is not null)
        {
            return Errno.None;
        }

        int descriptor = LibC.socket(Linux.AF_NETLINK, Linux.SOCK_RAW | Linux.SOCK_CLOEXEC, Native.NETLINK_ROUTE);
        if (descriptor < 0)
        {
            return Native.LastError;
        }

        socket = new DescriptorHandle(descriptor);
        return Errno.None;
    }
}
