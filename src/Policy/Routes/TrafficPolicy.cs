using System.Runtime.CompilerServices;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Routes;

/// <summary>
/// Judges destinations: DNS first, then the route of the rewritten address. It knows addresses only, no sockets. It never changes:
/// where the user asks for something else, another one takes its place (<see cref="CurrentPolicy"/>).
/// </summary>
public sealed class TrafficPolicy
{
    /// <summary>The port whose traffic <c>--dns</c> redirects (RFC 1035, 4.2), UDP and TCP.</summary>
    public const ushort DnsPort = 53;

    private const string LoopbackInterface = "lo";

    /// <summary>The policy that the options mean.</summary>
    public TrafficPolicy(TrafficPolicyOptions options)
        : this(options, HostNetworks.None)
    {
    }

    /// <summary>The policy that the options mean, with what the host tells at the moment.</summary>
    public TrafficPolicy(TrafficPolicyOptions options, HostNetworks host)
        : this(options, RoutesOfOptions.Make(options, host.For(options))) => Host = host.For(options);

    /// <summary>The policy that the options mean, with routes of their own.</summary>
    public TrafficPolicy(TrafficPolicyOptions options, TrafficRoutes routes)
    {
        Options = options;
        Routes = routes;
        RewritesDns = !options.Dns.IsEmpty;
    }

    /// <summary>What the user asked for.</summary>
    public TrafficPolicyOptions Options { get; }

    /// <summary>Which destinations go where.</summary>
    public TrafficRoutes Routes { get; }

    /// <summary>What the host told when this policy was made.</summary>
    public HostNetworks Host { get; } = HostNetworks.None;

    /// <summary>Whether port-53 traffic is redirected.</summary>
    public bool RewritesDns { get; }

    /// <summary>Whether the sockets of resolver daemons, which ask by their own route, are refused.</summary>
    public bool RefusesResolverDaemons => Routes.Restricts && !Options.AllowResolverDaemons;

    /// <summary>Judges a destination.</summary>
    /// <param name="destination">The sockaddr that the program named; an IP one.</param>
    public Verdict Judge(in Sockaddr destination)
    {
        if (RewritesDns && destination.Endpoint.Port == DnsPort)
        {
            return JudgeNameserver(destination);
        }

        return JudgeEndpoint(destination.Endpoint);
    }

    private Verdict JudgeNameserver(in Sockaddr destination)
    {
        Endpoint endpoint = destination.Endpoint;
        if (Override(destination.Kind) is not Endpoint server)
        {
            return new(VerdictKind.Refuse, endpoint)
            {
                Error = Errno.ECONNREFUSED,
                Reason = "--dns names no server of this address family",
            };
        }

        Verdict verdict = JudgeEndpoint(server);
        return server.Address != endpoint.Address || server.Port != endpoint.Port
            ? verdict with
            {
                Rewritten = true,
                NeedsDualStack = destination.Kind == SockaddrKind.IPv6 && server.Address.Family == IpFamily.IPv4,
                Original = endpoint,
            }
            : verdict;
    }

    /// <summary>
    /// Judges an address to which no DNS rule applies: a nameserver, a peer, a multicast group.
    /// The kernel takes an unspecified destination as this host, so that it is judged as loopback.
    /// </summary>
    public Verdict JudgeEndpoint(in Endpoint endpoint)
    {
        IpAddress address = endpoint.Address.IsUnspecified ? IpAddress.Loopback(endpoint.Address.Family) : endpoint.Address;
        ref readonly TrafficRoute route = ref Routes.Find(address);
        if (route.Kind == VerdictKind.Bind && address.IsLoopback && route.Interface != LoopbackInterface)
        {
            return Refuse(endpoint, "the interface does not lead to loopback; use '--exclude loopback' to allow it");
        }

        return By(route, endpoint);
    }

    /// <summary>
    /// Whether a socket that sends to a destination through the interface may turn to an excluded one later. It is steered
    /// packet by packet then; else it is bound to the device. An IPv6 socket that sends IPv6 is taken to send nothing
    /// else; one that sends to IPv4-mapped addresses sends both families.
    /// </summary>
    /// <param name="socket">The family of the socket.</param>
    /// <param name="destination">The family of the destination, IPv4 for a mapped address.</param>
    public bool MayMix(IpFamily socket, IpFamily destination) => !Routes.LeadsOneWay(destination)
        || (socket == IpFamily.IPv6 && destination == IpFamily.IPv4
            && (!Routes.LeadsOneWay(IpFamily.IPv6) || Routes.Default(IpFamily.IPv4).Interface != Routes.Default(IpFamily.IPv6).Interface));

    /// <summary>
    /// Judges a destination of a family that cannot be known: it is taken for one that no exclude names. A socket that is bound
    /// for it sends to an excluded one by the interface, or not at all. Where it may belong to another interface it is refused.
    /// </summary>
    public Verdict JudgeUnknown(IpFamily family)
    {
        var unknown = new Endpoint(IpAddress.Any(family), 0);
        return Routes.HasSeveralWays
            ? new(VerdictKind.Refuse, unknown) { Error = Errno.ENETUNREACH, Reason = "its destination cannot be known, and the way depends on that", IsLoud = true }
            : By(Routes.Default(family), unknown);
    }

    /// <summary>
    /// Judges a destination that turned out to be an address of this host which another interface has. The interface
    /// would take it for a host beyond, and nothing would answer.
    /// </summary>
    /// <param name="verdict">The verdict that names the interface.</param>
    public static Verdict RefuseOwnAddress(in Verdict verdict)
    {
        IpAddress address = verdict.Destination.Address;
        return new(VerdictKind.Refuse, verdict.Destination)
        {
            Error = Errno.ENETUNREACH,
            Reason = $"{address} is an address of this host, and {verdict.Interface} does not lead to it; use '--exclude {address}' to allow it",
        };
    }

    /// <summary>A verdict for those who tell of it: a refusal has the interface by which other destinations of its family leave.</summary>
    public Verdict WithInterface(in Verdict verdict) => verdict is { Kind: VerdictKind.Refuse, Interface: null }
        ? verdict with { Interface = Routes.Default(verdict.Destination.Address.Family).Interface }
        : verdict;

    private static Verdict By(in TrafficRoute route, in Endpoint endpoint)
    {
        if (route.Kind == VerdictKind.Refuse)
        {
            return Refuse(endpoint, route.Reason.Length > 0 ? route.Reason : "no route to it is allowed", isLoud: true);
        }

        return new(route.Kind, endpoint) { Interface = route.Interface, Source = route.Source };
    }

    // Not inlined: each place where a verdict is made has room for it on the stack, which is cleared for every call.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Verdict Refuse(in Endpoint endpoint, string reason, bool isLoud = false) =>
        new(VerdictKind.Refuse, endpoint) { Error = Errno.ENETUNREACH, Reason = reason, IsLoud = isLoud };

    /// <summary>
    /// The override for a destination's form: the same family first; else, for the two forms of an IPv6
    /// socket, the other family, mapped or not. A sockaddr_in cannot name an IPv6 server.
    /// </summary>
    private Endpoint? Override(SockaddrKind kind) => kind switch
    {
        SockaddrKind.IPv4 => Options.Dns.IPv4,
        SockaddrKind.Mapped => Options.Dns.IPv4 ?? Options.Dns.IPv6,
        _ => Options.Dns.IPv6 ?? Options.Dns.IPv4,
    };
}
