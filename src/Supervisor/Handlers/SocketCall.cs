using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// A call on a socket: the notification, the duplicate of the socket, and what is known of it. What costs a system call is
/// read when a plan asks for it, and once. Made by <see cref="HandlerContext.Open"/>.
/// </summary>
internal ref partial struct SocketCall : ISocketFacts
{
    private HandlerContext context;
    private LocalAddress local;
    private KnownSockets.Entry known;
    private bool hasLooked, hasTcpState;
    private uint? boundIndex;
    private bool? isConnected, hasPeer;
    private (string Name, bool IsBound)? isBound;
    private byte? tcpState;
    private Endpoint peer;

    /// <summary>No constructor: what one makes is copied to its place, and this is large.</summary>
    public static void Begin(HandlerContext context, scoped in Notification call, DuplicatedSocket duplicate, out SocketCall socket)
    {
        socket = default;
        socket.context = context;
        socket.Call = call;
        socket.Duplicate = duplicate;
        socket.Policy = context.Policy;
    }

    /// <summary>The notification.</summary>
    public Notification Call { get; set; }

    /// <summary>The duplicate of the socket.</summary>
    public DuplicatedSocket Duplicate { get; private set; }

    /// <summary>The policy of this call.</summary>
    public TrafficPolicy Policy { get; private set; }

    /// <summary>What a datagram socket was associated with before this call changed it.</summary>
    public Association Former { get; private set; }

    /// <summary>What getsockname says.</summary>
    public readonly LocalAddress LocalAddress => local;

    /// <summary>Whether it sends IP packets.</summary>
    public readonly bool IsIp => local.Family is not null;

    public readonly IpFamily Family => local.Family!.Value;
    public readonly Endpoint Local => local.Endpoint;

    public int Type
    {
        get
        {
            Look();
            if (known.Type == 0)
            {
                known.Type = Duplicate.Type;
                context.Known.Remember(known);
            }

            return known.Type;
        }
    }

    public int Protocol
    {
        get
        {
            Look();
            if (known.Protocol is not int protocol)
            {
                known.Protocol = protocol = Duplicate.GetOption(Linux.SOL_SOCKET, LibC.SO_PROTOCOL) ?? 0;
                context.Known.Remember(known);
            }

            return protocol;
        }
    }

    /// <summary>Whether it is a TCP socket.</summary>
    public bool IsTcp => Look().IsTcp ?? TcpState is not null;

    public bool IsTcpInUse => TcpState is not (null or Linux.TCP_CLOSE);
    public bool IsTcpUnderWay => TcpState is not (null or Linux.TCP_CLOSE or Linux.TCP_LISTEN);

    public bool IsConnected => isConnected ??= TryGetPeer(out _) || Duplicate.IsConnected();

    public uint BoundIndex => boundIndex ??= InterfaceBinder.BoundIndex(Duplicate);

    public bool WasServer => Look().WasServer;

    public bool WasNeverConnected => context.Unconnected.Contains(Cookie);

    public bool HasKernelsPort
    {
        get
        {
            if (Policy.Options.IsStrict)
            {
                return TakesKernelsPort();
            }

            bool isKernels = context.Binder.Ports.IsKernels(Duplicate, local, mayHaveDevice: false);
            RememberServer(!isKernels);
            return isKernels;
        }
    }

    public readonly bool WritesHeaders => Duplicate.WritesHeaders(Family);

    public readonly bool IsIpv6Only => Duplicate.GetOption(Linux.SOL_IPV6, LibC.IPV6_V6ONLY) != 0;

    public readonly bool IsZeroCopy => Duplicate.GetOption(Linux.SOL_SOCKET, LibC.SO_ZEROCOPY) == 1;

    public bool IsOfOurNamespace
    {
        get
        {
            Look();
            if (known.IsOfOurNamespace is not bool isOurs)
            {
                known.IsOfOurNamespace = isOurs = context.Binder.IsOfOurNamespace(Duplicate, Call.Tid);
                context.Known.Remember(known);
            }

            return isOurs;
        }
    }

    /// <summary>SO_COOKIE; 0 where the kernel tells none.</summary>
    public ulong Cookie
    {
        get
        {
            Look();
            return known.Cookie != 0 ? known.Cookie : KnownSockets.CookieOf(Duplicate);
        }
    }

    public bool WasDissolved { get; private set; }

    public bool HasReadHeader { get; private set; }

    public IpAddress? HeaderDestination { get; private set; }

    private byte? TcpState
    {
        get
        {
            Look();
            if (!hasTcpState && known.IsTcp is not false)
            {
                tcpState = Duplicate.TcpState;
                hasTcpState = true;
                known.IsTcp = tcpState is not null;
                context.Known.Remember(known);
            }

            return tcpState;
        }
    }

    /// <summary>What the local address is by now.</summary>
    public readonly Endpoint ReadLocal() => Duplicate.GetLocal(out LocalAddress now) == Errno.None ? now.Endpoint : default;

    /// <summary>Reads family and local address.</summary>
    public Errno ReadLocalAddress() => Duplicate.GetLocal(out local);

    public bool TryGetPeer(out Endpoint endpoint)
    {
        if (hasPeer is null)
        {
            hasPeer = Duplicate.TryGetPeer(out Sockaddr sockaddr);
            peer = sockaddr.Endpoint;
        }

        endpoint = peer;
        return hasPeer.Value;
    }

    public bool IsBoundTo(string interfaceName) =>
        (isBound?.Name == interfaceName ? isBound : isBound = (interfaceName, context.Binder.IsBoundTo(Duplicate, interfaceName))).Value.IsBound;


    public readonly uint IndexOf(string interfaceName) => context.Index.Of(interfaceName);

    public readonly bool IsAddressOf(string interfaceName, IpAddress address) => context.Binder.Addresses.Contains(interfaceName, address);

    public readonly bool IsAddressOfAnother(string interfaceName, IpAddress address) => context.Binder.Addresses.IsOfAnother(interfaceName, address);

    public readonly bool IsBroadcast(IpAddress address) => context.Binder.Addresses.IsBroadcast(address);

    public readonly IpAddress? FirstAddressOf(string interfaceName, IpFamily family) => context.Binder.Addresses.First(interfaceName, family);

    public readonly Errno FindRoute(in Endpoint destination, out Route route) => context.Binder.RouteOf(Duplicate, destination, out route);

    private void RememberServer(bool isServer)
    {
        if (hasLooked && known.WasServer != isServer)
        {
            known.WasServer = isServer;
            context.Known.Remember(known);
        }
    }

    /// <summary>
    /// A socket that has a port has been, or will be, used more than once: what never changes of it is remembered. In strict mode it was,
    /// in most cases, made here.
    /// </summary>
    private KnownSockets.Entry Look()
    {
        if (!hasLooked)
        {
            hasLooked = true;
            known = context.Known.Look(Duplicate, local.Endpoint.Port != 0 || (Policy.Options.IsStrict && Duplicate.Copy is null));
        }

        return known;
    }
}
