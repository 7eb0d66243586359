using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Target;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>sendto(2) with an address.</summary>
internal sealed unsafe class SendHandler(HandlerContext context, MessageSender own)
{
    private readonly DatagramSender sender = new(context);
    private readonly StreamSender streams = new(context, own);
    private readonly ServiceMessageRelay relay = new(context);

    /// <summary>Whether the supervisor sent the last datagram itself, and so probably sends the next one: its payload is read at once.</summary>
    private bool supervisorSends;

    public Outcome Handle(in Notification call)
    {
        if (context.TakeHeld() is HeldMessage held)
        {
            return sender.SendHeld(call, held);
        }

        ulong address = call.Word(4);
        int addressLength = call.Int(5);
        if (!call.HasArgumentsInMemory || !context.Policy.Options.IsStrict)
        {
            if (address == 0 || addressLength is < Sockaddr.InLength or > Sockaddr.MaximumLength)
            {
                // No address, one too short to lead out, or EINVAL; and a register cannot change meanwhile.
                return Response.Continue;
            }
        }
        else if (address != 0 && addressLength is (< 0 or > Sockaddr.MaximumLength))
        {
            return Response.Fail(Errno.EINVAL);
        }
        else if (address == 0)
        {
            addressLength = 0;
        }

        // Right before the payload, so that one read can fill both.
        var bytes = new Span<byte>(context.Scratch.Payload - addressLength, addressLength);
        bool hasPayload = supervisorSends && TryReadBoth(call, addressLength);
        Errno error = hasPayload ? Errno.None : TargetMemory.Read(call, address, bytes);
        bool concernsUs = error != Errno.None || Sockaddr.MayLeadOut(bytes);
        if (!concernsUs && !context.Policy.Options.IsStrict)
        {
            return SendElsewhere(call, bytes);
        }

        Outcome? ended = context.Open(call, new Unread(error, address, addressLength), out SocketCall socket);
        using (socket.Duplicate)
        {
            return ended is Outcome outcome ? outcome
                : !socket.IsIp ? SendNotIp(ref socket, bytes, concernsUs, error)
                : context.Target.IsCaller(call) ? Send(ref socket, bytes, hasPayload)
                : Response.Nobody;
        }
    }

    /// <summary>An AF_UNSPEC address on an IPv6 datagram socket stands for none (udpv6_sendmsg).</summary>
    public static bool IsConnectedSend(ref SocketCall socket, ReadOnlySpan<byte> sockaddr) => socket.Family == IpFamily.IPv6
        && Sockaddr.Parse(sockaddr).Kind == SockaddrKind.Unspecified && socket.Type != Linux.SOCK_RAW;

    private Outcome Send(ref SocketCall socket, Span<byte> address, bool hasPayload)
    {
        OutgoingDatagram message = Outline(socket.Call, address, hasPayload);
        if (!SocketTypes.SendsDatagrams(socket.Type))
        {
            return streams.Send(ref socket, message);
        }

        bool isStrict = socket.Policy.Options.IsStrict;
        if (IsConnectedSend(ref socket, address))
        {
            if (!isStrict)
            {
                return Response.Continue;
            }

            message.Address = default;
        }

        Outcome outcome = sender.Send(ref socket, ref message, mayGoOn: !isStrict);
        supervisorSends = outcome.Response.Kind == ResponseKind.Result;
        return outcome;
    }

    private OutgoingDatagram Outline(scoped in Notification call, Span<byte> address, bool hasPayload) => new()
    {
        Address = address,
        AddressInTarget = call.Word(4),
        Layout = AbiLayout.Bits64,
        // sendto takes this flag for nothing, and so does sendmsg from a 32-bit program; from others it is EINVAL there.
        Flags = call.Int(3) & ~Native.MSG_CMSG_COMPAT,
        Buffer = call.Word(1),
        BufferLength = call.Word(2),
        HasPayload = hasPayload,
        Payload = hasPayload ? context.Scratch.PayloadOf((int)call.Word(2), wasRead: true) : default,
    };

    /// <summary>A socket that sends no IP packets: the kernel sends, or the supervisor where another thread could change the socket.</summary>
    private Outcome SendNotIp(ref SocketCall socket, Span<byte> address, bool concernsUs, Errno error)
    {
        Outcome outcome = concernsUs ? HandlerContext.NotIp(socket) : SendElsewhere(socket.Call, address);
        if (outcome.Response.Kind != ResponseKind.Continue || !own.IsNeeded(socket.Call))
        {
            return outcome;
        }

        if (error != Errno.None)
        {
            return context.CannotRead(socket.Call, error);
        }

        OutgoingDatagram message = Outline(socket.Call, address, hasPayload: false);
        return own.Send(ref socket, message);
    }

    /// <summary>Reads address and payload in one call.</summary>
    private bool TryReadBoth(in Notification call, int addressLength)
    {
        ulong length = call.Word(2);
        if (length > Scratch.PayloadLength)
        {
            return false;
        }

        int total = addressLength + (int)length;
        var to = new iovec { iov_base = context.Scratch.Payload - addressLength, iov_len = (size_t)total };
        iovec* from = stackalloc iovec[2];
        from[0] = new iovec { iov_base = (void*)call.Word(4), iov_len = (size_t)addressLength };
        from[1] = new iovec { iov_base = (void*)call.Word(1), iov_len = (size_t)length };
        return TargetMemory.Read(call, &to, from, 2, total) == Errno.None;
    }

    private Outcome SendElsewhere(in Notification call, ReadOnlySpan<byte> sockaddr) =>
        ServiceMessageRelay.IsFor(sockaddr) ? Relay(call) : Response.Continue;

    private Outcome Relay(in Notification call)
    {
        ulong length = call.Word(2);
        if (length > Scratch.PayloadLength)
        {
            return Response.Continue;
        }

        var message = new Span<byte>(context.Scratch.Payload, (int)length);
        return TargetMemory.Read(call, call.Word(1), message) == Errno.None
            ? relay.Send(call, message, default, call.Int(3))
            : Response.Continue;
    }
}
