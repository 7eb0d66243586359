using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Notify;
using BindToInterface.Supervisor.Sockets;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// Sends datagrams for the program, on the duplicate of its socket, without waiting: where there is no room the call waits
/// for it, and is handled again.
/// </summary>
internal sealed unsafe class DuplicateSender(HandlerContext context)
{
    private readonly PayloadReader payloads = new(context);
    private readonly DecisionLog log = context.Log;

    /// <summary>Sends a datagram with a PKTINFO: by this interface, from this source.</summary>
    public Answer Steered(
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
    public Answer Invalid(in TrappedCall call, in DuplicatedSocket socket, ref OutgoingDatagram datagram)
    {
        Span<byte> header = context.Scratch.Steered[..AbiLayout.Bits64.CmsghdrLength];
        header.Clear();
        return Send(call, socket, ref datagram, header);
    }

    /// <summary>Sends a datagram as the program passed it.</summary>
    public Answer AsIs(in TrappedCall call, in DuplicatedSocket socket, ref OutgoingDatagram datagram)
    {
        if (datagram.Layout == AbiLayout.Bits64)
        {
            return Send(call, socket, ref datagram, datagram.Control);
        }

        int length = ControlMessages.Copy(datagram.Control, datagram.Layout, context.Scratch.Steered);
        return length < 0 ? Invalid(call, socket, ref datagram) : Send(call, socket, ref datagram, context.Scratch.Steered[..length]);
    }

    private Answer Send(in TrappedCall call, in DuplicatedSocket socket, ref OutgoingDatagram datagram, ReadOnlySpan<byte> control)
    {
        if (PinsPages(socket, datagram.Flags))
        {
            return Answer.Fail(Errno.ENOBUFS);
        }

        // Before the payload is read, since whether the caller still waits is asked after that.
        bool isLent = ControlMessages.MayNeedPrivilege(control) && Capabilities.LendNone(call.Tid);
        try
        {
            if (payloads.Read(call, ref datagram) is Answer ended)
            {
                return ended;
            }

            Errno error = Send(socket, ref datagram, control, out nint sent);
            return error == Errno.None ? Answer.Result(sent)
                : error == Errno.EAGAIN && (datagram.Flags & LibC.MSG_DONTWAIT) == 0 && !socket.IsNonBlocking ? context.Wait(call, LibC.POLLOUT)
                : Answer.Fail(error);
        }
        finally
        {
            if (isLent)
            {
                Capabilities.Restore();
            }
        }
    }

    private static Errno Send(in DuplicatedSocket socket, ref OutgoingDatagram datagram, ReadOnlySpan<byte> control, out nint sent)
    {
        fixed (byte* address = datagram.Address, messages = control)
        fixed (iovec* payload = &datagram.Payload)
        {
            var message = new msghdr
            {
                msg_name = address,
                msg_namelen = (uint)datagram.Address.Length,
                msg_iov = payload,
                msg_iovlen = 1,
                msg_control = messages,
                msg_controllen = (uint)control.Length,
            };
            sent = (nint)(long)LibC.sendmsg(socket.Descriptor, &message, (datagram.Flags & ~LibC.MSG_ZEROCOPY) | LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL);
            return sent >= 0 ? Errno.None : Native.LastError;
        }
    }

    /// <summary>
    /// Whether a send with MSG_ZEROCOPY would have the kernel use the supervisor's own pages after they have been used
    /// again. A program that asks for it expects ENOBUFS, and sends without (Documentation/networking/msg_zerocopy.rst).
    /// Without SO_ZEROCOPY the flag means nothing, nor does it on raw sockets.
    /// </summary>
    private static bool PinsPages(in DuplicatedSocket socket, int flags) =>
        (flags & LibC.MSG_ZEROCOPY) != 0 && socket.Type == Linux.SOCK_DGRAM && socket.GetOption(Linux.SOL_SOCKET, LibC.SO_ZEROCOPY) == 1;
}
