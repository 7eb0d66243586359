using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Notify;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// sendmsg(2) and sendmmsg(2). Most of them are on connected and on Unix sockets, and go on after one look at
/// the header, or at the control messages: such a call costs a read and no look at the socket.
/// </summary>
internal sealed unsafe class MessageHandler(HandlerContext context)
{
    /// <summary>MAX_RW_COUNT: what one call moves at most.</summary>
    private const ulong MaximumCount = 0x7fff_f000;

    private readonly Target target = context.Target;
    private readonly Scratch scratch = context.Scratch;
    private readonly DatagramSender sender = new(context);
    private readonly StreamSender streams = new(context);
    private readonly NotificationRelay relay = new(context);

    /// <summary>sendmsg(fd, msg, flags).</summary>
    public Answer HandleOne(in TrappedCall call)
    {
        Errno error = ReadHeader(call, call.Word(1), out Msghdr header);
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

        Answer? ended = Open(call, error, out DuplicatedSocket socket, out SocketName name, out int type);
        using (socket)
        {
            return ended ?? Send(call, socket, name, type, header, call.Int(2));
        }
    }

    private Answer Relay(in TrappedCall call, in Msghdr header)
    {
        var control = new Span<byte>(scratch.Control, (int)Math.Min(header.ControlLength, Scratch.ControlLength));
        return TargetMemory.Read(call, header.Control, control) == Errno.None
            && ReadPayload(call, header, out Iovec payload) == Errno.None && payload.Base != Scratch.Nowhere
                ? relay.Send(call, new(payload.Base, (int)payload.Len), control, call.Int(2))
                : Answer.Continue;
    }

    /// <summary>sendmmsg(fd, vector, count, flags): each message is judged by itself.</summary>
    public Answer HandleVector(in TrappedCall call)
    {
        int size = call.Layout.MmsghdrLength;
        int count = (int)Math.Min((uint)call.Int(2), Libc.UIO_MAXIOV);
        ulong vector = call.Word(1);
        if (TargetMemory.Read(call, vector, new Span<byte>(scratch.Messages, count * size)) == Errno.None && !AnyNames(call, count, size))
        {
            return Answer.Continue;
        }

        Answer? ended = Open(call, Errno.None, out DuplicatedSocket socket, out SocketName name, out int type);
        using (socket)
        {
            return ended ?? SendVector(call, socket, name, type, vector, count, size);
        }
    }

    private Answer SendVector(
        in TrappedCall call, in DuplicatedSocket socket, in SocketName name, int type, ulong vector, int count, int size)
    {
        if (count > 1 && type == Libc.SOCK_SEQPACKET)
        {
            // These the kernel must send itself, all of them by the way that one verdict allows.
            return Answer.Fail(Errno.ENOBUFS);
        }

        int sent = 0;
        while (sent < count)
        {
            ulong message = vector + (ulong)(sent * size);
            Errno error = ReadHeader(call, message, out Msghdr header);
            if (error == Errno.None)
            {
                error = ReadNames(call, header, out _);
            }

            Answer answer = error == Errno.None ? Send(call, socket, name, type, header, call.Int(3)) : context.CannotRead(call, error);
            if (answer.Kind == AnswerKind.Result && answer.Error == Errno.None)
            {
                answer = WriteLength(call, message, (uint)answer.Value);
            }

            if (answer.Kind != AnswerKind.Result || answer.Error != Errno.None)
            {
                // As the kernel does, an error is reported only where nothing was sent before it.
                return sent == 0 || answer.Kind == AnswerKind.Nobody ? answer : Answer.Result(sent);
            }

            sent++;
        }

        return Answer.Result(sent);
    }

    private Answer WriteLength(in TrappedCall call, ulong message, uint length)
    {
        Errno error = TargetMemory.Write(call, message + (ulong)call.Layout.MsghdrLength, new ReadOnlySpan<byte>(&length, sizeof(uint)));
        return error == Errno.None ? Answer.Result(0) : context.CannotRead(call, error);
    }

    /// <summary>Whether any message of the vector names a destination or has control messages.</summary>
    private bool AnyNames(in TrappedCall call, int count, int size)
    {
        for (int i = 0; i < count; i++)
        {
            Msghdr header = Msghdr.Read(new ReadOnlySpan<byte>(scratch.Messages + i * size, size), call.Layout);
            if (header.HasName || header.HasControl)
            {
                return true;
            }
        }

        return false;
    }

