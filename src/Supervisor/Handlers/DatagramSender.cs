using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Notify;
using BindToInterface.Supervisor.Sockets;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// Datagrams. A client's socket, under a policy that sends nothing elsewhere, is bound to the device, and the kernel carries
/// the call out: with its own waits, and with what it learns of the path (MTU). The others the supervisor sends, on the
/// duplicate of the socket, to the address that was judged: each is steered by itself with a PKTINFO control message, so
/// that one socket can talk to excluded and to other destinations, from many threads, and a server hears on all interfaces.
/// </summary>
internal sealed unsafe class DatagramSender(HandlerContext context)
{
    private readonly DestinationJudge judge = context.Judge;
    private readonly PayloadReader payloads = new(context);
    private readonly DuplicateSender own = new(context);
    private readonly DecisionLog log = context.Log;

    /// <summary>Judges one datagram, and sends it or lets the kernel do so.</summary>
    /// <param name="call">The call.</param>
    /// <param name="socket">The duplicate of the socket.</param>
    /// <param name="name">Its family and local address.</param>
    /// <param name="type">Its SO_TYPE.</param>
    /// <param name="datagram">The datagram.</param>
    /// <param name="carrier">Who may carry it out; where the kernel only and it may not, the answer is any but Continue.</param>
    public Answer Send(
        in TrappedCall call, in DuplicatedSocket socket, in SocketName name, int type, ref OutgoingDatagram datagram, Carrier carrier)
    {
        Verdict verdict;
        Errno error;
        if (datagram.Address.IsEmpty)
        {
            if (!ControlMessages.MayNameWay(datagram.Control, datagram.Layout))
            {
                // To whom it is connected, which was judged when it was; or to nobody, which is EDESTADDRREQ.
                return carrier == Carrier.Supervisor ? own.AsIs(call, socket, ref datagram) : Answer.Continue;
            }

            if (!socket.IsConnected())
            {
                // EDESTADDRREQ; and where another thread has connected it by now, its way of its own is not taken.
                return own.Invalid(call, socket, ref datagram);
            }

            error = judge.JudgePeer(call, socket, name, out verdict);
        }
        else
        {
            IpFamily? unspecified = name.Family == IpFamily.IPv4 ? IpFamily.IPv4
                : type == Linux.SOCK_RAW ? IpFamily.IPv6
                : null;
            Sockaddr destination = Sockaddr.Parse(datagram.Address, unspecified);
            if (!destination.IsIp || (name.Family == IpFamily.IPv4 && destination.Kind != SockaddrKind.IPv4))
            {
                // Not of one family, or too short: the kernel refuses these very bytes.
                return carrier == Carrier.Kernel ? Answer.Block : own.AsIs(call, socket, ref datagram);
            }

            error = judge.Judge(call, socket, name, destination, out verdict);
            if (error == Errno.None && verdict.Kind == VerdictKind.Bind && type == Linux.SOCK_RAW && destination.Kind == SockaddrKind.Mapped)
            {
                return SendMappedAsIPv6(call, socket, verdict, ref datagram, carrier);
            }

            if (error == Errno.None && verdict.Kind == VerdictKind.Exclude && type == Linux.SOCK_RAW && socket.WritesHeaders(name.Family!.Value))
            {
                if (payloads.Read(call, ref datagram) is Answer ended)
                {
                    return ended;
                }

                if (HeaderDestination(name.Family!.Value, datagram.Payload) is IpAddress inHeader)
                {
                    // The program wrote the header itself: the packet goes where that says, whatever was named.
                    error = judge.JudgePeer(call, socket, name, new Endpoint(inHeader, 0), out verdict);
                }
            }

            if (error == Errno.None && verdict.Rewritten && carrier != Carrier.Kernel)
            {
                Rewrite(call, socket, destination, verdict, ref datagram);
            }
        }

        return error != Errno.None ? Answer.Fail(error) : verdict.Kind switch
        {
            VerdictKind.Bind => SendBound(call, socket, name, verdict, ref datagram, carrier),
            _ when carrier == Carrier.Kernel && (verdict.Kind != VerdictKind.Pass || verdict.Source is not null) => Answer.Block,
            VerdictKind.Exclude => SendExcluded(call, socket, name, verdict, ref datagram),
            _ => SendPassed(call, socket, name, verdict, ref datagram, carrier),
        };
    }

