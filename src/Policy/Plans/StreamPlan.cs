using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Plans;

/// <summary>
/// Plans a send with an address that the kernel must carry out itself: TCP Fast Open and one-to-many sockets, which connect
/// as they send.
/// </summary>
public static class StreamPlan
{
    /// <summary>Plans one send.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="names">What the message says of its way.</param>
    /// <param name="flags">The MSG_ flags of the call.</param>
    /// <param name="facts">The socket.</param>
    public static Plan Make<T>(TrafficPolicy policy, in MessageNames names, int flags, ref T facts)
        where T : ISocketFacts, allows ref struct
    {
        if (policy.Options.IsStrict && policy.Routes.TakesSocketsElsewhere && facts.Type == Linux.SOCK_STREAM
            && (flags & Linux.MSG_FASTOPEN) != 0 && !names.Address.IsEmpty)
        {
            // Whatever the address: another thread could have the socket set free before the kernel connects it. Programs connect
            // first then, as on a kernel that lacks it.
            return Plan.Refused(new Verdict(VerdictKind.Bind, Sockaddr.Parse(names.Address).Endpoint).Refuse(
                Errno.EOPNOTSUPP, "in strict mode TCP Fast Open connects nothing where a destination is excluded or has another interface"));
        }

        if (facts.Type == Linux.SOCK_STREAM
            && (((flags & Linux.MSG_FASTOPEN) == 0 && facts.Protocol == Linux.IPPROTO_TCP) || (facts.Local.Port != 0 && facts.IsTcpInUse)))
        {
            // TCP ignores the address, where SCTP connects to it; or EISCONN or EALREADY.
            return new(Way.KernelRefuses);
        }

        Verdict verdict;
        if (names.Address.IsEmpty)
        {
            // Connected, and so judged when that was done; but control messages can still name another way.
            if (!names.MayNameWay || !facts.TryGetPeer(out Endpoint peer))
            {
                return new(Way.AsIs);
            }

            verdict = Destinations.JudgePeer(policy, peer, ref facts);
        }
        else
        {
            Sockaddr destination = Sockaddr.Parse(names.Address, facts.Family == IpFamily.IPv4 ? IpFamily.IPv4 : null);
            if (!Destinations.Fits(facts.Family, destination))
            {
                return new(Way.KernelRefuses);
            }

            verdict = Destinations.Judge(policy, destination, ref facts, isSend: true);
        }

        if (verdict.Kind == VerdictKind.Refuse)
        {
            return Plan.Refused(verdict);
        }

        if (policy.Options.IsStrict && (verdict.Rewritten || verdict.Kind == VerdictKind.Exclude))
        {
            // The kernel would read the address again, from memory that can change. Programs connect first then, as on a kernel
            // that lacks it.
            return Plan.Refused(verdict.Refuse(
                Errno.EOPNOTSUPP, "in strict mode nothing connects as it sends (TCP Fast Open, SCTP) where the address decides about the way"));
        }

        ControlCheck control = Destinations.CheckControl(policy, verdict, names, ref facts);
        return control.IsInvalid ? new(Way.Invalid, verdict)
            : control.Refusal is Verdict refusal ? Plan.Refused(refusal)
            : SocketPlan.Make(policy, verdict, ref facts, takesPeersPlace: facts.Type == Linux.SOCK_STREAM);
    }
}
