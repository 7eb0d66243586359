using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Plans;

/// <summary>Plans a connect(2).</summary>
public static class ConnectPlan
{
    /// <summary>
    /// Whether an association may be dissolved (connect to AF_UNSPEC) in strict mode. That takes the device of a datagram socket away
    /// for a moment. A send of another thread that has looked at the peer before leaves in IPv4 by the interface of IP_UNICAST_IF. In
    /// IPv6 that is only a wish where the socket has a source (ip6_route_output_flags). One that was set free stays with its peer: see
    /// <see cref="SocketPlan.IsFreeForPeer"/>.
    /// </summary>
    public static bool MayDissolve<T>(TrafficPolicy policy, ref T facts)
        where T : ISocketFacts, allows ref struct =>
        !SocketTypes.SendsDatagrams(facts.Type)
            || ((facts.Family == IpFamily.IPv4 || (facts.TryGetPeer(out Endpoint peer) ? peer.Address.Family == IpFamily.IPv4 : !facts.IsConnected))
                && !SocketPlan.IsFreeForPeer(policy, ref facts));

    /// <summary>Plans one connect.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="destination">The address that the program named.</param>
    /// <param name="facts">The socket.</param>
    public static Plan Make<T>(TrafficPolicy policy, in Sockaddr destination, ref T facts)
        where T : ISocketFacts, allows ref struct
    {
        if (!Destinations.Fits(facts.Family, destination) || (facts.Local.Port != 0 && facts.IsTcpInUse))
        {
            // Not of one family, or connected already, or listening: the socket stays what it is. AF_UNSPEC dissolves.
            return new(Way.KernelRefuses);
        }

        Verdict verdict = Destinations.Judge(policy, destination, ref facts, isSend: false);
        if (verdict.Kind == VerdictKind.Refuse)
        {
            return Plan.Refused(verdict);
        }

        if (policy.Options.IsStrict && (verdict.Rewritten || verdict.Kind == VerdictKind.Exclude) && IsStreamOfItsOwnWait(ref facts))
        {
            return Plan.Refused(verdict, Errno.EOPNOTSUPP, "in strict mode SCTP connects only where the address does not decide about the way");
        }

        Plan plan = SocketPlan.Make(policy, verdict, ref facts, takesPeersPlace: true);
        if (plan.Way != Way.AsIs)
        {
            return plan;
        }

        bool dependsOnAddress = verdict.Kind == VerdictKind.Exclude || (verdict.Kind == VerdictKind.Bind && policy.Routes.HasSeveralWays);
        if (dependsOnAddress && facts.WritesHeaders)
        {
            // What it writes then is not judged, and its headers could name any destination.
            return Plan.Refused(
                verdict, Errno.EPERM, "the way depends on the destination, and the program writes the IP headers itself, which could name another one", isLoud: true);
        }

        // What was bound stays bound, whatever the program's memory says by now: the call goes on, where all leave by one interface.
        // What was redirected or is left free depends on the address; and a new association takes the former one's place at once.
        bool isOnBehalf = policy.Options.IsStrict || verdict.Rewritten || dependsOnAddress || facts.WasDissolved
            || ((plan.Steps & Steps.TakeSource) != 0 && facts.Type == Linux.SOCK_DGRAM);
        return isOnBehalf ? plan with { Way = Way.OnBehalf } : plan;
    }

    /// <summary>SCTP waits for its connection itself, and reads the address again.</summary>
    private static bool IsStreamOfItsOwnWait<T>(ref T facts)
        where T : ISocketFacts, allows ref struct => !SocketTypes.SendsDatagrams(facts.Type) && facts.Protocol != Linux.IPPROTO_TCP;
}
