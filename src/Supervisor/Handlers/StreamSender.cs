using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// Sends with an address that the kernel must carry out itself: TCP Fast Open and one-to-many sockets, which
/// connect as they send. The socket is bound first.
/// </summary>
internal sealed class StreamSender(HandlerContext context, MessageSender own)
{
    /// <summary>Prepares the socket for the call, and lets the call go on; or sends for it, where that may not be.</summary>
    public Outcome Send(ref SocketCall socket, scoped in OutgoingDatagram message)
    {
        bool isStream = socket.Type == Linux.SOCK_STREAM, isOwn = own.IsNeeded(socket.Call);
        if (isOwn && isStream && (message.Flags & Linux.MSG_FASTOPEN) != 0)
        {
            return socket.Refused(context.WithoutAddress.Refuse(
                Errno.EOPNOTSUPP, "in strict mode a program with several threads does not connect as it sends (TCP Fast Open)"));
        }

        // On a stream no control message names a way.
        var names = new MessageNames(message.Address, isStream ? default : message.Control, message.Layout);
        Outcome outcome = Prepare(ref socket, names, message.AddressInTarget, message.Flags);
        if (outcome.Response.Kind != ResponseKind.Continue || !isOwn)
        {
            return outcome;
        }

        OutgoingDatagram sent = message;
        if (socket.IsTcp)
        {
            // It ignores the address.
            sent.Address = default;
        }

        Outcome ended = own.Send(ref socket, sent);
        // What failed is told rather than what was decided before.
        return ended.Decision is null ? outcome with { Response = ended.Response } : ended;
    }

    private Outcome Prepare(ref SocketCall socket, in MessageNames names, ulong addressInTarget, int flags)
    {
        Plan plan = StreamPlan.Make(socket.Policy, names, flags, ref socket);
        while (plan.Way == Way.Again)
        {
            _ = context.Steps.TryCarry(ref socket, plan, out _);
            plan = StreamPlan.Make(socket.Policy, names, flags, ref socket);
        }

        if (plan.Way == Way.Invalid)
        {
            return Response.Fail(Errno.EINVAL);
        }

        if (!plan.IsJudged)
        {
            return Response.Continue;
        }

        ref readonly Verdict verdict = ref plan.Verdict;
        Outcome outcome = plan.Way == Way.Refused ? socket.Refused(verdict)
            : !context.Steps.TryCarry(ref socket, plan, out Verdict refusal) ? socket.Refused(refusal)
            : verdict.Rewritten && !TryRewrite(socket, names.Address, verdict, addressInTarget) ? socket.Refused(verdict.Refuse(
                Errno.ECONNREFUSED, "the address of the --dns server cannot be written into the program's memory", isLoud: true))
            : socket.Decided(Response.Continue, verdict);
        SocketWithoutCopy.LetGo(context, ref socket, plan, outcome.Response);
        return outcome;
    }

    private bool TryRewrite(in SocketCall socket, ReadOnlySpan<byte> address, in Verdict verdict, ulong addressInTarget)
    {
        Span<byte> bytes = stackalloc byte[Sockaddr.MaximumLength];
        bytes = bytes[..address.Length];
        address.CopyTo(bytes);
        Sockaddr.Parse(address, socket.Family == IpFamily.IPv4 ? IpFamily.IPv4 : null).TryRewrite(bytes, verdict.Destination);
        return context.Write(socket.Call, addressInTarget, bytes) == Errno.None;
    }
}
