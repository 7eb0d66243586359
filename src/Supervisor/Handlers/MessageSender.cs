using System.Runtime.InteropServices;
using BindToInterface.Policy;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Proc;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Target;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// Strict mode: sends what else the kernel would send, on sockets that take no way from a message (Unix, netlink, TCP), for a program
/// with several threads, or whose arguments are in memory. There could be an IP datagram socket under the same number by then.
/// </summary>
internal sealed unsafe class MessageSender(HandlerContext context)
{
    /// <summary>A longer message than any socket takes, whose buffer is at most net.core.wmem_max.</summary>
    private const int MaximumLength = 1 << 24;

    private readonly Scratch scratch = context.Scratch;
    private readonly PayloadReader payloads = new(context);

    /// <summary>Whether the last message of several was sent in part, because there was no more room. Then no further one is sent.</summary>
    public bool WasPart { get; set; }

    /// <summary>Whether the supervisor has to send for the program that makes a call.</summary>
    public bool IsNeeded(in Notification call) => context.Policy.Options.IsStrict && call.MayChange();

    /// <summary>Sends a message as the program passed it.</summary>
    public Outcome Send(ref SocketCall socket, scoped in OutgoingDatagram message)
    {
        Notification call = socket.Call;
        if ((message.Flags & Linux.MSG_ZEROCOPY) != 0 && socket.IsZeroCopy)
        {
            // As where the kernel has no room for it: programs then send a copy.
            return Response.Fail(Errno.ENOBUFS);
        }

        Errno error = payloads.Find(call, message, out PayloadPieces pieces);
        if (error != Errno.None)
        {
            return error is Errno.EMSGSIZE or Errno.EINVAL ? Response.Fail(error) : context.CannotRead(call, error);
        }

        bool isUnix = !socket.IsIp && socket.Duplicate.GetOption(Linux.SOL_SOCKET, LibC.SO_DOMAIN) == Linux.AF_UNIX;
        Span<int> theirs = stackalloc int[UnixControl.MaximumDescriptors], room = stackalloc int[UnixControl.MaximumDescriptors];
        ReadOnlySpan<byte> control = message.Control;
        UnixCredentials? sender = null;
        int count = 0;
        if (isUnix)
        {
            error = UnixControl.TryRead(message.Control, message.Layout, theirs, out count, out UnixCredentials? named)
                ? SenderCredentials.Find(call.Tid, named, out sender)
                : Errno.EINVAL;
        }
        else if (message.Layout == AbiLayout.Bits32)
        {
            int length = ControlMessages.Copy(control, message.Layout, scratch.Steered);
            error = length < 0 ? Errno.EINVAL : Errno.None;
            control = scratch.Steered[..Math.Max(length, 0)];
        }

        if (error != Errno.None)
        {
            return error == Errno.ESRCH ? Response.Nobody : Response.Fail(error);
        }

        // What a message passes on went with its first part.
        count = DoneOf(call) > 0 ? 0 : count;
        error = PassedDescriptors.Duplicate(context.Target, call, theirs[..count], room, out PassedDescriptors passed);
        using (passed)
        {
            return error switch
            {
                Errno.None => Send(ref socket, message.Flags, pieces, new LocalMessage(message.Address, control, isUnix, socket.IsIp, sender, passed.Descriptors)),
                Errno.EBADF => Response.Fail(error),
                Errno.ESRCH => Response.Nobody,
                _ => context.Unreachable(call, TargetAccess.DescriptorCall, error),
            };
        }
    }

    private static int DoneOf(in Notification call) => call.SystemCall == SystemCall.Sendmmsg ? 0 : call.Done;

    private Outcome Send(ref SocketCall socket, int flags, PayloadPieces pieces, scoped LocalMessage local) =>
        socket.Type == Linux.SOCK_STREAM && !(socket.IsIp && socket.Protocol == Linux.IPPROTO_SCTP)
            ? SendStream(ref socket, flags, pieces, local)
            : SendWhole(ref socket, flags, pieces, local);