    private Errno ReadHeader(in TrappedCall call, ulong address, out Msghdr header)
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
    private Errno ReadNames(in TrappedCall call, in Msghdr header, out bool concernsUs)
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

    /// <summary>Duplicates the socket of a call that concerns us.</summary>
    /// <returns>The answer where the call ends here.</returns>
    private Answer? Open(
        in TrappedCall call, Errno readError, out DuplicatedSocket socket, out SocketName name, out int type)
    {
        name = default;
        type = 0;
        Errno error = target.Duplicate(call, call.Int(0), out socket);
        if (error != Errno.None)
        {
            return context.CannotDuplicate(call, error);
        }

        error = socket.GetLocal(out name);
        if (error != Errno.None)
        {
            return Answer.Fail(error);
        }

        if (readError != Errno.None)
        {
            return context.CannotRead(call, readError);
        }

        if (name.Family is null)
        {
            return HandlerContext.NotIp(name);
        }

        type = socket.Type;
        return target.IsWaiting(call) ? null : Answer.Nobody;
    }

    private Answer Send(
        in TrappedCall call, in DuplicatedSocket socket, in SocketName name, int type, in Msghdr header, int flags)
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
        if (DatagramSender.PinsPages(socket, type, flags))
        {
            return Answer.Fail(Errno.ENOBUFS);
        }

        if (type is not (Libc.SOCK_DGRAM or Libc.SOCK_RAW))
        {
            return streams.Prepare(call, socket, name, type, address, header.Name, type == Libc.SOCK_STREAM ? default : control, flags);
        }

        if (call.Layout == AbiLayout.Bits32 && ControlMessages.Copy(control, call.Layout, scratch.Steered) < 0)
        {
            // A 32-bit buffer is translated before anything else is looked at.
            return Answer.Fail(Errno.EINVAL);
        }

        Errno error = ReadPayload(call, header, out Iovec payload);
        if (error != Errno.None)
        {
            return error is Errno.EMSGSIZE or Errno.EINVAL ? Answer.Fail(error) : context.CannotRead(call, error);
        }

        var datagram = new OutgoingDatagram
        {
            Address = address,
            AddressInTarget = header.Name,
            Payload = payload,
            Control = control,
            Layout = call.Layout,
            Flags = flags,
        };
        return sender.Send(call, socket, name, type, ref datagram);
    }

    private Errno ReadPayload(in TrappedCall call, in Msghdr header, out Iovec payload)
    {
        payload = default;
        if (header.IovLength > Libc.UIO_MAXIOV)
        {
            return Errno.EMSGSIZE;
        }

        int count = (int)header.IovLength;
        int entry = call.Layout.IovecLength;
        // Read at the end of the room, so that 32-bit entries can be widened in place.
        byte* raw = (byte*)(scratch.Iov + Libc.UIO_MAXIOV) - count * entry;
        Errno error = TargetMemory.Read(call, header.Iov, new Span<byte>(raw, count * entry));
        if (error != Errno.None)
        {
            return error;
        }

        ulong total = 0;
        for (int i = 0; i < count; i++)
        {
            var bytes = new ReadOnlySpan<byte>(raw + i * entry, entry);
            ulong start = call.Layout.ReadWord(bytes);
            ulong length = call.Layout.ReadWord(bytes[call.Layout.WordSize..]);
            if (length > (call.Layout.WordSize == 8 ? (ulong)long.MaxValue : int.MaxValue))
            {
                return Errno.EINVAL;
            }

            if (count == 1)
            {
                // A single piece is cut to what a call may move before its address is looked at (import_ubuf).
                length = Math.Min(length, MaximumCount);
            }

            if (start > UserMemory.End || length > UserMemory.End - start)
            {
                // The kernel looks at the pieces' addresses before it asks the protocol (import_iovec).
                return Errno.EFAULT;
            }

            scratch.Iov[i] = new Iovec { Base = (void*)start, Len = (nuint)length };
            total = Math.Min(total, Scratch.PayloadLength + 1) + Math.Min(length, Scratch.PayloadLength + 1);
        }

        if (total > Scratch.PayloadLength)
        {
            return Errno.EMSGSIZE;
        }

        var to = new Iovec { Base = scratch.Payload, Len = (nuint)total };
        error = TargetMemory.Read(call, &to, 1, scratch.Iov, count, (int)total);
        payload = scratch.PayloadOf((int)total, error == Errno.None);
        return error == Errno.EFAULT ? Errno.None : error;
    }
}
