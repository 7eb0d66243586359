using System.Globalization;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Configuration;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Check;

/// <summary>How names will be asked for with these options, and at which servers.</summary>
internal sealed class NameRules(TrafficPolicy policy, INetworkFacts facts)
{
    /// <summary>Of these findings, a run tells the first only.</summary>
    public const string Area = "DNS";

    private const string NormalRoute = "DNS queries take the normal route";
    private const string NoNames = "names will not resolve";

    /// <summary>Servers to name in a remedy where the host knows none that the interface leads to. They answer everybody.</summary>
    private static readonly IpAddress[] Public =
        [IpAddress.FromIPv4(0x0808_0808), IpAddress.FromIPv4(0x0101_0101), IpAddress.FromIPv4(0x0909_0909)];

    private static readonly Network[] Private =
    [
        Of(0x0a00_0000, 8), Of(0x6440_0000, 10), Of(0xa9fe_0000, 16), Of(0xac10_0000, 12), Of(0xc0a8_0000, 16),
        new(IpFamily.IPv6, (UInt128)0xfc00 << 112, UInt128.MaxValue << 121),
    ];

    /// <param name="nameservers">What libc asks without --dns (resolv.conf(5)).</param>
    /// <param name="file">Where they stand.</param>
    /// <param name="others">Further servers that the host knows, for a remedy.</param>
    public IEnumerable<Finding> Judge(IReadOnlyList<Nameserver> nameservers, string file, IEnumerable<Nameserver> others)
    {
        List<Finding> found = [];
        if (policy.RewritesDns)
        {
            foreach (Endpoint server in new[] { policy.Options.Dns.IPv4, policy.Options.Dns.IPv6 }.OfType<Endpoint>())
            {
                found.Add(JudgeServer(server, null, $"--dns server {Text(server)}") with { IsToldAtStart = false });
            }
        }
        else
        {
            foreach (Nameserver server in nameservers)
            {
                found.Add(JudgeServer(new Endpoint(server.Address, TrafficPolicy.DnsPort), server.Scope, $"nameserver {server} of {file}"));
            }
        }

        bool someAnswer = found.Any(each => each.State != FindingState.Problem);
        string? better = found.All(each => each.State == FindingState.Ok) ? null : Better(nameservers.Concat(others));
        foreach (Finding finding in found)
        {
            // Where another server answers, names resolve after a while.
            FindingState state = finding.State == FindingState.Problem && someAnswer ? FindingState.Warning : finding.State;
            yield return finding.State == FindingState.Ok ? finding : finding with
            {
                State = state,
                Text = $"{finding.Text}; use --dns with a server that {Interface} leads to",
                Option = better is null ? null : (Setting.Dns, better),
            };
        }

        if (policy.Routes.Restricts)
        {
            yield return policy.RefusesResolverDaemons
                ? Finding.Ok(Area, "nscd and systemd-resolved are refused, so that libc asks the servers itself")
                : Finding.Warning(Area, "nscd and systemd-resolved may be asked (--resolver-daemons allow), and they use the normal route") with
                {
                    Option = (Setting.ResolverDaemons, "refuse"),
                };
        }
    }

    private string Interface => policy.Routes.Interfaces.Count > 0 ? policy.Routes.InterfaceText : "the interface";

    private Finding JudgeServer(Endpoint server, string? scope, string subject)
    {
        Verdict verdict = policy.JudgeEndpoint(server);
        return verdict.Kind switch
        {
            VerdictKind.Pass => Finding.Ok(Area, $"{subject} is asked by the normal route, since no interface is set"),
            VerdictKind.Exclude => Finding.Warning(Area, server.Address.IsLoopback
                ? $"{subject} is excluded: {NormalRoute}, since a server on this host asks by the default route itself"
                : $"{subject} is excluded: {NormalRoute}") with { IsToldAtStart = true },
            VerdictKind.Refuse => Told($"{subject} is {(server.Address.IsLoopback ? "on this host" : "refused")}: {NoNames}"),
            _ => JudgeBound(server.Address, scope, subject, verdict.Interface!),
        };
    }

    private Finding JudgeBound(IpAddress server, string? scope, string subject, string name)
    {
        LinkEntry? link = InterfaceRules.Find(name, facts);
        if (scope is not null && Scoped(scope) != link?.Index)
        {
            return Told($"{subject} is reached through {scope} only: {NoNames}");
        }

        AddressEntry[] owners = [.. facts.Addresses.Where(each => each.Address == server)];
        if (owners.Length > 0 && !owners.Any(owner => owner.InterfaceIndex == link?.Index) && !server.NeedsScopeId)
        {
            return Told($"{subject} is this host's own address on {NameOf(owners[0].InterfaceIndex)}: {NoNames}");
        }

        if (link is null)
        {
            return Finding.Ok(Area, $"{subject} is asked through {name}, once that is there");
        }

        if (OnLinkOf(server, link) is AddressEntry other)
        {
            string text = $"{subject} is on the network of {NameOf(other.InterfaceIndex)}, {other.Network}";
            return Private.Any(network => network.Contains(server))
                ? Told($"{text}, which {name} does not lead to: {NoNames}")
                : Finding.Warning(Area, $"{text}; it is asked through {name}, and may not answer from there");
        }

        if (link.IsUp && facts.RouteTo(server, link.Index) is null && !(server.Family == IpFamily.IPv4 && link.NeedsNoGateway) && owners.Length == 0)
        {
            return Told($"{subject} cannot be reached, since {name} has no route to it: {NoNames}") with { IsConsequence = true };
        }

        return Finding.Ok(Area, $"{subject} is asked through {name}");
    }

    /// <summary>A warning at the start also where it is none of a problem, since another server answers.</summary>
    private static Finding Told(string text) => Finding.Problem(Area, text) with { IsToldAtStart = true };

    /// <summary>An address of another interface whose network a server is in, unless the interface is in it as well.</summary>
    private AddressEntry? OnLinkOf(IpAddress server, LinkEntry link) =>
        facts.Addresses.Any(each => each.InterfaceIndex == link.Index && each.Network.Contains(server)) || server.NeedsScopeId
            ? null
            : facts.Addresses.FirstOrDefault(each => each.Network.PrefixLength > 0 && each.Network.Contains(server)
                && facts.Links.Any(other => other.Index == each.InterfaceIndex && other.IsUp && !other.IsLoopback));

    /// <summary>A server that names can be asked at, for --dns.</summary>
    private string? Better(IEnumerable<Nameserver> known) => known.Where(server => server.Scope is null).Select(server => server.Address).Concat(Public)
        .Where(address => JudgeServer(new Endpoint(address, TrafficPolicy.DnsPort), null, "").State == FindingState.Ok)
        .Select(address => address.ToString()).FirstOrDefault();

    /// <summary>A scope is an interface's name or its number.</summary>
    private uint? Scoped(string scope) =>
        uint.TryParse(scope, NumberStyles.None, CultureInfo.InvariantCulture, out uint index) ? index : InterfaceRules.Find(scope, facts)?.Index;

    private string NameOf(uint index) => facts.Links.FirstOrDefault(link => link.Index == index)?.Name ?? "another interface";

    private static string Text(Endpoint server) => server.Port == TrafficPolicy.DnsPort ? server.Address.ToString() : server.ToString();

    private static Network Of(uint address, int length) => Network.TryMake(IpAddress.FromIPv4(address), length, out Network network) ? network : default;
}
