using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Proc;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// Sends datagrams for the program, on the duplicate of its socket, without waiting: where there is no room the call waits
/// for it with the message that was judged, and that is sent then.
/// </summary>
internal sealed unsafe class DuplicateSender(HandlerContext context)
{
    private readonly PayloadReader payloads = new(context);

    /// <summary>Sends a datagram with a PKTINFO: by the plan's interface, from its source.</summary>
    public Outcome Steered(ref SocketCall socket, in Plan plan, ref OutgoingDatagram datagram)
    {
        ref readonly Verdict verdict = ref plan.Verdict;
        IpFamily family = verdict.Destination.Address.Family;
        int length = ControlMessages.Steer(datagram.Control, datagram.Layout, context.Scratch.Steered, family, plan.Index, plan.Source);
        if (length < 0)
        {
            return Response.Fail(Errno.EINVAL);
        }

        bool needsDevice = family == IpFamily.IPv6 && verdict.Kind == VerdictKind.Bind && socket.Policy.Options.IsStrict && socket.Policy.Routes.TakesSocketsElsewhere;
        Outcome outcome = needsDevice ? SendByDevice(ref socket, verdict, plan.Index, ref datagram, context.Scratch.Steered[..length])
            : Send(ref socket, ref datagram, context.Scratch.Steered[..length]);
        if (outcome.Response.Error != Errno.ENODEV)
        {
            return outcome;
        }

        // The interface went between the look-up and the send.
        context.Index.Forget();
        return verdict.Kind == VerdictKind.Bind ? socket.Refused(Destinations.Missing(verdict)) : Response.Fail(Errno.ENETUNREACH);
    }

    /// <summary>
    /// Lets the kernel refuse control messages that are not valid, by a header that has no length (EINVAL), so
    /// that the errors that it looks for first come first.
    /// </summary>
    public Outcome Invalid(ref SocketCall socket, ref OutgoingDatagram datagram)
    {
        Span<byte> header = context.Scratch.Steered[..AbiLayout.Bits64.CmsghdrLength];
        header.Clear();
        return Send(ref socket, ref datagram, header);
    }

    /// <summary>Sends a datagram as the program passed it.</summary>
    public Outcome AsIs(ref SocketCall socket, ref OutgoingDatagram datagram)
    {
        if (datagram.Layout == AbiLayout.Bits64)
        {
            return Send(ref socket, ref datagram, datagram.Control);
        }

        int length = ControlMessages.Copy(datagram.Control, datagram.Layout, context.Scratch.Steered);
        return length < 0 ? Invalid(ref socket, ref datagram) : Send(ref socket, ref datagram, context.Scratch.Steered[..length]);
    }

    /// <summary>Sends a datagram that had to wait, as it was judged.</summary>
    public Outcome Held(ref SocketCall socket, HeldMessage held)
    {
        fixed (byte* payload = held.Payload)
        {
            var datagram = new OutgoingDatagram
            {
                Address = held.Address,
                Control = held.Control,
                Flags = held.Flags,
                Payload = new iovec { iov_base = held.Payload is null ? Scratch.Nowhere : payload, iov_len = (size_t)held.Length },
                HasPayload = true,
            };
            if (held.Device == 0)
            {
                return Send(ref socket, ref datagram, held.Control, held);
            }

            lock (context.Connecting)
            {
                return InterfaceBinder.BoundIndex(socket.Duplicate) == held.Device
                    ? Send(ref socket, ref datagram, held.Control, held, held.Device)
                    : Response.Fail(Errno.ENETUNREACH);
            }
        }
    }

    /// <summary>
    /// Strict mode: in IPv6 the device alone keeps a datagram on its way. Another thread may have connected the socket to an excluded
    /// destination since the datagram was judged, or have had it bound elsewhere for another one.
    /// </summary>
    private Outcome SendByDevice(ref SocketCall socket, in Verdict verdict, uint device, ref OutgoingDatagram datagram, ReadOnlySpan<byte> control)
    {
        // Before: nobody waits for the program's memory while others connect.
        if (payloads.Read(socket.Call, ref datagram) is Outcome ended)
        {
            return ended;
        }

        lock (context.Connecting)
        {
            socket.BindingChanged();
            if (socket.BoundIndex != device)
            {
                if (socket.Duplicate.IsConnected())
                {
                    return socket.Refused(SocketPlan.RefuseBesideExcluded(verdict));
                }

                if (!context.Steps.TryBindDevice(ref socket, verdict, out Verdict refusal))
                {
                    return socket.Refused(refusal);
                }
            }

            return Send(ref socket, ref datagram, control, device: device);
        }
    }

    private Outcome Send(ref SocketCall socket, ref OutgoingDatagram datagram, ReadOnlySpan<byte> control, HeldMessage? held = null, uint device = 0)
    {
        if (DatagramPlan.PinsPages(datagram.Flags, ref socket))
        {
            return Response.Fail(Errno.ENOBUFS);
        }

        // Before the payload is read, since whether the caller still waits is asked after that.
        bool isLent = ControlMessages.MayNeedPrivilege(control) && Capabilities.LendNone(socket.Call.Tid);
        try
        {
            if (payloads.Read(socket.Call, ref datagram) is Outcome ended)
            {
                return ended;
            }

            Errno error = socket.Duplicate.Send(datagram.Address, control, datagram.Payload, datagram.Flags, out nint sent);
            return error == Errno.None ? Response.Result(sent)
                : error == Errno.EAGAIN && (datagram.Flags & LibC.MSG_DONTWAIT) == 0 && !socket.Duplicate.IsNonBlocking
                    ? context.Wait(socket.Call, LibC.POLLOUT, held ?? Hold(datagram, control) with { Device = device })
                : Response.Fail(error);
        }
        finally
        {
            if (isLent)
            {
                Capabilities.Restore();
            }
        }
    }

    private static HeldMessage Hold(in OutgoingDatagram datagram, ReadOnlySpan<byte> control)
    {
        iovec payload = datagram.Payload;
        byte[]? bytes = payload.iov_base == Scratch.Nowhere ? null : new ReadOnlySpan<byte>(payload.iov_base, (int)payload.iov_len).ToArray();
        return new(datagram.Address.ToArray(), control.ToArray(), bytes, (int)payload.iov_len, datagram.Flags);
    }
}
