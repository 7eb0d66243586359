using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>
/// What a datagram socket (UDP, UDP-Lite, ping) is associated with: peer, source, device and port. This is saved before
/// it is changed, so that a call that fails afterwards leaves the socket as it was.
/// </summary>
/// <remarks>
/// Why this takes more than one call. connect(2) keeps the source of a socket, even one that the kernel chose for an
/// earlier peer. Only dissolving the association (connect to AF_UNSPEC) removes it. That is __udp_disconnect, for ping and
/// raw sockets too. It removes peer, bound device and route; the source, unless bind(2) set it (SOCK_BINDADDR_LOCK); and
/// the port, unless bind(2) set it (SOCK_BINDPORT_LOCK). A port that the kernel chose (bind(2) with port 0, connect or
/// sendto) has no lock: the socket is removed from the table of ports (unhash), and another socket may get the port. So the
/// socket is bound to that port again in the next system call. From then on the port is locked, and further changes of
/// the association keep it without a gap. The receive queue keeps its datagrams. In the gap, a microsecond, a datagram
/// finds no socket. That loses nothing: the socket is connected next, and would not receive from that sender any more.
/// A raw socket has a protocol instead of a port. The same call removes it from the table of receivers, and nothing puts it
/// back: it receives nothing afterwards (raw_unhash_sk).
/// </remarks>
internal readonly unsafe struct Association
{
    /// <summary>Any port will do: an association sends nothing.</summary>
    private const ushort SomePort = 9;

    // 224.0.0.1, all hosts of the link. It can be reached on each interface, whatever routes there are.
    private static readonly IpAddress AllHosts = IpAddress.FromIPv4(0xe000_0001);

    private static readonly Lock Renewing = new();

    private readonly LocalAddress local;
    private readonly Endpoint? peer;
    private readonly uint device;

    private Association(in LocalAddress local, Endpoint? peer, uint device)
    {
        this.local = local;
        this.peer = peer;
        this.device = device;
        IsNoted = true;
    }

    /// <summary>Whether the association was saved; it may have been changed since.</summary>
    public bool IsNoted { get; }

    /// <summary>Whether there was a peer, as far as getpeername tells.</summary>
    public bool HasPeer => peer is not null;

    /// <summary>Saves what a socket is associated with.</summary>
    public static Association Of(in DuplicatedSocket socket, in LocalAddress local) => new(
        local,
        socket.TryGetPeer(out Sockaddr peer) ? peer.Endpoint : null,
        InterfaceBinder.BoundIndex(socket));

    /// <summary>Dissolves an association. The port stays, as it does when a program connects its socket elsewhere.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="local">Its local address; afterwards the one that is left: without the source that the kernel chose.</param>
    public static bool TryDissolve(in DuplicatedSocket socket, ref LocalAddress local) => TryDissolve(socket, ref local, out _);

    private static bool TryDissolve(in DuplicatedSocket socket, ref LocalAddress local, out bool hadKernelsPort)
    {
        hadKernelsPort = false;
        // AF_UNSPEC.
        byte* nobody = stackalloc byte[Sockaddr.InLength];
        new Span<byte>(nobody, Sockaddr.InLength).Clear();
        if (LibC.connect(socket.Descriptor, (sockaddr*)nobody, Sockaddr.InLength) != 0)
        {
            return false;
        }

        Endpoint before = local.Endpoint;
        if (socket.GetLocal(out local) != Errno.None)
        {
            return false;
        }

        hadKernelsPort = before.Port != 0 && local.Endpoint.Port == 0 && socket.Type == Linux.SOCK_DGRAM;
        if (hadKernelsPort)
        {
            // If another socket has the port already, this one gets a new port when it needs one.
            var again = new Endpoint(local.Endpoint.Address, before.Port, before.ScopeId);
            if (Bind(socket, local.Family!.Value, again) == Errno.None)
            {
                local = local with { Endpoint = again };
            }
        }

        return true;
    }

    /// <summary>
    /// Gives a source to a datagram socket that has none, whether it has a port or not. bind(2) cannot do that for a socket
    /// that has a port, and it would lock the source for every later peer. But if a socket has no source, connect(2) takes
    /// it from the route. So the socket is connected to a destination for which the kernel chooses this source. In IPv4 that
    /// is a multicast group with the address of IP_MULTICAST_IF; in IPv6 the address itself (RFC 6724, rule 1). Nothing is
    /// sent, and the port stays. The caller has to replace this association by the right one at once, or dissolve it.
    /// </summary>
    /// <param name="socket">The socket.</param>
    /// <param name="family">Its family.</param>
    /// <param name="source">The address, one of this host.</param>
    /// <param name="index">The ifindex of the interface that it is to be used on; 0 for the one that has it.</param>
    public static Errno TakeSource(in DuplicatedSocket socket, IpFamily family, IpAddress source, uint index)
    {
        if (source.Family == IpFamily.IPv6)
        {
            return Connect(socket, family, new Endpoint(source, SomePort));
        }

        int former = socket.GetOption(Linux.SOL_IP, Linux.IP_MULTICAST_IF) ?? 0;
        Span<byte> address = stackalloc byte[sizeof(uint)];
        source.WriteInAddr(address);
        Errno error = SetMulticastInterface(socket, BitConverter.ToInt32(address), index);
        if (error == Errno.None)
        {
            error = Connect(socket, family, new Endpoint(AllHosts, SomePort));
            // If the interface was set by its number, that cannot be read. Multicast is bound by other means.
            _ = SetMulticastInterface(socket, former, 0);
        }

        return error;
    }

    /// <summary>
    /// Tries with another socket whether a destination can be connected to through an interface. For an IPv6 socket
    /// without a peer this must be known first: after a connect that is dissolved again, it would keep the address of that
    /// peer, and receive from no other (__udp_disconnect leaves sk_v6_daddr, Linux 6.18).
    /// </summary>
    /// <param name="destination">An IPv6 address.</param>
    /// <param name="index">The ifindex of the interface; 0 for none.</param>
    public static Errno TryElsewhere(in Endpoint destination, uint index)
    {
        using var scratch = new DuplicatedSocket(LibC.socket(Linux.AF_INET6, Linux.SOCK_DGRAM | Linux.SOCK_CLOEXEC, 0));
        return scratch.Descriptor < 0 || (index != 0 && !InterfaceBinder.TryBind(scratch, index))
            ? Native.LastError
            : Connect(scratch, IpFamily.IPv6, destination);
    }

    /// <summary>Makes the saved association again. What the kernel no longer allows is left out.</summary>
    public void Restore(in DuplicatedSocket socket)
    {
        LocalAddress now = local;
        if (!IsNoted || !TryDissolve(socket, ref now))
        {
            return;
        }

        IpFamily family = local.Family!.Value;
        if (device != 0 && !InterfaceBinder.TryBind(socket, device))
        {
            // Without its device the peer would be reached by another way.
            return;
        }

        if (peer is not Endpoint former)
        {
            return;
        }

        if (now.HasSource || !local.HasSource || TakeSource(socket, family, local.Endpoint.Address, device) == Errno.None)
        {
            _ = Connect(socket, family, former);
        }
    }

    /// <summary>
    /// Binds a datagram socket to an interface that is bound to another one: dissolved it is bound to none. Its peer becomes its
    /// peer again. Without CAP_NET_RAW there is no other way.
    /// </summary>
    /// <param name="socket">The socket.</param>
    /// <param name="index">The ifindex of the interface.</param>
    /// <param name="source">The source that the user chose; null for the one that the kernel takes.</param>
    public static bool TryRenew(in DuplicatedSocket socket, uint index, IpAddress? source)
    {
        // Two threads with one socket: what the first has bound already may be used by a send that goes on.
        lock (Renewing)
        {
            if (InterfaceBinder.BoundIndex(socket) == index)
            {
                return true;
            }

            Endpoint? peer = socket.TryGetPeer(out Sockaddr former) ? former.Endpoint : null;
            if (socket.Type != Linux.SOCK_DGRAM || socket.GetLocal(out LocalAddress local) != Errno.None
                || !TryDissolve(socket, ref local) || !InterfaceBinder.TryBind(socket, index))
            {
                return false;
            }

            IpFamily family = local.Family!.Value;
            if (peer is Endpoint again && (source is not IpAddress chosen || local.HasSource || TakeSource(socket, family, chosen, index) == Errno.None))
            {
                _ = Connect(socket, family, again);
            }

            return true;
        }
    }

    /// <summary>Whether it is one to ask by <see cref="TryTakeOverPort"/>.</summary>
    public static bool IsUdpWithoutPeer(in DuplicatedSocket socket) =>
        socket.GetOption(Linux.SOL_SOCKET, LibC.SO_PROTOCOL) is Linux.IPPROTO_UDP or Linux.IPPROTO_UDPLITE && !socket.IsConnected();

    /// <summary>
    /// Whether the kernel chose the port of a UDP socket that has no peer: bound to port 0, or to none before it
    /// sent. Nothing tells, but that such a port is gone once the association is dissolved. The socket is bound to it
    /// again at once, as to one that the program chose.
    /// </summary>
    /// <param name="socket">The socket.</param>
    /// <param name="local">Its local address.</param>
    /// <param name="mayHaveDevice">Whether it may be bound to a device, which is gone afterwards.</param>
    public static bool TryTakeOverPort(in DuplicatedSocket socket, in LocalAddress local, bool mayHaveDevice)
    {
        LocalAddress left = local;
        lock (Renewing)
        {
            return (mayHaveDevice || InterfaceBinder.BoundIndex(socket) == 0) && TryDissolve(socket, ref left, out bool hadKernelsPort) && hadKernelsPort;
        }
    }

    private static Errno SetMulticastInterface(in DuplicatedSocket socket, int address, uint index)
    {
        // struct ip_mreqn: a group, the address in network byte order, the ifindex.
        int* request = stackalloc int[3] { 0, address, (int)index };
        return LibC.setsockopt(socket.Descriptor, Linux.SOL_IP, Linux.IP_MULTICAST_IF, request, 3 * sizeof(int)) == 0
            ? Errno.None
            : Native.LastError;
    }

    private static Errno Bind(in DuplicatedSocket socket, IpFamily family, in Endpoint endpoint)
    {
        byte* address = stackalloc byte[Sockaddr.In6Length];
        int length = Sockaddr.Write(new Span<byte>(address, Sockaddr.In6Length), family, endpoint);
        return LibC.bind(socket.Descriptor, (sockaddr*)address, (uint)length) == 0 ? Errno.None : Native.LastError;
    }

    private static Errno Connect(in DuplicatedSocket socket, IpFamily family, in Endpoint endpoint)
    {
        byte* address = stackalloc byte[Sockaddr.In6Length];
        int length = Sockaddr.Write(new Span<byte>(address, Sockaddr.In6Length), family, endpoint);
        return LibC.connect(socket.Descriptor, (sockaddr*)address, (uint)length) == 0 ? Errno.None : Native.LastError;
    }
}