    private Outcome SendStream(ref SocketCall socket, int flags, PayloadPieces pieces, scoped LocalMessage local)
    {
        Notification call = socket.Call;
        int done = DoneOf(call);
        pieces.Skip(done);
        while (true)
        {
            int length = (int)Math.Min(pieces.Length, Scratch.PayloadLength);
            Errno error = pieces.Read(call, scratch.Payload, length);
            if (error is not (Errno.None or Errno.EFAULT))
            {
                return done > 0 ? Response.Result(done) : context.CannotRead(call, error);
            }

            if (!context.Target.IsWaiting(call))
            {
                return Response.Nobody;
            }

            int some = length < pieces.Length ? flags & ~(LibC.MSG_OOB | LibC.MSG_EOR) : flags;
            error = local.Send(call, socket.Duplicate, scratch.PayloadOf(length, error == Errno.None), some, isFirst: done == 0, out nint sent, out string? failed);
            if (failed is not null)
            {
                return done > 0 ? Response.Result(done) : context.Unreachable(call, failed, error);
            }

            if (error == Errno.None)
            {
                done += (int)sent;
                pieces.Skip(sent);
                if (pieces.Length == 0)
                {
                    return Response.Result(done);
                }
            }
            else if (error == Errno.EAGAIN && MayWait(socket, flags) && CanGoOn(call, done))
            {
                return context.Wait(call with { Done = call.SystemCall == SystemCall.Sendmmsg ? call.Done : done }, LibC.POLLOUT);
            }
            else if (done > 0)
            {
                // Like the kernel: the next call is told the error.
                WasPart = true;
                return Response.Result(done);
            }
            else
            {
                if (error == Errno.EPIPE && (flags & LibC.MSG_NOSIGNAL) == 0)
                {
                    BreakPipe(call);
                }

                return Response.Fail(error);
            }
        }
    }

    private Outcome SendWhole(ref SocketCall socket, int flags, PayloadPieces pieces, scoped LocalMessage local)
    {
        Notification call = socket.Call;
        int length = (int)pieces.Length;
        byte* allocated = length is > Scratch.PayloadLength and <= MaximumLength ? (byte*)NativeMemory.Alloc((nuint)length) : null;
        byte* payload = length <= Scratch.PayloadLength ? scratch.Payload : allocated;
        try
        {
            // If it is too long for any socket, the kernel says so before it reads it.
            Errno error = payload is null ? Errno.EFAULT : pieces.Read(call, payload, length);
            if (error is not (Errno.None or Errno.EFAULT))
            {
                return context.CannotRead(call, error);
            }

            if (!context.Target.IsWaiting(call))
            {
                return Response.Nobody;
            }

            var whole = new iovec { iov_base = error == Errno.None ? payload : Scratch.Nowhere, iov_len = (size_t)length };
            error = local.Send(call, socket.Duplicate, whole, flags, isFirst: true, out nint sent, out string? failed);
            return failed is not null ? context.Unreachable(call, failed, error)
                : error == Errno.None ? Response.Result(sent)
                : error == Errno.EAGAIN && MayWait(socket, flags) ? context.Wait(call, LibC.POLLOUT, isPolled: !local.WakesForRoom)
                : Response.Fail(error);
        }
        finally
        {
            NativeMemory.Free(allocated);
        }
    }

    private static bool MayWait(in SocketCall socket, int flags) => (flags & LibC.MSG_DONTWAIT) == 0 && !socket.Duplicate.IsNonBlocking;

    /// <summary>
    /// Whether a call of which some is done may wait. If any signal interrupts it, the program makes it again, and what was sent would be
    /// sent twice. One message of several is told to be sent in part.
    /// </summary>
    private static bool CanGoOn(in Notification call, int done) =>
        done == 0 || (call.SystemCall != SystemCall.Sendmmsg && InstalledFilter.OnlyFatalSignalsInterrupt);

    /// <summary>
    /// SIGPIPE, as the kernel sends it to the thread. Where any signal interrupts the call, it would be made again after a handler, and so
    /// without an end: a program that handles it is told by the error alone there.
    /// </summary>
    private void BreakPipe(in Notification call)
    {
        ProcessStatus status = ProcessStatus.Of(call.Tid, stackalloc byte[ProcessStatus.UsualLength]);
        bool isCaught = (status.Bits("SigCgt"u8) >> (Linux.SIGPIPE - 1) & 1) != 0;
        if (status.Number("Tgid"u8) is int process && (InstalledFilter.OnlyFatalSignalsInterrupt || !isCaught) && context.Target.IsWaiting(call))
        {
            _ = Native.tgkill(process, call.Tid, Linux.SIGPIPE);
        }
    }
}
