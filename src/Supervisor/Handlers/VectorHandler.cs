using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Notify;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// sendmmsg(2). Where each message may go on as it is, the kernel carries the call out, with its own waits. Else the
/// supervisor sends one message after the other, each judged by itself.
/// </summary>
internal sealed unsafe class VectorHandler(HandlerContext context, MessageHandler messages)
{
    /// <summary>How many messages, and bytes of control messages, are judged while other programs' calls wait.</summary>
    private const int ShortCount = 32;
    private const ulong ShortControl = 0x2_0000;

    private readonly Target target = context.Target;
    private readonly Scratch scratch = context.Scratch;

    /// <summary>sendmmsg(fd, vector, count, flags).</summary>
    public Answer Handle(in TrappedCall call)
    {
        int size = call.Layout.MmsghdrLength;
        int count = (int)Math.Min((uint)call.Int(2), Native.UIO_MAXIOV);
        ulong vector = call.Word(1);
        bool isRead = TargetMemory.Read(call, vector, new Span<byte>(scratch.Messages, count * size)) == Errno.None;
        if (isRead && !AnyNames(call, count, size))
        {
            return Answer.Continue;
        }

        if (!context.IsOffDuty && isRead && IsLong(call, count, size))
        {
            return context.WaitForAnotherThread(call);
        }

        Answer? ended = messages.Open(call, out DuplicatedSocket socket, out SocketName name);
        using (socket)
        {
            if (ended is Answer answer)
            {
                return answer;
            }

            if (name.Family is null)
            {
                return HandlerContext.NotIp(name);
            }

            if (!target.IsWaiting(call))
            {
                return Answer.Nobody;
            }

            int type = socket.Type;
            if (count > 1 && type == Linux.SOCK_SEQPACKET)
            {
                // These the kernel must send itself, all of them by the way that one verdict allows.
                return Answer.Fail(Errno.ENOBUFS);
            }

            return isRead && call.Done == 0 && IsKernels(call, socket, name, type, count, size)
                ? Answer.Continue
                : Send(call, socket, name, type, vector, count, size);
        }
    }

    /// <summary>Whether any message of the vector names a destination or has control messages.</summary>
    private bool AnyNames(in TrappedCall call, int count, int size)
    {
        for (int i = 0; i < count; i++)
        {
            Msghdr header = HeaderAt(call, i, size);
            if (header.HasName || header.HasControl)
            {
                return true;
            }
        }

        return false;
    }

    private bool IsLong(in TrappedCall call, int count, int size)
    {
        ulong control = 0;
        for (int i = 0; i < count; i++)
        {
            control += Math.Min(HeaderAt(call, i, size).ControlLength, Scratch.ControlLength);
        }

        return count > ShortCount || control > ShortControl;
    }

    /// <summary>Whether the kernel may carry out each message; what the socket needs for that is done.</summary>
    private bool IsKernels(in TrappedCall call, in DuplicatedSocket socket, in SocketName name, int type, int count, int size)
    {
        if (type is not (Linux.SOCK_DGRAM or Linux.SOCK_RAW))
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            Msghdr header = HeaderAt(call, i, size);
            if (messages.ReadNames(call, header, out _) != Errno.None
                || !messages.IsKernels(call, socket, name, type, header, call.Int(3)))
            {
                return false;
            }
        }

        return target.IsWaiting(call);
    }

    private Answer Send(
        in TrappedCall call, in DuplicatedSocket socket, in SocketName name, int type, ulong vector, int count, int size)
    {
        PinnedMemory? memory = null;
        try
        {
            int sent = call.Done;
            while (sent < count)
            {
                if (!context.IsOffDuty && sent >= call.Done + ShortCount)
                {
                    return context.WaitForAnotherThread(call with { Done = sent });
                }

                Answer answer = SendNext(call with { Done = sent }, socket, name, type, vector + (ulong)(sent * size), ref memory);
                if (answer.Kind == AnswerKind.Block)
                {
                    return answer;
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
        finally
        {
            memory?.Dispose();
        }
    }

    private Answer SendNext(
        in TrappedCall call, in DuplicatedSocket socket, in SocketName name, int type, ulong message, ref PinnedMemory? memory)
    {
        Errno error = MessageHandler.ReadHeader(call, message, out Msghdr header);
        if (error == Errno.None)
        {
            error = messages.ReadNames(call, header, out _);
        }

        if (error == Errno.None && memory is null)
        {
            error = context.Pin(call, out memory);
        }

        Answer answer = error == Errno.None
            ? messages.Send(call, socket, name, type, header, call.Int(3), Carrier.Supervisor)
            : context.CannotRead(call, error);
        if (answer.Kind != AnswerKind.Result || answer.Error != Errno.None)
        {
            return answer;
        }

        uint length = (uint)answer.Value;
        error = memory!.Write(message + (ulong)call.Layout.MsghdrLength, new ReadOnlySpan<byte>(&length, sizeof(uint)));
        return error == Errno.None ? Answer.Result(0) : context.CannotRead(call, error);
    }

    private Msghdr HeaderAt(in TrappedCall call, int index, int size) =>
        Msghdr.Read(new ReadOnlySpan<byte>(scratch.Messages + index * size, size), call.Layout);
}
