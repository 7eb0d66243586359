using BindToInterface.Policy;
using BindToInterface.Supervisor.Filter;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Notify;
using BindToInterface.Supervisor.Sockets;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// Asks the policy about a destination, and holds the verdict against the socket: its network namespace, the
/// address it is bound to, and what its family can express.
/// </summary>
internal sealed class DestinationJudge(TrafficPolicy policy, InterfaceBinder binder, DecisionLog log)
{
    /// <summary>The policy that the call is judged by.</summary>
    public TrafficPolicy Policy { get; set; } = policy;

    /// <summary>Judges where a call goes.</summary>
    /// <returns>The error to answer with, or None.</returns>
    public Errno Judge(
        in TrappedCall call, in DuplicatedSocket socket, in SocketName name, in Sockaddr destination, out Verdict verdict)
    {
        // The "port" of a raw or ICMP socket's address is a protocol number, or nothing.
        bool hasPort = !Policy.RewritesDns || destination.Endpoint.Port != TrafficPolicy.DnsPort || CarriesPorts(socket);
        verdict = hasPort ? Policy.Judge(destination) : Policy.JudgeEndpoint(destination.Endpoint);
        return Check(call, socket, name, verdict);
    }

    /// <summary>
    /// Judges the peer of a connected socket, to which no DNS rule applies any more. One that the kernel does not tell
    /// is taken for one that is not excluded.
    /// </summary>
    public Errno JudgePeer(in TrappedCall call, in DuplicatedSocket socket, in SocketName name, out Verdict verdict)
    {
        if (socket.TryGetPeer(out Sockaddr peer))
        {
            return JudgePeer(call, socket, name, peer.Endpoint, out verdict);
        }

        verdict = Policy.JudgeUnknown(name.Local.Address.Family);
        return Check(call, socket, name, verdict);
    }

    /// <summary>Judges a peer, to which no DNS rule applies.</summary>
    public Errno JudgePeer(
        in TrappedCall call, in DuplicatedSocket socket, in SocketName name, in Endpoint peer, out Verdict verdict)
    {
        verdict = Policy.JudgeEndpoint(peer);
        return Check(call, socket, name, verdict);
    }

    /// <summary>
    /// Checks that a local address is the interface's: from another's, the far end would see that other. One to which
    /// a socket is bound to hear broadcasts is no source.
    /// </summary>
    public Errno CheckSource(in TrappedCall call, in DuplicatedSocket socket, in Verdict verdict, IpAddress source)
    {
        return verdict.Interface is not string name || IsOwn(verdict, source) || binder.Addresses.IsBroadcast(source)
            ? Errno.None
            : log.RefusedLoudly(
                call, socket, verdict.Destination, Errno.EADDRNOTAVAIL,
                $"the program bound its socket to {source}, which is not an address of {name}");
    }

    /// <summary>Whether a local address may be the source of what a verdict sends by an interface: it is the interface's, or the user chose it.</summary>
    public bool IsOwn(in Verdict verdict, IpAddress source) =>
        verdict.Source == source || binder.Addresses.Contains(verdict.Interface!, source);

    /// <summary>
    /// Checks what control messages say of the way: naming the interface, or an address of it, is fine.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="socket">The socket.</param>
    /// <param name="name">Its family and local address.</param>
    /// <param name="verdict">The verdict on the destination.</param>
    /// <param name="control">The control buffer, in the program's layout.</param>
    /// <param name="source">The source address that they name.</param>
    /// <returns>The error to answer with, or None.</returns>
    public Errno CheckControl(
        in TrappedCall call, in DuplicatedSocket socket, in SocketName name, in Verdict verdict, ReadOnlySpan<byte> control, out IpAddress? source)
    {
        source = null;
        if (control.IsEmpty || Policy.Options.Interface is null)
        {
            return Errno.None;
        }

        ControlMessages.Summary summary =
            ControlMessages.Read(control, call.Layout, name.Family!.Value, verdict.Destination.Address.Family);
        if (!summary.IsValid)
        {
            return Errno.EINVAL;
        }

        if (summary.HasSourceRoute)
        {
            return log.Refused(call, socket, verdict.Destination, Errno.EPERM, "a control message has a source route, which sends the packet to another address first");
        }

        if (verdict.Interface is not string interfaceName)
        {
            return Errno.None;
        }

        if (summary.InterfaceIndex != 0 && summary.InterfaceIndex != binder.IndexOf(interfaceName))
        {
            return log.Refused(call, socket, verdict.Destination, Errno.EPERM, "a control message names another interface");
        }

        source = summary.Source;
        return source is IpAddress address ? CheckSource(call, socket, verdict, address) : Errno.None;
    }

    private Errno Check(in TrappedCall call, in DuplicatedSocket socket, in SocketName name, in Verdict verdict)
    {
        if (verdict.Kind == VerdictKind.Refuse)
        {
            // A server on loopback that answers nobody: its client times out, and tells its user nothing.
            bool isAnswer = verdict.Destination.Address.IsLoopback && call.SystemCall != SystemCall.Connect && name.Local.Port != 0;
            return isAnswer
                ? log.RefusedLoudly(call, socket, verdict.Destination, verdict.Error, verdict.Reason)
                : log.Refused(call, socket, verdict.Destination, verdict.Error, verdict.Reason);
        }

        if (verdict.NeedsDualStack && !IsDualStack(socket, name))
        {
            return log.Refused(
                call, socket, verdict.Destination, Errno.ECONNREFUSED, "the --dns server is IPv4, and this socket is for IPv6 only; give --dns an IPv6 address as well");
        }

        if (verdict.Interface is not string interfaceName)
        {
            return Errno.None;
        }

        if (!binder.IsOfOurNamespace(socket, call.Tid))
        {
            return log.RefusedLoudly(
                call, socket, verdict.Destination, Errno.ENETUNREACH, "the socket belongs to another network namespace");
        }

        Endpoint destination = verdict.Destination;
        if (binder.Addresses.IsOfAnother(interfaceName, destination.Address))
        {
            Verdict refusal = TrafficPolicy.RefuseOwnAddress(verdict);
            return log.Refused(call, socket, destination, refusal.Error, refusal.Reason);
        }

        if (destination.ScopeId != 0 && destination.Address.NeedsScopeId && destination.ScopeId != binder.IndexOf(interfaceName))
        {
            // The kernel would follow the scope, even on a socket that is bound to a device (udpv6_sendmsg).
            return log.Refused(
                call, socket, destination, Errno.ENETUNREACH, "the link-local address names another interface as its scope");
        }

        return Errno.None;
    }

    private static bool CarriesPorts(in DuplicatedSocket socket) =>
        socket.Type is Linux.SOCK_STREAM or Linux.SOCK_SEQPACKET
        || (socket.Type == Linux.SOCK_DGRAM
            && socket.GetOption(Linux.SOL_SOCKET, LibC.SO_PROTOCOL) is Linux.IPPROTO_UDP or Linux.IPPROTO_UDPLITE);

    private static bool IsDualStack(in DuplicatedSocket socket, in SocketName name) =>
        socket.GetOption(Linux.SOL_IPV6, LibC.IPV6_V6ONLY) == 0
        && (!name.HasSource || name.Local.Address.Family == IpFamily.IPv4);
}
