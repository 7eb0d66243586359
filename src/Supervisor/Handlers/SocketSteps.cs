using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Notify;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>The steps that calls have in common once a verdict is there: bind, choose the source, free.</summary>
internal sealed unsafe class SocketSteps(InterfaceBinder binder, DecisionLog log, DestinationJudge judge)
{
    /// <summary>
    /// Binds a socket to the verdict's interface and to its source address.
    /// </summary>
    /// <returns>The error to answer with, or None.</returns>
    public Errno Bind(in TrappedCall call, in DuplicatedSocket socket, in SocketName name, in Verdict verdict)
    {
        SocketName current = name;
        if (name.HasSource && verdict.Interface is not null)
        {
            Errno error = CheckLocal(call, socket, ref current, verdict);
            if (error != Errno.None)
            {
                return error;
            }
        }

        if (verdict.Source is not null && !current.HasSource && current.Local.Port != 0)
        {
            ReleasePort(socket, ref current);
        }

        Errno bound = BindDevice(call, socket, verdict);
        return bound != Errno.None || verdict.Source is not IpAddress source || current.HasSource
            ? bound
            : BindSource(call, socket, current, verdict, source);
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
            case Errno error:
                return log.RefusedLoudly(
                    call, socket, verdict.Destination, Errno.EPERM, $"the socket cannot be bound to {name} ({error}): it is bound to another interface");
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
        if (InterfaceBinder.BoundIndex(socket) == 0 || socket.IsTcpUnderWay)
        {
            // A connection keeps its way; the kernel says EISCONN or EALREADY.
            return Errno.None;
        }

        bool hasOtherPeer = socket.TryGetPeer(out Sockaddr peer)
            ? judge.Policy.JudgeEndpoint(peer.Endpoint).Kind != VerdictKind.Exclude
            : socket.IsConnected();
        if (hasOtherPeer && !(takesPeersPlace && Dissolve(socket)))
        {
            // What it sends to its peer would leave unbound. Dissolved, it has neither peer nor binding: should the
            // new association fail, nothing is left of the old one.
            return log.RefusedLoudly(
                call, socket, verdict.Destination, Errno.ENETUNREACH,
                "the destination is excluded, but the socket is connected to one that is not; a second socket could reach it");
        }

        return InterfaceBinder.BoundIndex(socket) == 0 || InterfaceBinder.Unbind(socket) == Errno.None
            ? Errno.None
            : log.RefusedLoudly(
                call, socket, verdict.Destination, Errno.ENETUNREACH,
                "the destination is excluded, but an earlier call bound this socket to the interface for good; CAP_NET_RAW could take that back");
    }

    /// <summary>
    /// A datagram socket that is connected got its source from the route to its peer, and the kernel keeps it
    /// on the next connect; dissolving the association lets a source go that the program did not choose.
    /// </summary>
    private Errno CheckLocal(in TrappedCall call, in DuplicatedSocket socket, ref SocketName name, in Verdict verdict)
    {
        if (binder.Addresses.Contains(verdict.Interface!, name.Local.Address))
        {
            return Errno.None;
        }

        if (socket.IsTcpUnderWay)
        {
            // Its source came with the connection; the kernel says EISCONN or EALREADY.
            return Errno.None;
        }

        if (socket.Type is Libc.SOCK_DGRAM or Libc.SOCK_RAW && socket.IsConnected() && Dissolve(socket)
            && socket.GetLocal(out SocketName now) == Errno.None)
        {
            name = now;
        }

        return name.HasSource ? judge.CheckSource(call, socket, verdict, name.Local.Address) : Errno.None;
    }

    /// <summary>
    /// A datagram socket that was bound to port 0 (dig) has a port of the kernel's choice, with which it cannot be bound
    /// to a source any more. Dissolved it has none, nor a device: it is bound to that afterwards. A port of the
    /// program's own choice stays.
    /// </summary>
    private static void ReleasePort(in DuplicatedSocket socket, ref SocketName name)
    {
        if (socket.Type == Libc.SOCK_DGRAM && !socket.IsConnected() && Dissolve(socket)
            && socket.GetLocal(out SocketName now) == Errno.None)
        {
            name = now;
        }
    }

    private static bool Dissolve(in DuplicatedSocket socket)
    {
        // AF_UNSPEC.
        byte* nobody = stackalloc byte[Sockaddr.InLength];
        new Span<byte>(nobody, Sockaddr.InLength).Clear();
        return Libc.connect(socket.Descriptor, nobody, Sockaddr.InLength) == 0;
    }

    private Errno BindSource(
        in TrappedCall call, in DuplicatedSocket socket, in SocketName name, in Verdict verdict, IpAddress source)
    {
        Errno error = Errno.EADDRNOTAVAIL;
        if (name.Local.Port == 0)
        {
            // The port is then chosen at connect, by the whole four-tuple, as it is without us.
            int yes = 1;
            _ = Libc.setsockopt(socket.Descriptor, Libc.SOL_IP, Libc.IP_BIND_ADDRESS_NO_PORT, &yes, sizeof(int));
            byte* address = stackalloc byte[Sockaddr.In6Length];
            int length = Sockaddr.Write(new Span<byte>(address, Sockaddr.In6Length), name.Family!.Value, new Endpoint(source, 0));
            error = Libc.bind(socket.Descriptor, address, (uint)length) == 0 ? Errno.None : Libc.LastError;
        }

        return error == Errno.None
            ? error
            : log.RefusedLoudly(
                call, socket, verdict.Destination, Errno.EADDRNOTAVAIL, $"the socket cannot send from {source} (--source-ip): {error}");
    }
}
