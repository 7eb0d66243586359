using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Notify;
using BindToInterface.Supervisor.Sockets;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>The steps that calls have in common once a verdict is there: bind, choose the source, free.</summary>
internal sealed unsafe class SocketSteps(InterfaceBinder binder, DecisionLog log, DestinationJudge judge)
{
    /// <summary>
    /// Binds a socket to the verdict's interface and to its source address, for a call that the kernel carries out.
    /// </summary>
    /// <returns>The error to answer with, or None.</returns>
    public Errno Bind(in TrappedCall call, in DuplicatedSocket socket, in SocketName name, in Verdict verdict)
    {
        Association former = default;
        return Bind(call, socket, name, verdict, ref former);
    }

    /// <summary>
    /// Binds a socket to the verdict's interface and to its source address, for a connect.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="socket">The socket.</param>
    /// <param name="name">Its family and local address.</param>
    /// <param name="verdict">The verdict on the destination.</param>
    /// <param name="former">
    /// Noted where the association of a datagram socket is changed: the connect is then to be made at once, and where
    /// it fails this is to be restored.
    /// </param>
    /// <returns>The error to answer with, or None.</returns>
    public Errno Bind(
        in TrappedCall call, in DuplicatedSocket socket, in SocketName name, in Verdict verdict, ref Association former)
    {
        SocketName current = name;
        if (name.HasSource && verdict.Interface is not null)
        {
            Errno error = CheckLocal(call, socket, ref current, verdict, ref former);
            if (error != Errno.None)
            {
                return error;
            }
        }

        Errno bound = BindDevice(call, socket, verdict);
        return bound != Errno.None || verdict.Source is not IpAddress source || HasSource(current)
            ? bound
            : BindSource(call, socket, current, verdict, source, ref former);
    }

    /// <summary>Binds a socket to the verdict's interface.</summary>
    public Errno BindDevice(in TrappedCall call, in DuplicatedSocket socket, in Verdict verdict)
    {
        if (verdict.Interface is not string name)
        {
            return Errno.None;
        }

        switch (binder.Bind(socket, name))
        {
            case Errno.None:
                log.InterfaceFound(name);
                return Errno.None;
            case Errno.ENODEV:
                return log.InterfaceMissing(call, socket, verdict.Destination, name);
            case Errno.EPERM when binder.IndexOf(name) is uint index and not 0 && Association.TryRenew(socket, index, verdict.Source):
                log.InterfaceFound(name);
                return Errno.None;
            case Errno error when InterfaceBinder.BoundIndex(socket) is var bound && (bound == 0 || binder.Exists(bound)):
                return log.RefusedLoudly(
                    call, socket, verdict.Destination, Errno.EPERM, $"the socket cannot be bound to {name} ({error}): it is bound to another interface");
            default:
                return log.RefusedLoudly(
                    call, socket, verdict.Destination, Errno.ENETUNREACH,
                    $"the socket was bound to {name} before that was made anew, and only CAP_NET_RAW could bind it again; a new socket works");
        }
    }

    /// <summary>
    /// Frees a socket that is bound to the interface for a destination that is to have the normal routes.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="socket">The socket.</param>
    /// <param name="verdict">The verdict on the destination.</param>
    /// <param name="takesPeersPlace">Whether the destination is to be the socket's peer from now on.</param>
    /// <returns>None; ENETUNREACH where it cannot be freed.</returns>
    public Errno Free(in TrappedCall call, in DuplicatedSocket socket, in Verdict verdict, bool takesPeersPlace)
    {
        Association former = default;
        return Free(call, socket, verdict, takesPeersPlace, ref former);
    }