    private Answer SendBound(
        in TrappedCall call, in DuplicatedSocket socket, in SocketName name, in Verdict verdict, ref OutgoingDatagram datagram, Carrier carrier)
    {
        string interfaceName = verdict.Interface!;
        uint index = context.Binder.IndexOf(interfaceName);
        if (index == 0)
        {
            return Answer.Fail(log.InterfaceMissing(call, socket, verdict.Destination, interfaceName));
        }

        log.InterfaceFound(interfaceName);
        IpFamily family = verdict.Destination.Address.Family;
        Errno error = judge.CheckControl(call, socket, name, verdict, datagram.Control, out IpAddress? named);
        if (error == Errno.EINVAL)
        {
            Errno unbound = context.Steps.BindDevice(call, socket, verdict);
            return unbound == Errno.None ? own.Invalid(call, socket, ref datagram) : Answer.Fail(unbound);
        }

        IpAddress? source = named;
        if (error == Errno.None && named is null)
        {
            error = ChooseSource(call, socket, name, verdict, out source);
        }

        bool bindsDevice = family == IpFamily.IPv6 && (source is not null || name.HasSource || IgnoresPktinfo(socket));
        if (error == Errno.None && bindsDevice)
        {
            if (name.HasSource && socket.TryGetPeer(out Sockaddr peer) && judge.Policy.JudgeEndpoint(peer.Endpoint).Kind == VerdictKind.Exclude)
            {
                return Answer.Fail(log.RefusedLoudly(
                    call, socket, verdict.Destination, Errno.ENETUNREACH,
                    "this socket is connected to an excluded destination, and would lose it; the program needs a second socket for this one"));
            }

            // With a source address, IPv6 takes the interface of a PKTINFO as a wish: where it has no route,
            // another's is used (ip6_route_output_flags). The socket's own device is an order.
            error = context.Steps.BindDevice(call, socket, verdict);
        }

        if (error != Errno.None)
        {
            return Answer.Fail(error);
        }

        // Also where it is steered, for its source: what the kernel learns of the path is then the device's.
        bool isBoundClient = !datagram.Address.IsEmpty && !judge.Policy.MayMix(name.Family!.Value, family)
            && IsBoundClient(call, socket, name, verdict, index, bindsDevice);
        if (carrier != Carrier.Supervisor && isBoundClient && MayGoOn(name, verdict, source, datagram))
        {
            log.Decided(call, socket, verdict);
            return Answer.Continue;
        }

        return carrier == Carrier.Kernel ? Answer.Block : own.Steered(call, socket, verdict, ref datagram, index, source);
    }

    /// <summary>
    /// Whether the kernel may send a datagram of a bound client as the program passed it: it goes where the program said, from
    /// the socket's own address or the interface's. What the program's memory says by then leads nowhere else.
    /// </summary>
    private static bool MayGoOn(in SocketName name, in Verdict verdict, IpAddress? source, in OutgoingDatagram datagram) =>
        !verdict.Rewritten
            && (source is null || (name.HasSource && source == name.Local.Address))
            && !ControlMessages.MayNameWay(datagram.Control, datagram.Layout);

    /// <summary>
    /// Binds the socket of a client to the device: one that has no port yet, or one that the kernel chose, or that was bound here
    /// before. One with a port of the program's choice is a server's: it is to hear on all interfaces, and stays unbound.
    /// </summary>
    private bool IsBoundClient(
        in TrappedCall call, in DuplicatedSocket socket, in SocketName name, in Verdict verdict, uint index, bool isBound)
    {
        if (isBound)
        {
            return true;
        }

        if (name.Local.Port != 0)
        {
            uint bound = InterfaceBinder.BoundIndex(socket);
            if (bound == index || (bound == 0 && !context.Binder.Ports.IsKernels(socket, name)))
            {
                return bound == index;
            }
            // Else the kernel chose its port, or it was bound to an interface that has been made anew since.
        }

        return context.Steps.BindDevice(call, socket, verdict) == Errno.None;
    }

    /// <summary>
    /// Other sockets send IPv4 to a mapped address; a raw one sends IPv6, and takes a PKTINFO of IPv6 alone. It is bound
    /// to the device, and may not name a way by itself.
    /// </summary>
    private Answer SendMappedAsIPv6(in TrappedCall call, in DuplicatedSocket socket, in Verdict verdict, ref OutgoingDatagram datagram, Carrier carrier)
    {
        Errno error = context.Steps.BindDevice(call, socket, verdict);
        if (error != Errno.None)
        {
            return Answer.Fail(error);
        }

        if (ControlMessages.MayNameWay(datagram.Control, datagram.Layout))
        {
            return carrier == Carrier.Kernel ? Answer.Block : own.Invalid(call, socket, ref datagram);
        }

        log.Decided(call, socket, verdict);
        return carrier == Carrier.Supervisor ? own.AsIs(call, socket, ref datagram) : Answer.Continue;
    }

