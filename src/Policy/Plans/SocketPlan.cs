using System.Runtime.CompilerServices;
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
            : Bind(policy, verdict, ref facts, takesPeersPlace);

    /// <summary>
    /// Whether a socket is bound to another interface of the policy than the verdict names. Where there is one interface this is
    /// false, and costs nothing.
    /// </summary>
    internal static bool IsBoundElsewhere<T>(TrafficPolicy policy, in Verdict verdict, ref T facts)
        where T : ISocketFacts, allows ref struct
    {
        if (policy.Routes.Interfaces.Count < 2 || verdict.Interface is not string wanted || facts.BoundIndex is var bound && bound == 0)
        {
            return false;
        }

        foreach (string name in policy.Routes.Interfaces)
        {
            if (name != wanted && facts.IndexOf(name) == bound)
            {
                // Two names can be those of one interface (ip-link(8), altname).
                return facts.IndexOf(wanted) != bound;
            }
        }

        return false;
    }

    /// <summary>
    /// The steps for a datagram socket without a peer that is bound to another interface of the policy, by the program itself. Where
    /// its datagrams are steered one by one it is unbound: it is to hear the answers by all. Otherwise a send may go on that counts on
    /// the device, and the socket is bound to the one interface of its family.
    /// </summary>
    internal static Steps LetGoOf<T>(TrafficPolicy policy, in Verdict verdict, ref T facts)
        where T : ISocketFacts, allows ref struct
    {
        IpFamily family = verdict.Destination.Address.Family;
        return !policy.Routes.LeadsOneWay(facts.Family) && !policy.Routes.LeadsOneWay(family)
            ? facts.Type == Linux.SOCK_DGRAM ? Steps.UnbindByDissolving : Steps.Unbind
            : facts.Family == family ? Steps.Bind : Steps.None;
    }

    /// <summary>The refusal where a socket talks to somebody by another interface, and would lose that way.</summary>
    internal static Verdict RefuseSecondWay(in Verdict verdict) => verdict.Refuse(
        Errno.ENETUNREACH,
        $"this socket is connected by another interface than {verdict.Interface}; the program needs a second socket for this destination",
        isLoud: true);

    /// <summary>Frees a socket that is bound to the interface for a destination that is to have the normal routes.</summary>
    public static Plan Free<T>(TrafficPolicy policy, in Verdict verdict, ref T facts, bool takesPeersPlace)
        where T : ISocketFacts, allows ref struct
    {
        if (facts.BoundIndex == 0 || facts.IsTcpUnderWay)
        {
            return new(Way.AsIs, verdict);
        }

        if (policy.Options.IsStrict && SocketTypes.SendsDatagrams(facts.Type) && (!takesPeersPlace || (facts.Local.Port != 0 && !facts.WasNeverConnected)))
        {
            // Another thread may be in the middle of a send on it, which counts on the device.
            return Plan.Refused(verdict.Refuse(
                Errno.ENETUNREACH,
                "the destination is excluded, and in strict mode only a socket that was not connected before is set free; the program needs a new one for it",
                isLoud: true));
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

    /// <summary>The refusal where a socket talks to an excluded destination, which it would lose.</summary>
    public static Verdict RefuseBesideExcluded(in Verdict verdict) => verdict.Refuse(
        Errno.ENETUNREACH,
        "this socket is connected to an excluded destination, and would lose it; the program needs a second socket for this one",
        isLoud: true);

    /// <summary>
    /// Strict mode: whether a datagram socket is free for the excluded peer that it has. It stays with such peers. A send of another
    /// thread that has looked up the way to this peer may note that way in the socket when it has another peer already (udp_sendmsg,
    /// sk_dst_set), and all that is sent to that one would leave by it.
    /// </summary>
    internal static bool IsFreeForPeer<T>(TrafficPolicy policy, ref T facts)
        where T : ISocketFacts, allows ref struct =>
        policy.Options.IsStrict && policy.Routes.TakesSocketsElsewhere && SocketTypes.SendsDatagrams(facts.Type)
            && facts.Local.Port != 0 && facts.BoundIndex == 0 && facts.IsConnected;

    /// <summary>The refusal where a binding could not be taken away.</summary>
    public static Verdict RefuseBound(in Verdict verdict) => verdict.Refuse(
        Errno.ENETUNREACH,
        $"{(verdict.Kind == VerdictKind.Exclude ? "the destination is excluded" : $"the destination is reached through {verdict.Interface}")}, but an earlier call has bound this socket to {(verdict.Kind == VerdictKind.Exclude ? "the" : "another")} interface; only with CAP_NET_RAW (run as root) can it be unbound",
        isLoud: true);

    private static Plan Bind<T>(TrafficPolicy policy, in Verdict verdict, ref T facts, bool takesPeersPlace)
        where T : ISocketFacts, allows ref struct
    {
        // What is rare is a method of its own, so that it takes no room on the stack of what is not.
        if (takesPeersPlace && IsFreeForPeer(policy, ref facts))
        {
            return StayBesideExcluded(verdict);
        }

        // A one-to-many socket may have peers that nothing tells of.
        if (IsBoundElsewhere(policy, verdict, ref facts) && !facts.IsTcpUnderWay && (facts.Type == Linux.SOCK_SEQPACKET || facts.IsConnected))
        {
            return LeaveSecondWay(policy, verdict, ref facts, takesPeersPlace);
        }

        bool hasOthersSource = verdict.Interface is not null && Destinations.HasSource(ref facts)
            && !Destinations.IsOwn(verdict, facts.Local.Address, ref facts) && !facts.IsTcpUnderWay;
        return hasOthersSource ? LoseSource(policy, verdict, ref facts) : Bound(verdict, ref facts);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Plan StayBesideExcluded(in Verdict verdict) => Plan.Refused(RefuseBesideExcluded(verdict));

    /// <summary>What it sends to its peer would leave by the new interface; and, in strict mode, what another thread sends meanwhile by any.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Plan LeaveSecondWay<T>(TrafficPolicy policy, in Verdict verdict, ref T facts, bool takesPeersPlace)
        where T : ISocketFacts, allows ref struct =>
        takesPeersPlace && !policy.Options.IsStrict && !facts.WasDissolved && SocketTypes.SendsDatagrams(facts.Type)
            ? Plan.After(Steps.Dissolve, verdict)
            : Plan.Refused(RefuseSecondWay(verdict));

    /// <summary>
    /// The source is not the interface's. A datagram socket that is connected got it from the route to its peer, and the kernel keeps it
    /// on the next connect; dissolving the association lets a source go that the program did not choose.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Plan LoseSource<T>(TrafficPolicy policy, in Verdict verdict, ref T facts)
        where T : ISocketFacts, allows ref struct
    {
        bool mayDissolve = !facts.WasDissolved && SocketTypes.SendsDatagrams(facts.Type) && facts.IsConnected
            && (!policy.Options.IsStrict || ConnectPlan.MayDissolve(policy, ref facts));
        return mayDissolve ? Plan.After(Steps.Dissolve, verdict)
            : Destinations.CheckSource(verdict, facts.Local.Address, ref facts) is Verdict refusal ? Plan.Refused(refusal)
            : Bound(verdict, ref facts);
    }

    private static Plan Bound<T>(in Verdict verdict, ref T facts)
        where T : ISocketFacts, allows ref struct
    {
        Steps steps = verdict.Interface is null ? Steps.None : Steps.Bind;
        bool hasSource = verdict.Source is null || (Destinations.HasSource(ref facts) && !facts.IsBroadcast(facts.Local.Address));
        return new(Way.AsIs, verdict, hasSource ? steps : steps | Steps.TakeSource);
    }
}
