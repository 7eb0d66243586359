using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;

namespace BindToInterface.Policy.Plans;

/// <summary>The steps for a socket that is to talk to one destination: to be bound, or to be free.</summary>
public static class SocketPlan
{
    /// <summary>
    /// An excluded destination has the socket free, any other has it bound. A connection that is under way keeps what it has:
    /// the kernel says EISCONN or EALREADY.
    /// </summary>
    /// <param name="policy">The policy.</param>
    /// <param name="verdict">The verdict on the destination; no refusal.</param>
    /// <param name="facts">The socket.</param>
    /// <param name="takesPeersPlace">Whether the destination is to be the socket's peer from now on.</param>
    /// <returns>A plan with <see cref="Way.AsIs"/>, or a refusal, or one to plan again after.</returns>
    public static Plan Make<T>(TrafficPolicy policy, in Verdict verdict, ref T facts, bool takesPeersPlace)
        where T : ISocketFacts, allows ref struct => verdict.Kind == VerdictKind.Exclude
            ? Free(policy, verdict, ref facts, takesPeersPlace)
            : Bind(verdict, ref facts);

    /// <summary>Frees a socket that is bound to the interface for a destination that is to have the normal routes.</summary>
    public static Plan Free<T>(TrafficPolicy policy, in Verdict verdict, ref T facts, bool takesPeersPlace)
        where T : ISocketFacts, allows ref struct
    {
        if (facts.BoundIndex == 0 || facts.IsTcpUnderWay)
        {
            return new(Way.AsIs, verdict);
        }

        bool hasOtherPeer = facts.TryGetPeer(out Endpoint peer)
            ? policy.JudgeEndpoint(peer).Kind != VerdictKind.Exclude
            : facts.IsConnected;
        if (hasOtherPeer)
        {
            // What it sends to its peer would leave unbound.
            return takesPeersPlace && !facts.WasDissolved
                ? Plan.After(Steps.Dissolve, verdict)
                : Plan.Refused(verdict.Refuse(
                    Errno.ENETUNREACH,
                    "the destination is excluded, but this socket is connected to one that is not; the program needs a second socket for it",
                    isLoud: true));
        }

        return new(Way.AsIs, verdict, takesPeersPlace && facts.Type == Linux.SOCK_DGRAM ? Steps.UnbindByDissolving : Steps.Unbind);
    }

    /// <summary>The refusal where a binding could not be taken away.</summary>
    public static Verdict RefuseBound(in Verdict verdict) => verdict.Refuse(
        Errno.ENETUNREACH,
        "the destination is excluded, but an earlier call has bound this socket to the interface; only with CAP_NET_RAW (run as root) can it be unbound",
        isLoud: true);

    private static Plan Bind<T>(in Verdict verdict, ref T facts)
        where T : ISocketFacts, allows ref struct
    {
        if (verdict.Interface is not null && Destinations.HasSource(ref facts)
            && !Destinations.IsOwn(verdict, facts.Local.Address, ref facts) && !facts.IsTcpUnderWay)
        {
            // A datagram socket that is connected got its source from the route to its peer, and the kernel keeps it on
            // the next connect; dissolving the association lets a source go that the program did not choose.
            if (!facts.WasDissolved && SocketTypes.SendsDatagrams(facts.Type) && facts.IsConnected)
            {
                return Plan.After(Steps.Dissolve, verdict);
            }

            if (Destinations.CheckSource(verdict, facts.Local.Address, ref facts) is Verdict refusal)
            {
                return Plan.Refused(refusal);
            }
        }

        Steps steps = verdict.Interface is null ? Steps.None : Steps.Bind;
        bool hasSource = verdict.Source is null || (Destinations.HasSource(ref facts) && !facts.IsBroadcast(facts.Local.Address));
        return new(Way.AsIs, verdict, hasSource ? steps : steps | Steps.TakeSource);
    }
}
