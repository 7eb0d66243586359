using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Notify;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// One message of sendmsg(2) or sendmmsg(2). Most of them are on connected and on Unix sockets, and go on after one look
/// at the header, or at the control messages: such a call costs a read and no look at the socket.
/// </summary>
internal sealed unsafe class MessageHandler(HandlerContext context)
{
    private readonly Target target = context.Target;
    private readonly Scratch scratch = context.Scratch;
    private readonly DatagramSender sender = new(context);
    private readonly StreamSender streams = new(context);
    private readonly PayloadReader payloads = new(context);
    private readonly NotificationRelay relay = new(context);

    /// <summary>sendmsg(fd, msg, flags).</summary>
    public Answer Handle(in TrappedCall call)
    {
        Errno error = ReadHeader(call, call.Word(1), out Msghdr header);
        bool readsName = error == Errno.None;
        if (error == Errno.None)
        {
            error = ReadNames(call, header, out bool concernsUs);
            if (error == Errno.None && !concernsUs)
            {
                return NotificationRelay.IsFor(new(scratch.Address, header.KernelNameLength))
                    ? Relay(call, header)
                    : Answer.Continue;
            }
        }

        Answer? ended = Open(call, out DuplicatedSocket socket, out SocketName name);
        using (socket)
        {
            if (ended is Answer answer)
            {
                return answer;
            }

            if (error != Errno.None && name.Family is not null)
            {
                return readsName && !header.HasControl
                    ? context.CannotReadAddress(call, socket, name, header.Name, header.KernelNameLength, error)
                    : context.CannotRead(call, error);
            }

            return name.Family is null ? HandlerContext.NotIp(name)
                : target.IsWaiting(call) ? Send(call, socket, name, socket.Type, header, call.Int(2), Carrier.Either)
                : Answer.Nobody;
        }
    }

    /// <summary>Duplicates the socket of a call, and reads its family and local address.</summary>
    /// <returns>The answer where the call ends here.</returns>
    public Answer? Open(in TrappedCall call, out DuplicatedSocket socket, out SocketName name)
    {
        name = default;
        Errno error = target.Duplicate(call, call.Int(0), out socket);
        if (error != Errno.None)
        {
            return context.CannotDuplicate(call, error);
        }

        error = socket.GetLocal(out name);
        return error == Errno.None ? null : Answer.Fail(error);
    }

    /// <summary>Reads a struct msghdr.</summary>
    public static Errno ReadHeader(in TrappedCall call, ulong address, out Msghdr header)
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
    public Errno ReadNames(in TrappedCall call, in Msghdr header, out bool concernsUs)
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
    /// <param name="call">The call.</param>
    /// <param name="socket">The duplicate of the socket.</param>
    /// <param name="name">Its family and local address.</param>
    /// <param name="type">Its SO_TYPE.</param>
    /// <param name="header">The message.</param>
    /// <param name="flags">The MSG_ flags of the call.</param>
    /// <param name="carrier">Who may carry it out.</param>
    public Answer Send(
        in TrappedCall call, in DuplicatedSocket socket, in SocketName name, int type, in Msghdr header, int flags, Carrier carrier)
    {
        if (header.NameLength < 0 && header.Name != 0)
        {
            return Answer.Fail(Errno.EINVAL);
        }

        var address = new Span<byte>(scratch.Address, header.KernelNameLength);
        if (header.HasName && SendHandler.IsConnectedSend(name, type, address))
        {
            address = default;
        }

        if (header.ControlLength > Scratch.ControlLength)
        {
            return Answer.Fail(Errno.ENOBUFS);
        }

        Span<byte> control = header.HasControl ? new Span<byte>(scratch.Control, (int)header.ControlLength) : default;
        if (type is not (Linux.SOCK_DGRAM or Linux.SOCK_RAW))
        {
            return streams.Prepare(call, socket, name, type, address, header.Name, type == Linux.SOCK_STREAM ? default : control, flags);
        }

        if (call.Layout == AbiLayout.Bits32 && ControlMessages.Copy(control, call.Layout, scratch.Steered) < 0)
        {
            // A 32-bit buffer is translated before anything else is looked at.
            return Answer.Fail(Errno.EINVAL);
        }

        var datagram = new OutgoingDatagram
        {
            Address = address,
            AddressInTarget = header.Name,
            Control = control,
            Layout = call.Layout,
            Flags = call.Layout == AbiLayout.Bits32 ? flags & ~Native.MSG_CMSG_COMPAT : flags,
            Message = header,
        };
        return sender.Send(call, socket, name, type, ref datagram, carrier);
    }

    /// <summary>
    /// Whether the kernel may carry a message out whose names are in the scratch memory. Asks the policy alone first, which
    /// logs nothing: what is refused or excluded is logged when its turn comes.
    /// </summary>
    public bool IsKernels(in TrappedCall call, in DuplicatedSocket socket, in SocketName name, int type, in Msghdr header, int flags)
    {
        if (header.NameLength < 0 || header.ControlLength > Scratch.ControlLength)
        {
            return false;
        }

        Sockaddr destination = header.HasName ? Sockaddr.Parse(new(scratch.Address, header.KernelNameLength)) : default;
        return (!destination.IsIp || context.Policy.Judge(destination) is { Kind: VerdictKind.Bind or VerdictKind.Pass, Rewritten: false })
            && Send(call, socket, name, type, header, flags, Carrier.Kernel).Kind == AnswerKind.Continue;
    }

    private Answer Relay(in TrappedCall call, in Msghdr header)
    {
        var control = new Span<byte>(scratch.Control, (int)Math.Min(header.ControlLength, Scratch.ControlLength));
        var message = new OutgoingDatagram { Message = header };
        return TargetMemory.Read(call, header.Control, control) == Errno.None
            && payloads.Read(call, ref message) is null && message.Payload.iov_base != Scratch.Nowhere
                ? relay.Send(call, new(message.Payload.iov_base, (int)message.Payload.iov_len), control, call.Int(2))
                : Answer.Continue;
    }
}
