using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Notify;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// Sends a datagram for the program, on the duplicate of its socket, to the address that was judged. Each is
/// steered by itself with a PKTINFO control message, so that one socket can talk to excluded and to other
/// destinations, from many threads, and keeps receiving on all interfaces.
/// </summary>
internal sealed unsafe class DatagramSender(HandlerContext context)
{
    private readonly DestinationJudge judge = context.Judge;
    private readonly DecisionLog log = context.Log;

    /// <summary>Judges and sends one datagram.</summary>
    /// <param name="call">The call.</param>
    /// <param name="socket">The duplicate of the socket.</param>
    /// <param name="name">Its family and local address.</param>
    /// <param name="type">Its SO_TYPE.</param>
    /// <param name="datagram">The datagram.</param>
    public Answer Send(
        in TrappedCall call, in DuplicatedSocket socket, in SocketName name, int type, ref OutgoingDatagram datagram)
    {
        Verdict verdict;
        Errno error;
        if (datagram.Address.IsEmpty)
        {
            if (!ControlMessages.MayNameWay(datagram.Control, datagram.Layout))
            {
                // To whom it is connected, which was judged when it was; or to nobody, which is EDESTADDRREQ.
                return SendAsIs(call, socket, ref datagram);
            }

            if (!socket.IsConnected())
            {
                // EDESTADDRREQ; and where another thread has connected it by now, its way of its own is not taken.
                return SendInvalid(call, socket, ref datagram);
            }

            error = judge.JudgePeer(call, socket, name, out verdict);
        }
        else
        {
            IpFamily? unspecified = name.Family == IpFamily.IPv4 ? IpFamily.IPv4
                : type == Libc.SOCK_RAW ? IpFamily.IPv6
                : null;
            Sockaddr destination = Sockaddr.Parse(datagram.Address, unspecified);
            if (!destination.IsIp || (name.Family == IpFamily.IPv4 && destination.Kind != SockaddrKind.IPv4))
            {
                // Not of one family, or too short: the kernel refuses these very bytes.
                return SendAsIs(call, socket, ref datagram);
            }

            error = judge.Judge(call, socket, name, destination, out verdict);
            if (error == Errno.None && verdict.Kind == VerdictKind.Bind && type == Libc.SOCK_RAW && destination.Kind == SockaddrKind.Mapped)
            {
                return SendMappedAsIPv6(call, socket, verdict, ref datagram);
            }

            if (error == Errno.None && verdict.Kind == VerdictKind.Exclude && type == Libc.SOCK_RAW
                && HeaderDestination(socket, name.Family!.Value, datagram.Payload) is IpAddress inHeader)
            {
                // The program wrote the header itself: the packet goes where that says, whatever was named.
                error = judge.JudgePeer(call, socket, name, new Endpoint(inHeader, 0), out verdict);
            }

            if (error == Errno.None && verdict.Rewritten)
            {
                Rewrite(call, socket, destination, verdict, ref datagram);
            }
        }

        if (error != Errno.None)
        {
            return Answer.Fail(error);
        }

        return verdict.Kind switch
        {
            VerdictKind.Bind => SendBound(call, socket, name, verdict, ref datagram),
            VerdictKind.Exclude => SendExcluded(call, socket, name, verdict, ref datagram),
            _ => SendPassed(call, socket, name, verdict, ref datagram),
        };
    }

    /// <summary>
    /// Whether a send with MSG_ZEROCOPY would have the kernel use the program's own pages, and read anew what was
    /// judged. A program that asks for it expects ENOBUFS, and sends without (Documentation/networking/msg_zerocopy.rst).
    /// Without SO_ZEROCOPY the flag means nothing, nor does it on raw sockets.
    /// </summary>
    public static bool PinsPages(in DuplicatedSocket socket, int type, int flags) =>
        (flags & Libc.MSG_ZEROCOPY) != 0 && type == Libc.SOCK_DGRAM && socket.GetOption(Libc.SOL_SOCKET, Libc.SO_ZEROCOPY) == 1;

