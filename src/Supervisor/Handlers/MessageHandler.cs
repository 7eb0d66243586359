using BindToInterface.Policy;
using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Target;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// One message of sendmsg(2) or sendmmsg(2). Most of them are on connected and on Unix sockets, and go on after one look
/// at the header, or at the control messages: such a call costs a read and no look at the socket.
/// </summary>
internal sealed unsafe class MessageHandler(HandlerContext context, MessageSender own)
{
    private readonly Scratch scratch = context.Scratch;
    private readonly DatagramSender sender = new(context);
    private readonly StreamSender streams = new(context, own);
    private readonly PayloadReader payloads = new(context);
    private readonly ServiceMessageRelay relay = new(context);

    /// <summary>sendmsg(fd, msg, flags).</summary>
    public Outcome Handle(in Notification call)
    {
        if (context.TakeHeld() is HeldMessage held)
        {
            return sender.SendHeld(call, held);
        }

        Errno error = ReadHeader(call, call.Word(1), out Msghdr header);
        bool readsName = error == Errno.None && !header.HasControl;
        bool concernsUs = true;
        if (error == Errno.None)
        {
            error = ReadNames(call, header, out concernsUs);
            concernsUs |= error != Errno.None;
            if (!concernsUs && !context.Policy.Options.IsStrict)
            {
                return SendElsewhere(call, header);
            }
        }

        Unread unread = readsName ? new(error, header.Name, header.KernelNameLength) : new(error);
        Outcome? ended = context.Open(call, unread, out SocketCall socket);
        using (socket.Duplicate)
        {
            return ended is Outcome outcome ? outcome
                : !socket.IsIp ? SendNotIp(ref socket, header, concernsUs, error)
                : context.Target.IsCaller(call) ? Send(ref socket, header, call.Int(2), mayGoOn: !socket.Policy.Options.IsStrict)
                : Response.Nobody;
        }
    }

    /// <summary>Reads a struct msghdr.</summary>
    public static Errno ReadHeader(in Notification call, ulong address, out Msghdr header)
    {
        Span<byte> bytes = stackalloc byte[AbiLayout.Bits64.MsghdrLength];
        bytes = bytes[..call.Layout.MsghdrLength];
        Errno error = TargetMemory.Read(call, address, bytes);
        header = error == Errno.None ? Msghdr.Read(bytes, call.Layout) : default;
        return error;
    }

    /// <summary>
    /// Reads sockaddr and control messages into the scratch memory, and says whether they could lead an IP
    /// packet anywhere.
    /// </summary>
    public Errno ReadNames(in Notification call, in Msghdr header, out bool concernsUs)
    {
        concernsUs = false;
        if (header.HasName)
        {
            var name = new Span<byte>(scratch.Address, header.KernelNameLength);
            Errno error = header.NameLength < 0 ? Errno.None : TargetMemory.Read(call, header.Name, name);
            if (error != Errno.None)
            {
                return error;
            }

            concernsUs = header.NameLength < 0 || Sockaddr.MayLeadOut(name);
        }

        if (!header.HasControl || header.ControlLength > Scratch.ControlLength)
        {
            concernsUs |= header.HasControl;
            return Errno.None;
        }

        var control = new Span<byte>(scratch.Control, (int)header.ControlLength);
        Errno unread = TargetMemory.Read(call, header.Control, control);
        concernsUs |= unread == Errno.None && ControlMessages.MayNameWay(control, call.Layout);
        return unread;
    }

    /// <summary>Judges a message whose names are in the scratch memory, and sends it or lets the kernel do so.</summary>
    /// <param name="socket">The call.</param>
    /// <param name="header">The message.</param>
    /// <param name="flags">The MSG_ flags of the call.</param>
    /// <param name="mayGoOn">Whether the kernel may carry the call out; false for one message of several.</param>
    public Outcome Send(ref SocketCall socket, in Msghdr header, int flags, bool mayGoOn = true)
    {
        Errno error = TryOutline(ref socket, header, flags, out OutgoingDatagram datagram);
        return error != Errno.None ? Response.Fail(error)
            : !socket.IsIp ? own.Send(ref socket, datagram)
            : SocketTypes.SendsDatagrams(socket.Type) ? sender.Send(ref socket, ref datagram, mayGoOn)
            : streams.Send(ref socket, datagram);
    }