    /// <summary>
    /// Frees a socket that is bound to the interface for a destination that is to have the normal routes.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="socket">The socket.</param>
    /// <param name="verdict">The verdict on the destination.</param>
    /// <param name="takesPeersPlace">Whether the destination is to be the socket's peer from now on.</param>
    /// <param name="former">As for <see cref="Bind(in TrappedCall, in DuplicatedSocket, in SocketName, in Verdict, ref Association)"/>.</param>
    /// <returns>None; ENETUNREACH where it cannot be freed.</returns>
    public Errno Free(
        in TrappedCall call, in DuplicatedSocket socket, in Verdict verdict, bool takesPeersPlace, ref Association former)
    {
        if (InterfaceBinder.BoundIndex(socket) == 0 || socket.IsTcpUnderWay)
        {
            // A connection keeps its way; the kernel says EISCONN or EALREADY.
            return Errno.None;
        }

        bool hasOtherPeer = socket.TryGetPeer(out Sockaddr peer)
            ? judge.Policy.JudgeEndpoint(peer.Endpoint).Kind != VerdictKind.Exclude
            : socket.IsConnected();
        if (hasOtherPeer && !(takesPeersPlace && TryDissolve(socket, ref former)))
        {
            // What it sends to its peer would leave unbound.
            return log.RefusedLoudly(
                call, socket, verdict.Destination, Errno.ENETUNREACH,
                "the destination is excluded, but this socket is connected to one that is not; the program needs a second socket for it");
        }

        return InterfaceBinder.BoundIndex(socket) == 0 || InterfaceBinder.Unbind(socket) == Errno.None
            || (takesPeersPlace && socket.Type == Linux.SOCK_DGRAM && TryDissolve(socket, ref former))
            ? Errno.None
            : log.RefusedLoudly(
                call, socket, verdict.Destination, Errno.ENETUNREACH,
                "the destination is excluded, but an earlier call has bound this socket to the interface; only with CAP_NET_RAW (run as root) can it be unbound");
    }

    /// <summary>
    /// A datagram socket that is connected got its source from the route to its peer, and the kernel keeps it
    /// on the next connect; dissolving the association lets a source go that the program did not choose.
    /// </summary>
    private Errno CheckLocal(in TrappedCall call, in DuplicatedSocket socket, ref SocketName name, in Verdict verdict, ref Association former)
    {
        if (judge.IsOwn(verdict, name.Local.Address))
        {
            return Errno.None;
        }

        if (socket.IsTcpUnderWay)
        {
            // Its source came with the connection; the kernel says EISCONN or EALREADY.
            return Errno.None;
        }

        if (socket.Type is Linux.SOCK_DGRAM or Linux.SOCK_RAW && socket.IsConnected())
        {
            Note(ref former, socket, name);
            _ = Association.TryDissolve(socket, ref name);
        }

        return name.HasSource ? judge.CheckSource(call, socket, verdict, name.Local.Address) : Errno.None;
    }

    private static void Note(ref Association former, in DuplicatedSocket socket, in SocketName name)
    {
        if (!former.IsNoted)
        {
            former = Association.Of(socket, name);
        }
    }

    private static bool TryDissolve(in DuplicatedSocket socket, ref Association former)
    {
        if (socket.GetLocal(out SocketName name) != Errno.None)
        {
            return false;
        }

        Note(ref former, socket, name);
        return Association.TryDissolve(socket, ref name);
    }

    /// <summary>Whether it has a source already. What a socket is bound to in order to hear broadcasts is none.</summary>
    private bool HasSource(in SocketName name) => name.HasSource && !binder.Addresses.IsBroadcast(name.Local.Address);

    private Errno BindSource(
        in TrappedCall call, in DuplicatedSocket socket, in SocketName name, in Verdict verdict, IpAddress source, ref Association former)
    {
        Errno error = Errno.EADDRNOTAVAIL;
        if (socket.Type == Linux.SOCK_DGRAM)
        {
            uint index = verdict.Interface is string interfaceName ? binder.IndexOf(interfaceName) : 0;
            if (source.Family == IpFamily.IPv6 && !former.HasPeer && Association.TryElsewhere(verdict.Destination, index) is var impossible and not Errno.None)
            {
                return impossible;
            }

            Note(ref former, socket, name);
            error = Association.TakeSource(socket, name.Family!.Value, source, index);
        }
        else if (name.Local.Port == 0 || socket.Type == Linux.SOCK_RAW)
        {
            // The port is then chosen at connect, by the whole four-tuple, as it is without us. A raw socket has none:
            // what getsockname tells is its protocol.
            int yes = 1;
            _ = LibC.setsockopt(socket.Descriptor, Linux.SOL_IP, LibC.IP_BIND_ADDRESS_NO_PORT, &yes, sizeof(int));
            byte* address = stackalloc byte[Sockaddr.In6Length];
            int length = Sockaddr.Write(new Span<byte>(address, Sockaddr.In6Length), name.Family!.Value, new Endpoint(source, 0));
            error = LibC.bind(socket.Descriptor, (sockaddr*)address, (uint)length) == 0 ? Errno.None : Native.LastError;
        }

        return error == Errno.None
            ? error
            : log.RefusedLoudly(
                call, socket, verdict.Destination, Errno.EADDRNOTAVAIL, $"the socket cannot send from {source} (--source-ip): {error}");
    }
}