    /// <summary>The destination in the header of a raw socket's payload, which the program writes itself (IP_HDRINCL, IPV6_HDRINCL).</summary>
    private static IpAddress? HeaderDestination(IpFamily family, in iovec payload)
    {
        var (offset, length) = family == IpFamily.IPv4 ? (16, 20) : (24, 40);
        if ((int)payload.iov_len < length || payload.iov_base == Scratch.Nowhere)
        {
            return null;
        }

        var destination = new ReadOnlySpan<byte>((byte*)payload.iov_base + offset, length - offset);
        return family == IpFamily.IPv4 ? IpAddress.FromInAddr(destination) : IpAddress.FromIn6Addr(destination);
    }

    /// <summary>ICMPv6 datagram sockets read no control messages before Linux 5.18.</summary>
    private static bool IgnoresPktinfo(in DuplicatedSocket socket) =>
        socket.GetOption(Linux.SOL_SOCKET, LibC.SO_PROTOCOL) == Linux.IPPROTO_ICMPV6;

    /// <summary>
    /// An excluded destination has the normal routes. On a socket that an earlier connect bound, PKTINFO names
    /// the interface of those, which IPv4 lets override the device; IPv6 does not.
    /// </summary>
    private Answer SendExcluded(
        in TrappedCall call, in DuplicatedSocket socket, in SocketName name, in Verdict verdict, ref OutgoingDatagram datagram)
    {
        Errno refused = judge.CheckControl(call, socket, name, verdict, datagram.Control, out _);
        if (refused != Errno.None)
        {
            return refused == Errno.EINVAL ? own.Invalid(call, socket, ref datagram) : Answer.Fail(refused);
        }

        if (InterfaceBinder.BoundIndex(socket) == 0)
        {
            log.Decided(call, socket, verdict);
            return own.AsIs(call, socket, ref datagram);
        }

        if (verdict.Destination.Address.Family == IpFamily.IPv6)
        {
            Errno error = context.Steps.Free(call, socket, verdict, takesPeersPlace: false);
            if (error != Errno.None)
            {
                return Answer.Fail(error);
            }

            log.Decided(call, socket, verdict);
            return own.AsIs(call, socket, ref datagram);
        }

        Errno routed = context.Binder.RouteOf(socket, verdict.Destination, out Route route);
        return routed != Errno.None
            ? Answer.Fail(log.Refused(call, socket, verdict.Destination, routed, "the destination is excluded, and the normal routes do not lead to it"))
            : own.Steered(call, socket, verdict, ref datagram, route.InterfaceIndex, name.HasSource ? route.Source : null);
    }

    private Answer SendPassed(
        in TrappedCall call, in DuplicatedSocket socket, in SocketName name, in Verdict verdict, ref OutgoingDatagram datagram, Carrier carrier)
    {
        if (verdict.Source is IpAddress source && !name.HasSource)
        {
            return own.Steered(call, socket, verdict, ref datagram, 0, source);
        }

        log.Decided(call, socket, verdict);
        return verdict.Rewritten || carrier == Carrier.Supervisor ? own.AsIs(call, socket, ref datagram) : Answer.Continue;
    }

    /// <summary>
    /// The source of a datagram that names none: the socket's own, if it is the interface's; the user's; else,
    /// on a socket whose source comes from being connected elsewhere, the interface's.
    /// </summary>
    private Errno ChooseSource(
        in TrappedCall call, in DuplicatedSocket socket, in SocketName name, in Verdict verdict, out IpAddress? source)
    {
        source = null;
        if (!name.HasSource)
        {
            source = verdict.Source;
            return Errno.None;
        }

        string interfaceName = verdict.Interface!;
        if (judge.IsOwn(verdict, name.Local.Address))
        {
            // An in_pktinfo without a source would let go of the one that the socket is bound to (ip_cmsg_send).
            source = name.Local.Address.Family == verdict.Destination.Address.Family ? name.Local.Address : null;
            return Errno.None;
        }

        source = verdict.Source ?? context.Binder.Addresses.First(interfaceName, verdict.Destination.Address.Family);
        return source is not null && socket.IsConnected()
            ? Errno.None
            : judge.CheckSource(call, socket, verdict, name.Local.Address);
    }

    private void Rewrite(
        in TrappedCall call, in DuplicatedSocket socket, in Sockaddr destination, in Verdict verdict, ref OutgoingDatagram datagram)
    {
        destination.TryRewrite(datagram.Address, verdict.Destination);
        context.Rewritten.Remember(socket, new(destination.Endpoint, verdict.Destination, datagram.AddressInTarget, datagram.Address.Length));
        // Where the page cannot be written the program sees the override only in the reply's source.
        _ = context.Write(call, datagram.AddressInTarget, datagram.Address);
    }
}
