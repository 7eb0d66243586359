using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Configuration;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Check;

/// <summary>What is excluded, as the networks that it means, and whether anything is left to bind.</summary>
internal static class ExcludeRules
{
    private const string Area = "exclude";

    /// <summary>What IPv6 has given out for the internet.</summary>
    private static readonly Network Global6 = new(IpFamily.IPv6, (UInt128)0x2000 << 112, UInt128.MaxValue << 125);

    /// <param name="options">What the user asked for; an interface is set.</param>
    public static IEnumerable<Finding> Judge(TrafficPolicyOptions options)
    {
        IReadOnlyList<Network> networks = options.Exclude.Networks;
        foreach (Network whole in (Network[])[Network.All4, Global6])
        {
            Network[] within = [.. networks.Where(network => network.Family == whole.Family && (whole.Contains(network) || network.Contains(whole)))];
            if (Covers(within, whole))
            {
                // What remains is what takes no part in it: small networks.
                string rest = string.Join(',', networks.Where(network => !within.Contains(network) || IsSmall(network)));
                yield return Finding.Problem(Area, $"all {whole.Family} destinations are excluded: nothing is bound to {options.Interface}; exclude less") with
                {
                    Option = (Setting.Exclude, rest.Length == 0 ? null : rest),
                };
            }
        }
    }

    /// <summary>The networks, one by one, with the way that they take.</summary>
    /// <param name="options">What the user asked for; something is bound or refused.</param>
    /// <param name="host">What the host tells of the words and names.</param>
    /// <param name="facts">The network.</param>
    public static IEnumerable<Finding> Describe(TrafficPolicyOptions options, HostNetworks host, INetworkFacts facts)
    {
        foreach (TrafficRoute route in options.Routes.Routes)
        {
            yield return Finding.Ok("route", route.Kind switch
            {
                VerdictKind.Bind => $"{route.Network} goes out through {route.Interface}",
                VerdictKind.Refuse => $"{route.Network} is refused",
                _ => $"{route.Network} takes the normal route{Through(route.Network, facts)}",
            });
        }

        foreach (Network network in options.Exclude.Networks)
        {
            yield return Finding.Ok(Area, $"{network} takes the normal route{Through(network, facts)}");
        }

        if (options.Exclude.HasLan)
        {
            yield return Finding.Ok(Area, host.Lan.Count == 0 ? "lan is no network now" : $"lan is {string.Join(", ", host.Lan)} now, and takes the normal route");
        }

        if (options.Exclude.Names.Count > 0)
        {
            string names = string.Join(", ", options.Exclude.Names);
            yield return host.Named.Count == 0
                ? Finding.Warning(Area, $"{names}: no address was found, so that nothing is excluded by it")
                : Finding.Ok(Area, $"{names}: {string.Join(", ", host.Named.Select(each => each.Address))} now, and takes the normal route");
        }

        if (!options.Exclude.Contains(IpAddress.Loopback(IpFamily.IPv4)))
        {
            yield return Finding.Ok(Area, "connections to this host (127.0.0.0/8) are refused; --exclude loopback allows them");
        }
    }

    /// <summary>Whether networks together have all addresses of another one.</summary>
    internal static bool Covers(IReadOnlyCollection<Network> networks, Network whole)
    {
        Network[] within = [.. networks.Where(network => whole.Contains(network))];
        return networks.Any(network => network.Contains(whole))
            || (within.Length > 0 && whole.Halves is (Network low, Network high) && Covers(within, low) && Covers(within, high));
    }

    private static bool IsSmall(Network network) => network.PrefixLength >= (network.Family == IpFamily.IPv4 ? 8 : 16);

    private static string Through(Network network, INetworkFacts facts)
    {
        // Not the first address, which means "this host" in 0.0.0.0/0.
        var address = IpAddress.FromBits(network.Family, network.Prefix | (network.Halves is null ? UInt128.Zero : UInt128.One));
        return facts.RouteTo(address, 0) is { } route && facts.Links.FirstOrDefault(link => link.Index == route.InterfaceIndex) is { } link
            ? $", now through {link.Name}"
            : ", and there is none now";
    }
}