    /// <summary>Sends a message of a vector that had to wait for room.</summary>
    public Outcome SendHeld(ref SocketCall socket, HeldMessage held) => sender.SendHeld(ref socket, held);

    /// <summary>Whether the kernel may carry out a datagram whose names are in the scratch memory, and by which plan.</summary>
    public bool IsKernels(ref SocketCall socket, in Msghdr header, int flags, out Plan plan)
    {
        plan = default;
        return TryOutline(ref socket, header, flags, out OutgoingDatagram datagram) == Errno.None
            && DatagramSender.IsKernels(ref socket, datagram, out plan);
    }

    /// <summary>Puts together what is in the scratch memory; finds what the kernel refuses before it asks the socket.</summary>
    private Errno TryOutline(scoped ref SocketCall socket, scoped in Msghdr header, int flags, out OutgoingDatagram datagram)
    {
        datagram = default;
        if (header.NameLength < 0 && header.Name != 0)
        {
            return Errno.EINVAL;
        }

        if (header.ControlLength > Scratch.ControlLength)
        {
            return Errno.ENOBUFS;
        }

        AbiLayout layout = socket.Call.Layout;
        var address = new Span<byte>(scratch.Address, header.KernelNameLength);
        Span<byte> control = header.HasControl ? new Span<byte>(scratch.Control, (int)header.ControlLength) : default;
        if (layout == AbiLayout.Bits32 && socket.IsIp && SocketTypes.SendsDatagrams(socket.Type) && ControlMessages.Copy(control, layout, scratch.Steered) < 0)
        {
            // A 32-bit buffer is translated before anything else is looked at.
            return Errno.EINVAL;
        }

        datagram = new OutgoingDatagram
        {
            Address = header.HasName && socket.IsIp && SendHandler.IsConnectedSend(ref socket, address) ? default : address,
            AddressInTarget = header.Name,
            Control = control,
            Layout = layout,
            Flags = layout == AbiLayout.Bits32 ? flags & ~Native.MSG_CMSG_COMPAT : flags,
            Message = header,
        };
        return Errno.None;
    }

    /// <summary>A socket that sends no IP packets: the kernel sends, or the supervisor where another thread could change the socket.</summary>
    private Outcome SendNotIp(ref SocketCall socket, in Msghdr header, bool concernsUs, Errno error)
    {
        Outcome outcome = concernsUs ? HandlerContext.NotIp(socket) : SendElsewhere(socket.Call, header);
        return outcome.Response.Kind != ResponseKind.Continue || !own.IsNeeded(socket.Call) ? outcome
            : error != Errno.None ? context.CannotRead(socket.Call, error)
            : Send(ref socket, header, socket.Call.Int(2));
    }

    private Outcome SendElsewhere(in Notification call, in Msghdr header) =>
        ServiceMessageRelay.IsFor(new(scratch.Address, header.KernelNameLength)) ? Relay(call, header) : Response.Continue;

    private Outcome Relay(in Notification call, in Msghdr header)
    {
        var control = new Span<byte>(scratch.Control, (int)Math.Min(header.ControlLength, Scratch.ControlLength));
        var message = new OutgoingDatagram { Message = header };
        return TargetMemory.Read(call, header.Control, control) == Errno.None
            && payloads.Read(call, ref message) is null && message.Payload.iov_base != Scratch.Nowhere
                ? relay.Send(call, new(message.Payload.iov_base, (int)message.Payload.iov_len), control, call.Int(2))
                : Response.Continue;
    }
}
