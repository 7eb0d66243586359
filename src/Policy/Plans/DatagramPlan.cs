using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Plans;

/// <summary>
/// Plans a datagram. A client's socket, under a policy that sends nothing elsewhere, is bound to the device, and the kernel
/// carries the call out: with its own waits, and with what it learns of the path (MTU). The others are steered, each by
/// itself, so that one socket can talk to excluded and to other destinations, and a server hears on all interfaces.
/// </summary>
public static class DatagramPlan
{
    /// <summary>Plans one datagram.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="names">What it says of its way.</param>
    /// <param name="facts">The socket.</param>
    /// <param name="mayGoOn">Whether the kernel may carry it out; false for one message of several.</param>
    public static Plan Make<T>(TrafficPolicy policy, in MessageNames names, ref T facts, bool mayGoOn)
        where T : ISocketFacts, allows ref struct
    {
        Verdict verdict;
        if (names.Address.IsEmpty)
        {
            if (!names.MayNameWay)
            {
                // To whom it is connected, which was judged when it was; or to nobody, which is EDESTADDRREQ.
                return new(Way.AsIs);
            }

            if (!facts.IsConnected)
            {
                // EDESTADDRREQ; and where another thread has connected it by now, its way of its own is not taken.
                return new(Way.Invalid);
            }

            verdict = Destinations.JudgePeer(policy, ref facts);
        }
        else
        {
            Sockaddr destination = Sockaddr.Parse(names.Address, UnspecifiedOn(ref facts));
            if (!Destinations.Fits(facts.Family, destination))
            {
                return new(Way.KernelRefuses);
            }

            verdict = Destinations.Judge(policy, destination, ref facts, isSend: true);
            if (verdict.Kind == VerdictKind.Bind && destination.Kind == SockaddrKind.Mapped && facts.Type == Linux.SOCK_RAW)
            {
                // Other sockets send IPv4 to a mapped address; a raw one sends IPv6, and takes a PKTINFO of IPv6 alone. It is
                // bound to the device, and may not name a way by itself.
                return SocketPlan.IsBoundElsewhere(policy, verdict, ref facts) && facts.IsConnected ? Plan.Refused(SocketPlan.RefuseSecondWay(verdict))
                    : new(names.MayNameWay ? Way.Invalid : Way.AsIs, verdict, Steps.Bind);
            }

            if ((verdict.Kind == VerdictKind.Exclude || (verdict.Kind == VerdictKind.Bind && policy.Routes.HasSeveralWays)) && facts.WritesHeaders)
            {
                if (!facts.HasReadHeader)
                {
                    return Plan.After(Steps.ReadHeader, verdict);
                }

                // The program wrote the header itself: the packet goes where that says, whatever was named.
                verdict = facts.HeaderDestination is IpAddress inHeader
                    ? Destinations.JudgePeer(policy, new Endpoint(inHeader, 0), ref facts)
                    : verdict;
            }
        }

        return verdict.Kind switch
        {
            VerdictKind.Refuse => Plan.Refused(verdict),
            VerdictKind.Bind => Bound(policy, verdict, names, ref facts, mayGoOn),
            VerdictKind.Exclude => Excluded(policy, verdict, names, ref facts),
            _ when verdict.Source is IpAddress source && !Destinations.HasSource(ref facts) => new(Way.Steered, verdict) { Source = source },
            _ => new(verdict.Rewritten ? Way.OnBehalf : Way.AsIs, verdict),
        };
    }

    /// <summary>
    /// Whether a send by the supervisor with MSG_ZEROCOPY would have the kernel use the supervisor's own pages after they have been
    /// used again. A program that asks for it expects ENOBUFS, and sends without (Documentation/networking/msg_zerocopy.rst).
    /// Without SO_ZEROCOPY the flag means nothing, nor does it on raw sockets.
    /// </summary>
    /// <param name="flags">The MSG_ flags of the call.</param>
    /// <param name="facts">The socket.</param>
    public static bool PinsPages<T>(int flags, ref T facts)
        where T : ISocketFacts, allows ref struct =>
        (flags & Linux.MSG_ZEROCOPY) != 0 && facts.Type == Linux.SOCK_DGRAM && facts.IsZeroCopy;

