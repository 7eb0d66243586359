using BindToInterface.Policy;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Proc;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;
using BindToInterface.Supervisor.Target;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// recvfrom(2) with an address, while a DNS override is set. Resolvers such as c-ares and dnspython compare
/// the reply's source with a copy of the address that they asked: it gets that address back. Those that
/// compare with the buffer that was rewritten (musl, old glibc) see the override in both.
/// </summary>
internal sealed unsafe class ReceiveHandler(HandlerContext context)
{
    private readonly TargetProcess target = context.Target;
    private readonly ReplyReader replies = new(context);

    public Outcome Handle(in Notification call)
    {
        if (replies.Look(call) is Response ended)
        {
            return ended;
        }

        if (call.SystemCall != SystemCall.Recvfrom || call.Word(4) == 0 || context.Rewritten.IsEmpty)
        {
            return Response.Continue;
        }

        // Whatever is wrong here, the kernel may say: receiving leads nothing out.
        Errno error = target.Duplicate(call, call.Int(0), out DuplicatedSocket socket);
        using (socket)
        {
            return error != Errno.None
                || !context.Rewritten.TryFind(socket, out RewrittenSockets.Entry entry)
                || socket.Type != Linux.SOCK_DGRAM
                || StillHoldsOverride(call, entry)
                || !target.IsWaiting(call)
                    ? Response.Continue
                    : Receive(call, socket, entry);
        }
    }

    private Outcome Receive(in Notification call, in DuplicatedSocket socket, in RewrittenSockets.Entry entry)
    {
        Scratch scratch = context.Scratch;
        int flags = call.Int(3);
        nuint room = (nuint)Math.Min(call.Word(2), Scratch.PayloadLength);
        uint addressLength = Sockaddr.MaximumLength;
        nint received = (nint)(long)LibC.recvfrom(
            socket.Descriptor, scratch.Payload, (size_t)room, flags | LibC.MSG_DONTWAIT, (sockaddr*)scratch.Address, (socklen_t*)&addressLength);
        if (received >= 0)
        {
            var address = new Span<byte>(scratch.Address, (int)Math.Min(addressLength, Sockaddr.MaximumLength));
            RestoreSource(address, entry);
            var payload = new ReadOnlySpan<byte>(scratch.Payload, (int)Math.Min((nuint)received, room));
            return Deliver(call, payload, address, received);
        }

        Errno error = Native.LastError;
        return error == Errno.EAGAIN && (flags & LibC.MSG_DONTWAIT) == 0 && !socket.IsNonBlocking
            ? context.Wait(call, LibC.POLLIN)
            : Response.Fail(error);
    }

    private static void RestoreSource(Span<byte> address, in RewrittenSockets.Entry entry)
    {
        Sockaddr source = Sockaddr.Parse(address);
        if (source.Endpoint.Address == entry.Actual.Address && source.Endpoint.Port == entry.Actual.Port)
        {
            source.TryRewrite(address, entry.Original);
        }
    }

    /// <summary>Hands over what was received as recvfrom does: data, address, and the address's whole length.</summary>
    private Outcome Deliver(in Notification call, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> address, nint received)
    {
        Errno error = context.Pin(call, out PinnedMemory? memory);
        using (memory)
        {
            error = memory is null ? error : Deliver(memory, call, payload, address);
            return error == Errno.None ? Response.Result(received) : error == Errno.EINVAL ? Response.Fail(error) : context.CannotRead(call, error);
        }
    }

    private static Errno Deliver(PinnedMemory memory, in Notification call, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> address)
    {
        int room = 0;
        Errno error = memory.Write(call.Word(1), payload);
        if (error == Errno.None)
        {
            error = memory.Read(call.Word(5), new Span<byte>(&room, sizeof(int)));
        }

        if (error == Errno.None && room < 0)
        {
            error = Errno.EINVAL;
        }

        if (error == Errno.None)
        {
            error = memory.Write(call.Word(4), address[..Math.Min(room, address.Length)]);
        }

        int length = address.Length;
        return error == Errno.None ? memory.Write(call.Word(5), new ReadOnlySpan<byte>(&length, sizeof(int))) : error;
    }

    /// <summary>
    /// Whether the sockaddr that the program passed is still there and names the override, so that the
    /// program itself compares with it. One below the stack pointer is what a returned function left behind.
    /// </summary>
    private bool StillHoldsOverride(in Notification call, in RewrittenSockets.Entry entry)
    {
        Span<byte> bytes = stackalloc byte[Sockaddr.MaximumLength];
        int length = entry.SockaddrLength;
        if (length == 0)
        {
            return false;
        }

        Sockaddr now = TargetMemory.Read(call, entry.SockaddrAddress, bytes[..length]) == Errno.None ? Sockaddr.Parse(bytes[..length]) : default;
        return now.IsIp && now.Endpoint.Address == entry.Actual.Address && now.Endpoint.Port == entry.Actual.Port
            && !Stack.IsAbandoned(call.Tid, entry.SockaddrAddress);
    }
}