    private Answer SendBound(
        in TrappedCall call, in DuplicatedSocket socket, in SocketName name, in Verdict verdict, ref OutgoingDatagram datagram)
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
            return unbound == Errno.None ? SendInvalid(call, socket, ref datagram) : Answer.Fail(unbound);
        }

        IpAddress? source = named;
        if (error == Errno.None && named is null)
        {
            error = ChooseSource(call, socket, name, verdict, out source);
        }

        if (error == Errno.None && family == IpFamily.IPv6 && (source is not null || name.HasSource || IgnoresPktinfo(socket)))
        {
            if (name.HasSource && socket.TryGetPeer(out Sockaddr peer) && judge.Policy.JudgeEndpoint(peer.Endpoint).Kind == VerdictKind.Exclude)
            {
                return Answer.Fail(log.RefusedLoudly(
                    call, socket, verdict.Destination, Errno.ENETUNREACH,
                    "the socket is connected to an excluded destination, which it would no longer reach; a second socket could send this"));
            }

            // With a source address, IPv6 takes the interface of a PKTINFO as a wish: where it has no route,
            // another's is used (ip6_route_output_flags). The socket's own device is an order.
            error = context.Steps.BindDevice(call, socket, verdict);
        }

        return error != Errno.None
            ? Answer.Fail(error)
            : SendSteered(call, socket, verdict, ref datagram, index, source);
    }

    /// <summary>
    /// Other sockets send IPv4 to a mapped address; a raw one sends IPv6, and takes a PKTINFO of IPv6 alone. It is bound
    /// to the device, and may not name a way by itself.
    /// </summary>
    private Answer SendMappedAsIPv6(in TrappedCall call, in DuplicatedSocket socket, in Verdict verdict, ref OutgoingDatagram datagram)
    {
        Errno error = context.Steps.BindDevice(call, socket, verdict);
        if (error != Errno.None)
        {
            return Answer.Fail(error);
        }

        if (ControlMessages.MayNameWay(datagram.Control, datagram.Layout))
        {
            return SendInvalid(call, socket, ref datagram);
        }

        log.Decided(call, socket, verdict);
        return SendAsIs(call, socket, ref datagram);
    }

    /// <summary>
    /// The destination in the header of a raw socket's payload, where the program writes that itself
    /// (IP_HDRINCL, IPV6_HDRINCL).
    /// </summary>
    private static IpAddress? HeaderDestination(in DuplicatedSocket socket, IpFamily family, in Iovec payload)
    {
        var (offset, length) = family == IpFamily.IPv4 ? (16, 20) : (24, 40);
        if ((int)payload.Len < length || payload.Base == Scratch.Nowhere || !socket.WritesHeaders(family))
        {
            return null;
        }

        var destination = new ReadOnlySpan<byte>((byte*)payload.Base + offset, length - offset);
        return family == IpFamily.IPv4 ? IpAddress.FromInAddr(destination) : IpAddress.FromIn6Addr(destination);
    }

    /// <summary>ICMPv6 datagram sockets read no control messages before Linux 5.18.</summary>
    private static bool IgnoresPktinfo(in DuplicatedSocket socket) =>
        socket.GetOption(Libc.SOL_SOCKET, Libc.SO_PROTOCOL) == Libc.IPPROTO_ICMPV6;

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
            return refused == Errno.EINVAL ? SendInvalid(call, socket, ref datagram) : Answer.Fail(refused);
        }

        if (InterfaceBinder.BoundIndex(socket) == 0)
        {
            log.Decided(call, socket, verdict);
            return SendAsIs(call, socket, ref datagram);
        }

        if (verdict.Destination.Address.Family == IpFamily.IPv6)
        {
            Errno error = context.Steps.Free(call, socket, verdict, takesPeersPlace: false);
            if (error != Errno.None)
            {
                return Answer.Fail(error);
            }

            log.Decided(call, socket, verdict);
            return SendAsIs(call, socket, ref datagram);
        }

        uint index = context.Binder.RouteIndex(verdict.Destination, out IpAddress source);
        return index == 0
            ? Answer.Fail(log.Refused(call, socket, verdict.Destination, Errno.ENETUNREACH, "no route"))
            : SendSteered(call, socket, verdict, ref datagram, index, name.HasSource ? source : null);
    }

    private Answer SendPassed(
        in TrappedCall call, in DuplicatedSocket socket, in SocketName name, in Verdict verdict, ref OutgoingDatagram datagram)
    {
        if (verdict.Source is IpAddress source && !name.HasSource)
        {
            return SendSteered(call, socket, verdict, ref datagram, 0, source);
        }

        log.Decided(call, socket, verdict);
        return SendAsIs(call, socket, ref datagram);
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
        if (context.Binder.Addresses.Contains(interfaceName, name.Local.Address))
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
        _ = TargetMemory.Write(call, datagram.AddressInTarget, datagram.Address);
    }

    private Answer SendSteered(
        in TrappedCall call, in DuplicatedSocket socket, in Verdict verdict, ref OutgoingDatagram datagram, uint index, IpAddress? source)
    {
        IpFamily family = verdict.Destination.Address.Family;
        int length = ControlMessages.Steer(datagram.Control, datagram.Layout, context.Scratch.Steered, family, index, source);
        if (length < 0)
        {
            return Answer.Fail(Errno.EINVAL);
        }

        log.Decided(call, socket, verdict);
        Answer answer = Send(call, socket, ref datagram, context.Scratch.Steered[..length]);
        // The interface went between the look-up and the send.
        return answer.Error == Errno.ENODEV ? Answer.Fail(Errno.ENETUNREACH) : answer;
    }

    /// <summary>
    /// Lets the kernel refuse control messages that are not valid, by a header that has no length (EINVAL), so
    /// that the errors that it looks for first come first.
    /// </summary>
    private Answer SendInvalid(in TrappedCall call, in DuplicatedSocket socket, ref OutgoingDatagram datagram)
    {
        Span<byte> header = context.Scratch.Steered[..AbiLayout.Bits64.CmsghdrLength];
        header.Clear();
        return Send(call, socket, ref datagram, header);
    }

    private Answer SendAsIs(in TrappedCall call, in DuplicatedSocket socket, ref OutgoingDatagram datagram)
    {
        if (datagram.Layout == AbiLayout.Bits64)
        {
            return Send(call, socket, ref datagram, datagram.Control);
        }

        int length = ControlMessages.Copy(datagram.Control, datagram.Layout, context.Scratch.Steered);
        return length < 0 ? SendInvalid(call, socket, ref datagram) : Send(call, socket, ref datagram, context.Scratch.Steered[..length]);
    }

    private Answer Send(in TrappedCall call, in DuplicatedSocket socket, ref OutgoingDatagram datagram, ReadOnlySpan<byte> control)
    {
        fixed (byte* address = datagram.Address, messages = control)
        fixed (Iovec* payload = &datagram.Payload)
        {
            var message = new MsghdrNative
            {
                Name = address,
                NameLength = (uint)datagram.Address.Length,
                Iov = payload,
                IovLength = 1,
                Control = messages,
                ControlLength = (nuint)control.Length,
            };
            while (true)
            {
                bool lent = ControlMessages.MayNeedPrivilege(control) && Capabilities.LendNone(call.Tid);
                nint sent = Libc.sendmsg(socket.Descriptor, &message, (datagram.Flags & ~Libc.MSG_ZEROCOPY) | Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL);
                Errno error = sent >= 0 ? Errno.None : Libc.LastError;
                if (lent)
                {
                    Capabilities.Restore();
                }

                if (error == Errno.None)
                {
                    return Answer.Result(sent);
                }

                if (error != Errno.EAGAIN || (datagram.Flags & Libc.MSG_DONTWAIT) != 0 || socket.IsNonBlocking)
                {
                    return Answer.Fail(error);
                }

                if (!context.MayBlock)
                {
                    return Answer.Block;
                }

                Answer? ended = context.Wait(call, socket, Libc.POLLOUT, Libc.SO_SNDTIMEO);
                if (ended is Answer answer)
                {
                    return answer;
                }
            }
        }
    }
}