    /// <summary>What AF_UNSPEC means in a send (udp_sendmsg, raw_sendmsg, rawv6_sendmsg); null for no address (udpv6_sendmsg).</summary>
    private static IpFamily? UnspecifiedOn<T>(ref T facts)
        where T : ISocketFacts, allows ref struct => facts.Family == IpFamily.IPv4 ? IpFamily.IPv4
            : facts.Type == Linux.SOCK_RAW ? IpFamily.IPv6
            : null;

    private static Plan Bound<T>(TrafficPolicy policy, in Verdict verdict, in MessageNames names, ref T facts, bool mayGoOn)
        where T : ISocketFacts, allows ref struct
    {
        ControlCheck control = Destinations.CheckControl(policy, verdict, names, ref facts);
        if (control.IsInvalid)
        {
            return new(Way.Invalid, verdict, Steps.Bind);
        }

        IpAddress? source = control.Source;
        Verdict? refusal = control.Refusal;
        if (refusal is null && source is null)
        {
            refusal = ChooseSource(verdict, ref facts, out source);
        }

        if (refusal is Verdict refused)
        {
            return Plan.Refused(facts.IndexOf(verdict.Interface!) == 0 ? Destinations.Missing(verdict) : refused);
        }

        bool hasSource = Destinations.HasSource(ref facts);
        bool isSix = verdict.Destination.Address.Family == IpFamily.IPv6;
        // With a source address, IPv6 takes the interface of a PKTINFO as a wish: where it has no route, another's is used
        // (ip6_route_output_flags). The socket's own device is an order. ICMPv6 datagram sockets read no PKTINFO before 5.18.
        bool needsDevice = isSix && (source is not null || hasSource || facts.Protocol == Linux.IPPROTO_ICMPV6);
        bool isElsewhere = SocketPlan.IsBoundElsewhere(policy, verdict, ref facts);
        if (isElsewhere && isSix && facts.IsConnected)
        {
            // In IPv4 a PKTINFO overrides the device; in IPv6 it does not.
            return Plan.Refused(SocketPlan.RefuseSecondWay(verdict));
        }

        if (needsDevice && hasSource && facts.TryGetPeer(out Endpoint peer) && policy.JudgeEndpoint(peer).Kind == VerdictKind.Exclude)
        {
            return Plan.Refused(SocketPlan.RefuseBesideExcluded(verdict));
        }

        Steps steps = needsDevice ? Steps.Bind : isElsewhere && !facts.IsConnected ? SocketPlan.LetGoOf(policy, verdict, ref facts) : Steps.None;
        bool isClient = !isElsewhere && !names.Address.IsEmpty && !policy.MayMix(facts.Family, verdict.Destination.Address.Family)
            && IsClient(verdict, ref facts, ref steps);
        if (mayGoOn && isClient && GoesWhereItSays(verdict, names, source, ref facts))
        {
            return new(Way.AsIs, verdict, steps);
        }

        // A client is bound also where it is steered, for its source: what the kernel learns of the path (MTU) is then the device's.
        uint index = facts.IndexOf(verdict.Interface!);
        return index == 0
            ? Plan.Refused(Destinations.Missing(verdict))
            : new(Way.Steered, verdict, steps) { Index = index, Source = source };
    }

