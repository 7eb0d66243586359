using System.Runtime.CompilerServices;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Plans;

/// <summary>
/// The rules that every plan has in common: which address fits a socket, what the policy says of it, and whether the
/// socket can keep to that. A refusal is a verdict with an error and a reason.
/// </summary>
public static class Destinations
{
    /// <summary>Whether the kernel takes an address for a socket of this family at all.</summary>
    public static bool Fits(IpFamily family, in Sockaddr destination) =>
        destination.IsIp && (family == IpFamily.IPv6 || destination.Kind == SockaddrKind.IPv4);

    /// <summary>
    /// Whether packets carry an address that was chosen for them: the program's bind, or an earlier connect.
    /// A socket bound to a multicast or broadcast address sends from the interface's own (inet_bind).
    /// </summary>
    public static bool IsSource(in IpAddress local) => !local.IsUnspecified && !local.IsMulticast && !local.IsBroadcast;

    /// <summary>Judges where a call goes.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="destination">An address that fits.</param>
    /// <param name="facts">The socket.</param>
    /// <param name="isSend">Whether it is a send, which may be the answer of a server.</param>
    public static Verdict Judge<T>(TrafficPolicy policy, in Sockaddr destination, ref T facts, bool isSend)
        where T : ISocketFacts, allows ref struct
    {
        // The "port" of a raw or ICMP socket's address is a protocol number, or nothing.
        bool hasPort = !policy.RewritesDns || destination.Endpoint.Port != TrafficPolicy.DnsPort || CarriesPorts(ref facts);
        Verdict verdict = hasPort ? policy.Judge(destination) : policy.JudgeEndpoint(destination.Endpoint);
        Check(ref verdict, ref facts, isSend);
        return verdict;
    }

    /// <summary>
    /// Judges the peer of a connected socket, to which no DNS rule applies any more. One that the kernel does not tell
    /// is taken for one that is not excluded.
    /// </summary>
    public static Verdict JudgePeer<T>(TrafficPolicy policy, ref T facts)
        where T : ISocketFacts, allows ref struct
    {
        if (facts.TryGetPeer(out Endpoint peer))
        {
            return JudgePeer(policy, peer, ref facts);
        }

        Verdict verdict = policy.JudgeUnknown(facts.Local.Address.Family);
        Check(ref verdict, ref facts, isSend: true);
        return verdict;
    }

    /// <summary>Judges a peer, to which no DNS rule applies.</summary>
    public static Verdict JudgePeer<T>(TrafficPolicy policy, in Endpoint peer, ref T facts)
        where T : ISocketFacts, allows ref struct
    {
        Verdict verdict = policy.JudgeEndpoint(peer);
        Check(ref verdict, ref facts, isSend: true);
        return verdict;
    }

    /// <summary>Whether the socket has a source. What it is bound to in order to hear broadcasts is none.</summary>
    public static bool HasSource<T>(ref T facts)
        where T : ISocketFacts, allows ref struct => IsSource(facts.Local.Address);

    /// <summary>
    /// Checks that a local address is the interface's: from another's, the far end would see that other. One to which
    /// a socket is bound to hear broadcasts is no source.
    /// </summary>
    /// <returns>null, or the refusal.</returns>
    public static Verdict? CheckSource<T>(in Verdict verdict, IpAddress source, ref T facts)
        where T : ISocketFacts, allows ref struct =>
        verdict.Interface is not string name || IsOwn(verdict, source, ref facts) || facts.IsBroadcast(source)
            ? null
            : verdict.Refuse(Errno.EADDRNOTAVAIL, $"the program bound its socket to {source}, which is not an address of {name}", isLoud: true);

    /// <summary>Whether a local address may be the source of what a verdict sends by an interface: it is the interface's, or the user chose it.</summary>
    public static bool IsOwn<T>(in Verdict verdict, IpAddress address, ref T facts)
        where T : ISocketFacts, allows ref struct => verdict.Source == address || facts.IsAddressOf(verdict.Interface!, address);

