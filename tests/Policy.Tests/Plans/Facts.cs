using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests.Plans;

/// <summary>
/// A socket and a host without a kernel. Each fact that a plan reads is noted: most cost a system call. The host has
/// ovpn (ifindex 7: 192.0.2.7, 2001:db8::7), corp0 (ifindex 9: 10.9.0.2, fd09::2) and lan0 (ifindex 3: 198.51.100.3, 2001:db8:3::3).
/// </summary>
internal sealed class Facts : ISocketFacts
{
    public const uint Ovpn = 7, Lan0 = 3, Corp0 = 9;

    private readonly HashSet<string> read = [];

    public IpFamily Family { get; init; } = IpFamily.IPv4;

    public Endpoint Local { get; init; } = new(IpAddress.Any(IpFamily.IPv4), 0);

    public string LocalText { init => Local = Bytes.Endpoint(value, 5000); }

    public int SocketType { get; init; } = Linux.SOCK_DGRAM;

    public int SocketProtocol { get; init; } = Linux.IPPROTO_UDP;

    /// <summary>Null for no peer; "?" for one that the kernel does not tell.</summary>
    public string? Peer { get; init; }

    /// <summary>Null for none; else what it is bound to.</summary>
    public uint Bound { get; init; }

    public bool WasServer { get; init; }

    public bool IsListening { get; init; }

    public bool IsConnecting { get; init; }

    public bool KernelsPort { get; init; }

    public bool NeverConnected { get; init; }

    public bool HeadersAreIts { get; init; }

    public bool OfAnotherNamespace { get; init; }

    public bool V6Only { get; init; }

    public bool ZeroCopy { get; init; }

    public bool OvpnIsGone { get; init; }

    public Errno RouteError { get; init; }

    public bool WasDissolved { get; init; }

    public bool HasReadHeader { get; init; }

    public IpAddress? HeaderDestination { get; init; }

    /// <summary>What was read, in the order of the alphabet.</summary>
    public string Read => string.Join(' ', read.Order());

    public int Type => Note(SocketType, "type");

    public int Protocol => Note(SocketProtocol, "protocol");

    public bool IsTcpInUse => Note(IsListening || IsConnecting, "tcp");

    public bool IsTcpUnderWay => Note(IsConnecting, "tcp");

    public bool IsConnected => Note(Peer is not null, "connected");

    public bool WasNeverConnected => Note(NeverConnected, "never");

    public uint BoundIndex => Note(Bound, "bound");

    public bool HasKernelsPort => Note(KernelsPort, "kernelsport");

    public bool WritesHeaders => Note(HeadersAreIts, "headers");

    public bool IsIpv6Only => Note(V6Only, "v6only");

    public bool IsZeroCopy => Note(ZeroCopy, "zerocopy");

    public bool IsOfOurNamespace => Note(!OfAnotherNamespace, "namespace");

    public bool TryGetPeer(out Endpoint peer)
    {
        bool isTold = Note(Peer is not (null or "?"), "peer");
        peer = isTold ? Bytes.Endpoint(Peer!, 443) : default;
        return isTold;
    }

    public bool IsBoundTo(string interfaceName) => Note(Bound != 0 && Bound == Index(interfaceName), "bound");

    public uint IndexOf(string interfaceName) => Note(Index(interfaceName), "index");

    public bool IsAddressOf(string interfaceName, IpAddress address) =>
        address == FirstAddressOf(interfaceName, address.Family) || (interfaceName == "lan0" && IsAddressOfAnother("ovpn", address));

    public bool IsAddressOfAnother(string interfaceName, IpAddress address) =>
        address == Bytes.Address("198.51.100.3") || address == Bytes.Address("2001:db8:3::3");

    public bool IsBroadcast(IpAddress address) => address == Bytes.Address("192.0.2.255");

    public IpAddress? FirstAddressOf(string interfaceName, IpFamily family) =>
        interfaceName switch
        {
            "ovpn" => Bytes.Address(family == IpFamily.IPv4 ? "192.0.2.7" : "2001:db8::7"),
            "corp0" => Bytes.Address(family == IpFamily.IPv4 ? "10.9.0.2" : "fd09::2"),
            _ => null,
        };

    public Errno FindRoute(in Endpoint destination, out Route route)
    {
        route = new(RouteType.Unicast, Lan0, Bytes.Address("198.51.100.3"));
        return Note(RouteError, "route");
    }

    private uint Index(string interfaceName) => interfaceName switch
    {
        "ovpn" or "tunnel" when !OvpnIsGone => Ovpn,
        "lan0" => Lan0,
        "corp0" or "office" => Corp0,
        _ => 0,
    };

    private T Note<T>(T fact, string name)
    {
        read.Add(name);
        return fact;
    }
}
