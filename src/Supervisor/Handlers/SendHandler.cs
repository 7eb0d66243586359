using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Notify;
using BindToInterface.Supervisor.Sockets;
using Tmds.Linux;

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

        var bytes = new Span<byte>(context.Scratch.Address, addressLength);
        Errno error = TargetMemory.Read(call, address, bytes);
        if (error == Errno.None && !Sockaddr.MayLeadOut(bytes))
        {
            return NotificationRelay.IsFor(bytes) ? Relay(call) : Answer.Continue;
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

            if (error != Errno.None && name.Family is not null)
            {
                return context.CannotReadAddress(call, socket, name, address, addressLength, error);
            }

            if (name.Family is null)
            {
                return HandlerContext.NotIp(name);
            }

            if (!target.IsCaller(call))
            {
                return Answer.Nobody;
            }

            int type = socket.Type;
            int flags = call.Int(3);
            if (type is not (Linux.SOCK_DGRAM or Linux.SOCK_RAW))
            {
                return streams.Prepare(call, socket, name, type, bytes, address, default, flags);
            }

            if (IsConnectedSend(name, type, bytes))
            {
                return Answer.Continue;
            }

            var datagram = new OutgoingDatagram
            {
                Address = bytes,
                AddressInTarget = address,
                Layout = AbiLayout.Bits64,
                // sendto takes this flag for nothing, and so does sendmsg from a 32-bit program; from others it is EINVAL there.
                Flags = flags & ~Native.MSG_CMSG_COMPAT,
                Buffer = call.Word(1),
                BufferLength = call.Word(2),
            };
            return sender.Send(call, socket, name, type, ref datagram, Carrier.Either);
        }
    }

    /// <summary>An AF_UNSPEC address on an IPv6 datagram socket stands for none (udpv6_sendmsg).</summary>
    public static bool IsConnectedSend(in SocketName name, int type, ReadOnlySpan<byte> sockaddr) =>
        name.Family == IpFamily.IPv6 && type != Linux.SOCK_RAW && Sockaddr.Parse(sockaddr).Kind == SockaddrKind.Unspecified;

    private Answer Relay(in TrappedCall call)
    {
        ulong length = call.Word(2);
        if (length > Scratch.PayloadLength)
        {
            return Answer.Continue;
        }

        var message = new Span<byte>(context.Scratch.Payload, (int)length);
        return TargetMemory.Read(call, call.Word(1), message) == Errno.None
            ? relay.Send(call, message, default, call.Int(3))
            : Answer.Continue;
    }
}
