using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Notify;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>sendto(2) with an address.</summary>
internal sealed unsafe class SendHandler(HandlerContext context)
{
    private readonly Target target = context.Target;
    private readonly DatagramSender sender = new(context);
    private readonly StreamSender streams = new(context);
    private readonly NotificationRelay relay = new(context);

    public Answer Handle(in TrappedCall call)
    {
        ulong address = call.Word(4);
        int addressLength = call.Int(5);
        if (address == 0 || addressLength is < Sockaddr.InLength or > Sockaddr.MaximumLength)
        {
            // No address, one too short to lead out, or EINVAL; and a register cannot change meanwhile.
            return Answer.Continue;
        }

        Scratch scratch = context.Scratch;
        var bytes = new Span<byte>(scratch.Address, addressLength);
        ulong length = call.Word(2);
        int payload = (int)Math.Min(length, Scratch.PayloadLength);
        Errno error = ReadBoth(call, address, addressLength, call.Word(1), payload, out bool payloadRead);
        if (error == Errno.None && !Sockaddr.MayLeadOut(bytes))
        {
            return payloadRead && length <= Scratch.PayloadLength && NotificationRelay.IsFor(bytes)
                ? relay.Send(call, new(scratch.Payload, payload), default, call.Int(3))
                : Answer.Continue;
        }

        Errno duplicated = target.Duplicate(call, call.Int(0), out DuplicatedSocket socket);
        using (socket)
        {
            if (duplicated != Errno.None)
            {
                return context.CannotDuplicate(call, duplicated);
            }

            Errno named = socket.GetLocal(out SocketName name);
            if (named != Errno.None)
            {
                return Answer.Fail(named);
            }

            if (error != Errno.None)
            {
                return context.CannotRead(call, error);
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
            int flags = call.Int(3);
            if (DatagramSender.PinsPages(socket, type, flags))
            {
                return Answer.Fail(Errno.ENOBUFS);
            }

            if (type is not (Libc.SOCK_DGRAM or Libc.SOCK_RAW))
            {
                return streams.Prepare(call, socket, name, type, bytes, address, default, flags);
            }

            if (IsConnectedSend(name, type, bytes))
            {
                return Answer.Continue;
            }

            if (length > Scratch.PayloadLength)
            {
                return Answer.Fail(Errno.EMSGSIZE);
            }

            var datagram = new OutgoingDatagram
            {
                Address = bytes,
                AddressInTarget = address,
                Payload = scratch.PayloadOf(payload, payloadRead),
                Layout = AbiLayout.Bits64,
                Flags = flags,
            };
            return sender.Send(call, socket, name, type, ref datagram);
        }
    }

    /// <summary>An AF_UNSPEC address on an IPv6 datagram socket stands for none (udpv6_sendmsg).</summary>
    public static bool IsConnectedSend(in SocketName name, int type, ReadOnlySpan<byte> sockaddr) =>
        name.Family == IpFamily.IPv6 && type != Libc.SOCK_RAW && Sockaddr.Parse(sockaddr).Kind == SockaddrKind.Unspecified;

    /// <summary>Reads address and payload in one go, and the address alone where the payload cannot be read.</summary>
    private Errno ReadBoth(in TrappedCall call, ulong address, int addressLength, ulong payload, int payloadLength, out bool payloadRead)
    {
        Iovec* to = stackalloc Iovec[2];
        Iovec* from = stackalloc Iovec[2];
        to[0] = new Iovec { Base = context.Scratch.Address, Len = (nuint)addressLength };
        from[0] = new Iovec { Base = (void*)address, Len = (nuint)addressLength };
        to[1] = new Iovec { Base = context.Scratch.Payload, Len = (nuint)payloadLength };
        from[1] = new Iovec { Base = (void*)payload, Len = (nuint)payloadLength };
        int pieces = payloadLength == 0 ? 1 : 2;
        Errno error = TargetMemory.Read(call, to, pieces, from, pieces, addressLength + payloadLength);
        payloadRead = error == Errno.None;
        return error == Errno.EFAULT ? TargetMemory.Read(call, to, 1, from, 1, addressLength) : error;
    }
}
