using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Notify;
using BindToInterface.Supervisor.Sockets;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// Sends with an address that the kernel must carry out itself: TCP Fast Open and one-to-many sockets, which
/// connect as they send. The socket is bound first.
/// </summary>
internal sealed class StreamSender(HandlerContext context)
{
    private readonly DestinationJudge judge = context.Judge;
    private readonly SocketSteps steps = context.Steps;
    private readonly DecisionLog log = context.Log;

    /// <summary>Prepares the socket for the call, and lets the call go on.</summary>
    public Answer Prepare(
        in TrappedCall call, in DuplicatedSocket socket, in SocketName name, int type, Span<byte> address, ulong addressInTarget,
        ReadOnlySpan<byte> control, int flags)
    {
        if (type == Linux.SOCK_STREAM && (flags & LibC.MSG_FASTOPEN) == 0
            && socket.GetOption(Linux.SOL_SOCKET, LibC.SO_PROTOCOL) == Linux.IPPROTO_TCP)
        {
            // TCP ignores the address; SCTP connects to it.
            return Answer.Continue;
        }

        if (type == Linux.SOCK_STREAM && name.Local.Port != 0 && socket.IsTcpInUse)
        {
            // EISCONN or EALREADY.
            return Answer.Continue;
        }

        Sockaddr destination = Sockaddr.Parse(address, name.Family == IpFamily.IPv4 ? IpFamily.IPv4 : null);
        if (address.IsEmpty)
        {
            // Connected, and so judged when that was done; but control messages can still name another way.
            if (!ControlMessages.MayNameWay(control, call.Layout) || !socket.TryGetPeer(out destination))
            {
                return Answer.Continue;
            }
        }

        if (!destination.IsIp || (name.Family == IpFamily.IPv4 && destination.Kind != SockaddrKind.IPv4))
        {
            return Answer.Continue;
        }

        Errno error = address.IsEmpty
            ? judge.JudgePeer(call, socket, name, destination.Endpoint, out Verdict verdict)
            : judge.Judge(call, socket, name, destination, out verdict);
        if (error == Errno.None)
        {
            error = judge.CheckControl(call, socket, name, verdict, control, out _);
        }

        if (error == Errno.None)
        {
            error = verdict.Kind == VerdictKind.Exclude
                ? steps.Free(call, socket, verdict, takesPeersPlace: type == Linux.SOCK_STREAM)
                : steps.Bind(call, socket, name, verdict);
        }

        if (error == Errno.None && verdict.Rewritten)
        {
            destination.TryRewrite(address, verdict.Destination);
            if (context.Write(call, addressInTarget, address) != Errno.None)
            {
                error = log.RefusedLoudly(
                    call, socket, verdict.Destination, Errno.ECONNREFUSED, "the address of the --dns server cannot be written into the program's memory");
            }
        }

        if (error != Errno.None)
        {
            return Answer.Fail(error);
        }

        log.Decided(call, socket, verdict);
        return Answer.Continue;
    }
}