    /// <summary>Checks what control messages say of the way: naming the interface, or an address of it, is fine.</summary>
    /// <param name="verdict">The verdict on the destination.</param>
    /// <param name="names">The message.</param>
    /// <param name="facts">The socket.</param>
    /// <param name="policy">The policy.</param>
    public static ControlCheck CheckControl<T>(TrafficPolicy policy, in Verdict verdict, in MessageNames names, ref T facts)
        where T : ISocketFacts, allows ref struct
    {
        if (names.Control.IsEmpty || !policy.Routes.Restricts)
        {
            return default;
        }

        ControlMessages.Summary summary =
            ControlMessages.Read(names.Control, names.Layout, facts.Family, verdict.Destination.Address.Family);
        if (!summary.IsValid)
        {
            return new(IsInvalid: true);
        }

        if (summary.HasSourceRoute)
        {
            return new(false, verdict.Refuse(Errno.EPERM, "a control message has a source route, which sends the packet to another address first"));
        }

        if (verdict.Interface is not string interfaceName)
        {
            return default;
        }

        if (summary.InterfaceIndex != 0 && summary.InterfaceIndex != facts.IndexOf(interfaceName))
        {
            return new(false, verdict.Refuse(Errno.EPERM, "a control message names another interface"));
        }

        return new(false, summary.Source is IpAddress source ? CheckSource(verdict, source, ref facts) : null, summary.Source);
    }

    /// <summary>The refusal where the interface is not there.</summary>
    public static Verdict Missing(in Verdict verdict) => verdict.Refuse(Errno.ENETUNREACH, "no such device") with { IsMissing = true };

    /// <summary>Makes a verdict a refusal that the socket cannot keep to.</summary>
    private static void Check<T>(ref Verdict verdict, ref T facts, bool isSend)
        where T : ISocketFacts, allows ref struct
    {
        if (verdict.Kind == VerdictKind.Refuse)
        {
            // A server on loopback that answers nobody: its client times out, and tells its user nothing.
            if (isSend && !verdict.IsLoud && verdict.Destination.Address.IsLoopback && facts.Local.Port != 0)
            {
                verdict = verdict with { IsLoud = true };
            }

            return;
        }

        if (verdict.NeedsDualStack && !IsDualStack(ref facts))
        {
            Refuse(ref verdict, Errno.ECONNREFUSED, "the --dns server is IPv4, and this socket is for IPv6 only; give --dns an IPv6 address as well");
            return;
        }

        if (verdict.Interface is not string interfaceName)
        {
            return;
        }

        Endpoint destination = verdict.Destination;
        if (!facts.IsOfOurNamespace)
        {
            Refuse(ref verdict, Errno.ENETUNREACH, "the socket belongs to another network namespace", isLoud: true);
        }
        else if (facts.IsAddressOfAnother(interfaceName, destination.Address))
        {
            verdict = TrafficPolicy.RefuseOwnAddress(verdict);
        }
        else if (destination.ScopeId != 0 && destination.Address.NeedsScopeId && destination.ScopeId != facts.IndexOf(interfaceName))
        {
            // The kernel would follow the scope, even on a socket that is bound to a device (udpv6_sendmsg).
            Refuse(ref verdict, Errno.ENETUNREACH, "the link-local address names another interface as its scope");
        }
    }

    // Not inlined: each copy of a verdict has room of its own on the stack, which is cleared for every call.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Refuse(ref Verdict verdict, Errno error, string reason, bool isLoud = false) => verdict = verdict.Refuse(error, reason, isLoud);

    private static bool CarriesPorts<T>(ref T facts)
        where T : ISocketFacts, allows ref struct =>
        facts.Type is Linux.SOCK_STREAM or Linux.SOCK_SEQPACKET
        || (facts.Type == Linux.SOCK_DGRAM && facts.Protocol is Linux.IPPROTO_UDP or Linux.IPPROTO_UDPLITE);

    private static bool IsDualStack<T>(ref T facts)
        where T : ISocketFacts, allows ref struct =>
        !facts.IsIpv6Only && (!HasSource(ref facts) || facts.Local.Address.Family == IpFamily.IPv4);
}
