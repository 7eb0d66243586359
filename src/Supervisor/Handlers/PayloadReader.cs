using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Target;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// Copies the payload of a datagram that the supervisor sends itself out of the program's memory. It is the last that is
/// read of a call: whether the caller still waits is asked here.
/// </summary>
internal sealed unsafe class PayloadReader(HandlerContext context)
{
    /// <summary>MAX_RW_COUNT: what one call moves at most.</summary>
    private const ulong MaximumCount = 0x7fff_f000;

    private readonly Scratch scratch = context.Scratch;

    /// <summary>Reads the payload, where that was not done yet, and asks whether the caller still waits.</summary>
    /// <returns>null where it is there, or points nowhere; else the answer that ends the call.</returns>
    public Outcome? Read(in Notification call, ref OutgoingDatagram datagram)
    {
        Errno error = datagram.HasPayload ? Errno.None
            : datagram.Message is Msghdr message ? ReadPieces(call, message, ref datagram)
            : ReadBuffer(call, ref datagram);
        datagram.HasPayload = error == Errno.None;
        return error switch
        {
            Errno.None => context.Target.IsWaiting(call) ? null : (Outcome?)Response.Nobody,
            Errno.EMSGSIZE or Errno.EINVAL => Response.Fail(error),
            _ => context.CannotRead(call, error),
        };
    }

    /// <summary>Finds the pieces of a payload, in the scratch memory, without reading them.</summary>
    /// <returns>What the kernel says of them: EMSGSIZE, EINVAL or EFAULT.</returns>
    public Errno Find(in Notification call, in OutgoingDatagram datagram, out PayloadPieces pieces)
    {
        int count = 1;
        Errno error = Errno.None;
        if (datagram.Message is Msghdr message)
        {
            error = ReadVector(call, message, out count);
        }
        else
        {
            scratch.Iov[0] = new iovec { iov_base = (void*)datagram.Buffer, iov_len = (size_t)Math.Min(datagram.BufferLength, MaximumCount) };
        }

        pieces = new PayloadPieces(scratch.Iov, error == Errno.None ? count : 0, MaximumCount);
        return error;
    }

    /// <summary>The destination in the header of a raw socket's payload, which the program writes itself (IP_HDRINCL, IPV6_HDRINCL).</summary>
    public static IpAddress? HeaderDestination(IpFamily family, in iovec payload)
    {
        var (offset, length) = family == IpFamily.IPv4 ? (16, 20) : (24, 40);
        if ((int)payload.iov_len < length || payload.iov_base == Scratch.Nowhere)
        {
            return null;
        }

        var destination = new ReadOnlySpan<byte>((byte*)payload.iov_base + offset, length - offset);
        return family == IpFamily.IPv4 ? IpAddress.FromInAddr(destination) : IpAddress.FromIn6Addr(destination);
    }

    private Errno ReadBuffer(in Notification call, ref OutgoingDatagram datagram)
    {
        if (datagram.BufferLength > Scratch.PayloadLength)
        {
            return Errno.EMSGSIZE;
        }

        int length = (int)datagram.BufferLength;
        Errno error = TargetMemory.Read(call, datagram.Buffer, new Span<byte>(scratch.Payload, length));
        datagram.Payload = scratch.PayloadOf(length, error == Errno.None);
        return error == Errno.EFAULT ? Errno.None : error;
    }

    private Errno ReadPieces(in Notification call, in Msghdr header, ref OutgoingDatagram datagram)
    {
        Errno error = ReadVector(call, header, out int count);
        if (error != Errno.None)
        {
            return error;
        }

        ulong total = 0;
        for (int i = 0; i < count; i++)
        {
            total = Math.Min(total, Scratch.PayloadLength + 1) + Math.Min(scratch.Iov[i].iov_len, Scratch.PayloadLength + 1);
        }

        if (total > Scratch.PayloadLength)
        {
            return Errno.EMSGSIZE;
        }

        var to = new iovec { iov_base = scratch.Payload, iov_len = (size_t)total };
        error = TargetMemory.Read(call, &to, scratch.Iov, count, (int)total);
        datagram.Payload = scratch.PayloadOf((int)total, error == Errno.None);
        return error == Errno.EFAULT ? Errno.None : error;
    }

    /// <summary>Reads the iovec array into the scratch memory, and refuses what the kernel refuses of it.</summary>
    private Errno ReadVector(in Notification call, in Msghdr header, out int count)
    {
        count = 0;
        if (header.IovLength > Native.UIO_MAXIOV)
        {
            return Errno.EMSGSIZE;
        }

        count = (int)header.IovLength;
        int entry = call.Layout.IovecLength;
        // Read at the end of the room, so that 32-bit entries can be widened in place.
        byte* raw = (byte*)(scratch.Iov + Native.UIO_MAXIOV) - count * entry;
        Errno error = TargetMemory.Read(call, header.Iov, new Span<byte>(raw, count * entry));
        for (int i = 0; error == Errno.None && i < count; i++)
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

            scratch.Iov[i] = new iovec { iov_base = (void*)start, iov_len = (size_t)length };
        }

        return error;
    }
}