    /// <summary>
    /// The source of a datagram that names none: the socket's own, if it is the interface's; the user's; else,
    /// on a socket whose source comes from being connected elsewhere, the interface's.
    /// </summary>
    private static Verdict? ChooseSource<T>(in Verdict verdict, ref T facts, out IpAddress? source)
        where T : ISocketFacts, allows ref struct
    {
        IpAddress local = facts.Local.Address;
        if (!Destinations.HasSource(ref facts))
        {
            source = verdict.Source;
            return null;
        }

        if (Destinations.IsOwn(verdict, local, ref facts))
        {
            // An in_pktinfo without a source would let go of the one that the socket is bound to (ip_cmsg_send).
            source = local.Family == verdict.Destination.Address.Family ? local : null;
            return null;
        }

        source = verdict.Source ?? facts.FirstAddressOf(verdict.Interface!, verdict.Destination.Address.Family);
        return source is not null && facts.IsConnected ? null : Destinations.CheckSource(verdict, local, ref facts);
    }

    /// <summary>
    /// Whether the kernel may send a datagram of a bound client as the program passed it: it goes where the program said, from
    /// the socket's own address or the interface's. What the program's memory says by then leads nowhere else.
    /// </summary>
    private static bool GoesWhereItSays<T>(in Verdict verdict, in MessageNames names, IpAddress? source, ref T facts)
        where T : ISocketFacts, allows ref struct => !verdict.Rewritten && !names.MayNameWay
            && (source is null || (Destinations.HasSource(ref facts) && source == facts.Local.Address));

    /// <summary>
    /// Whether it is a client's socket, which is bound to the device: one that has no port yet, or one that the kernel chose, or
    /// that was bound here before. One with a port of the program's choice is a server's: it is to hear on all interfaces, and
    /// stays unbound.
    /// </summary>
    private static bool IsClient<T>(in Verdict verdict, ref T facts, ref Steps steps)
        where T : ISocketFacts, allows ref struct
    {
        if (steps != Steps.None)
        {
            return true;
        }

        if (facts.Local.Port != 0)
        {
            if (facts.WasServer)
            {
                // Steered it goes out through the interface in any case.
                return false;
            }

            if (facts.IsBoundTo(verdict.Interface!))
            {
                return true;
            }

            // One that is bound to another number was bound to an interface that has been made anew since.
            if (facts.BoundIndex == 0 && !facts.HasKernelsPort)
            {
                return false;
            }
        }

        steps = Steps.TryBind;
        return true;
    }

    /// <summary>
    /// An excluded destination has the normal routes. On a socket that an earlier connect bound, PKTINFO names the interface of those,
    /// which IPv4 lets override the device; IPv6 does not. In strict mode a client's that never had a peer is set free to hear the answer:
    /// others are steered. A server's stays bound, with the port that the program chose.
    /// </summary>
    private static Plan Excluded<T>(TrafficPolicy policy, in Verdict verdict, in MessageNames names, ref T facts)
        where T : ISocketFacts, allows ref struct
    {
        ControlCheck control = Destinations.CheckControl(policy, verdict, names, ref facts);
        if (control.IsInvalid || control.Refusal is not null)
        {
            return control.IsInvalid ? new(Way.Invalid, verdict) : Plan.Refused(control.Refusal!.Value);
        }

        bool isFree = facts.BoundIndex == 0;
        if (isFree || (policy.Options.IsStrict && facts.Type == Linux.SOCK_DGRAM
            && (facts.Local.Port == 0 || (facts.WasNeverConnected && facts.HasKernelsPort))))
        {
            return new(Way.OnBehalf, verdict, isFree ? Steps.None : Steps.UnbindByDissolving);
        }

        if (verdict.Destination.Address.Family == IpFamily.IPv6)
        {
            Plan free = SocketPlan.Free(policy, verdict, ref facts, takesPeersPlace: false);
            return free.Way == Way.AsIs ? free with { Way = Way.OnBehalf } : free;
        }

        Errno error = facts.FindRoute(verdict.Destination, out Route route);
        return error != Errno.None
            ? Plan.Refused(verdict.Refuse(error, "the destination is excluded, and the normal routes do not lead to it"))
            : new(Way.Steered, verdict) { Index = route.InterfaceIndex, Source = Destinations.HasSource(ref facts) ? route.Source : null };
    }
}
