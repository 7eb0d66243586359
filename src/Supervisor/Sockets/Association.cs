using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>
/// What a datagram socket (UDP, UDP-Lite, ping) is associated with: peer, source, device and port. It is noted before
/// it is changed, so that a call that fails afterwards leaves the socket as it was.
/// </summary>
/// <remarks>
/// What the kernel does, and why this is more than one call. connect(2) keeps a source that the socket has, also one
/// that it chose itself for an earlier peer; only dissolving the association (connect to AF_UNSPEC) lets go of that.
/// That is __udp_disconnect, for ping and raw sockets as well: it takes peer, bound device and route; the source, unless
/// bind(2) named it (SOCK_BINDADDR_LOCK); and the port, unless bind(2) named that (SOCK_BINDPORT_LOCK). A port that the
/// kernel chose, for bind(2) with port 0, for connect or sendto, has no lock: the socket leaves the table of ports
/// (unhash), and another may take the port. So it is bound to it again in the very next system call; from then on
/// the port is locked, and a further change of the association keeps it without a gap. What is in the receive queue stays
/// there. In the gap, a microsecond, a datagram finds no socket: its sender would not have been heard either once the
/// socket was connected, since that comes next.
/// A raw socket has a protocol for a port, is taken from the table of receivers by the same call, and nothing puts it
/// back: it hears nothing afterwards (raw_unhash_sk).
/// </remarks>
internal readonly unsafe struct Association
{
    /// <summary>Any port: an association sends nothing.</summary>
    private const ushort SomePort = 9;

    // 224.0.0.1, all hosts of the link, to which there is a way on each interface whatever its routes say.
    private static readonly IpAddress AllHosts = IpAddress.FromIPv4(0xe000_0001);

    private static readonly Lock Renewing = new();

    private readonly SocketName name;
    private readonly Endpoint? peer;
    private readonly uint device;

    private Association(in SocketName name, Endpoint? peer, uint device)
    {
        this.name = name;
        this.peer = peer;
        this.device = device;
        IsNoted = true;
    }

    /// <summary>Whether something was noted, and so has perhaps been changed.</summary>
    public bool IsNoted { get; }

    /// <summary>Whether there was a peer that the kernel tells.</summary>
    public bool HasPeer => peer is not null;

    /// <summary>Notes what a socket is associated with.</summary>
    public static Association Of(in DuplicatedSocket socket, in SocketName name) => new(
        name,
        socket.TryGetPeer(out Sockaddr peer) ? peer.Endpoint : null,
        InterfaceBinder.BoundIndex(socket));

    /// <summary>Dissolves an association. The port stays, as it does when a program connects its socket elsewhere.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="name">Its name; afterwards the one that is left: without the source that the kernel chose.</param>
    public static bool TryDissolve(in DuplicatedSocket socket, ref SocketName name) => TryDissolve(socket, ref name, out _);

    private static bool TryDissolve(in DuplicatedSocket socket, ref SocketName name, out bool hadKernelsPort)
    {
        hadKernelsPort = false;
        // AF_UNSPEC.
        byte* nobody = stackalloc byte[Sockaddr.InLength];
        new Span<byte>(nobody, Sockaddr.InLength).Clear();
        if (Libc.connect(socket.Descriptor, nobody, Sockaddr.InLength) != 0)
        {
            return false;
        }

        Endpoint before = name.Local;
        if (socket.GetLocal(out name) != Errno.None)
        {
            return false;
        }

        hadKernelsPort = before.Port != 0 && name.Local.Port == 0 && socket.Type == Libc.SOCK_DGRAM;
        if (hadKernelsPort)
        {
            // Where another has it already the socket gets a new one, as it needs it.
            var again = new Endpoint(name.Local.Address, before.Port, before.ScopeId);
            if (Bind(socket, name.Family!.Value, again) == Errno.None)
            {
                name = name with { Local = again };
            }
        }

        return true;
    }

    /// <summary>
    /// Gives a datagram socket without a source one, port or not. bind(2) cannot do that to a socket that has a port,
    /// and would lock the source for every peer to come. connect(2) takes the source from the route where there is none:
    /// so the socket is associated with somebody to whom the kernel takes this very source. In IPv4 that is a multicast
    /// group with the address of IP_MULTICAST_IF; in IPv6 the address itself (RFC 6724, rule 1). Nothing is sent, and the
    /// port is never given up. The association is to be replaced by the right one at once, or dissolved.
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

        int former = socket.GetOption(Libc.SOL_IP, Libc.IP_MULTICAST_IF) ?? 0;
        Span<byte> address = stackalloc byte[sizeof(uint)];
        source.WriteInAddr(address);
        Errno error = SetMulticastInterface(socket, BitConverter.ToInt32(address), index);
        if (error == Errno.None)
        {
            error = Connect(socket, family, new Endpoint(AllHosts, SomePort));
            // An interface that was named by its number cannot be asked for. Multicast is bound by other means.
            _ = SetMulticastInterface(socket, former, 0);
        }

        return error;
    }

    /// <summary>
    /// Whether a destination could be connected to by an interface, asked of another socket. For an IPv6 socket that
    /// has no peer this has to be known first: dissolved it would keep the address of the one that it was associated
    /// with, and hear no other (__udp_disconnect leaves sk_v6_daddr, Linux 6.18).
    /// </summary>
    /// <param name="destination">An IPv6 address.</param>
    /// <param name="index">The ifindex of the interface; 0 for none.</param>
    public static Errno TryElsewhere(in Endpoint destination, uint index)
    {
        using var scratch = new DuplicatedSocket(Libc.socket(Libc.AF_INET6, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0));
        return scratch.Descriptor < 0 || (index != 0 && !InterfaceBinder.TryBind(scratch, index))
            ? Libc.LastError
            : Connect(scratch, IpFamily.IPv6, destination);
    }

    /// <summary>Makes the association again that was noted. What can no longer be had is left out.</summary>
    public void Restore(in DuplicatedSocket socket)
    {
        SocketName now = name;
        if (!IsNoted || !TryDissolve(socket, ref now))
        {
            return;
        }

        IpFamily family = name.Family!.Value;
        if (device != 0 && !InterfaceBinder.TryBind(socket, device))
        {
            // Without its device the peer would be reached by another way.
            return;
        }

        if (peer is not Endpoint former)
        {
            return;
        }

        if (now.HasSource || !name.HasSource || TakeSource(socket, family, name.Local.Address, device) == Errno.None)
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
            if (socket.Type != Libc.SOCK_DGRAM || socket.GetLocal(out SocketName name) != Errno.None
                || !TryDissolve(socket, ref name) || !InterfaceBinder.TryBind(socket, index))
            {
                return false;
            }

            IpFamily family = name.Family!.Value;
            if (peer is Endpoint again && (source is not IpAddress chosen || name.HasSource || TakeSource(socket, family, chosen, index) == Errno.None))
            {
                _ = Connect(socket, family, again);
            }

            return true;
        }
    }

    /// <summary>Whether it is one to ask by <see cref="TryTakeOverPort"/>.</summary>
    public static bool IsUdpWithoutPeer(in DuplicatedSocket socket) =>
        socket.GetOption(Libc.SOL_SOCKET, Libc.SO_PROTOCOL) is Libc.IPPROTO_UDP or Libc.IPPROTO_UDPLITE && !socket.IsConnected();

    /// <summary>
    /// Whether the kernel chose the port of a UDP socket that has no peer and no device: bound to port 0, or to none before it
    /// sent. Nothing tells, but that such a port is gone once the association is dissolved. The socket is bound to it
    /// again at once, as to one that the program chose.
    /// </summary>
    public static bool TryTakeOverPort(in DuplicatedSocket socket, in SocketName name)
    {
        SocketName left = name;
        lock (Renewing)
        {
            return InterfaceBinder.BoundIndex(socket) == 0 && TryDissolve(socket, ref left, out bool hadKernelsPort) && hadKernelsPort;
        }
    }

    private static Errno SetMulticastInterface(in DuplicatedSocket socket, int address, uint index)
    {
        // struct ip_mreqn: a group, the address in network byte order, the ifindex.
        int* request = stackalloc int[3] { 0, address, (int)index };
        return Libc.setsockopt(socket.Descriptor, Libc.SOL_IP, Libc.IP_MULTICAST_IF, request, 3 * sizeof(int)) == 0
            ? Errno.None
            : Libc.LastError;
    }

    private static Errno Bind(in DuplicatedSocket socket, IpFamily family, in Endpoint endpoint)
    {
        byte* address = stackalloc byte[Sockaddr.In6Length];
        int length = Sockaddr.Write(new Span<byte>(address, Sockaddr.In6Length), family, endpoint);
        return Libc.bind(socket.Descriptor, address, (uint)length) == 0 ? Errno.None : Libc.LastError;
    }

    private static Errno Connect(in DuplicatedSocket socket, IpFamily family, in Endpoint endpoint)
    {
        byte* address = stackalloc byte[Sockaddr.In6Length];
        int length = Sockaddr.Write(new Span<byte>(address, Sockaddr.In6Length), family, endpoint);
        return Libc.connect(socket.Descriptor, address, (uint)length) == 0 ? Errno.None : Libc.LastError;
    }
}
