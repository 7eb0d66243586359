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
internal sealed class StreamSender(HandlerContext context)
{
    /// <summary>Prepares the socket for the call, and lets the call go on.</summary>
    /// <param name="socket">The call.</param>
    /// <param name="names">What the message says of its way.</param>
    /// <param name="addressInTarget">The sockaddr in the program's memory.</param>
    /// <param name="flags">The MSG_ flags of the call.</param>
    public Outcome Send(ref SocketCall socket, in MessageNames names, ulong addressInTarget, int flags)
    {
        Plan plan = StreamPlan.Make(socket.Policy, names, flags, ref socket);
        while (plan.Way == Way.Again)
        {
            context.Steps.Carry(ref socket, plan);
            plan = StreamPlan.Make(socket.Policy, names, flags, ref socket);
        }

        if (plan.Way == Way.Invalid)
        {
            return Response.Fail(Errno.EINVAL);
        }

        if (plan.Verdict is not Verdict verdict)
        {
            return Response.Continue;
        }

        Outcome outcome = (plan.Way == Way.Refused ? verdict : context.Steps.Carry(ref socket, plan)) is Verdict refusal ? socket.Refused(refusal)
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
