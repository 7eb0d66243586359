using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Check;

/// <summary>What matters of an interface to those who are bound to it, at one moment.</summary>
internal sealed record InterfaceState
{
    /// <summary>The ifindex; 0 where it is absent.</summary>
    public uint Index { get; init; }

    public bool IsUp { get; init; }

    /// <summary>A cable, or a program that serves a tunnel.</summary>
    public bool HasCarrier { get; init; }

    /// <summary>Its addresses, without those that mean something on its link only and those that change from time to time.</summary>
    public IReadOnlyList<IpAddress> Addresses { get; init; } = [];

    /// <summary>The families of which all destinations have a route through it, with the gateway.</summary>
    public IReadOnlyDictionary<IpFamily, IpAddress?> Routed { get; init; } = new Dictionary<IpFamily, IpAddress?>();

    public bool IsThere => Index != 0;

    /// <summary>Whether it has an address that packets to the internet can carry.</summary>
    public bool HasAddress { get; init; }

    /// <summary>Whether packets can go out.</summary>
    public bool IsUsable => IsUp && HasCarrier;

    /// <summary>The state of an interface.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="facts">The network.</param>
    public static InterfaceState Of(string name, INetworkFacts facts)
    {
        if (InterfaceRules.Find(name, facts) is not LinkEntry link)
        {
            return new InterfaceState();
        }

        IpFamily[] families = [.. new[] { IpFamily.IPv4, IpFamily.IPv6 }.Where(family => InterfaceRules.Addresses(link, facts, family).Length > 0)];
        Dictionary<IpFamily, IpAddress?> routed = [];
        foreach (IpFamily family in families)
        {
            if (link.IsUp && RouteRules.LeadsEverywhere(link, family, facts, out IpAddress? gateway))
            {
                routed.Add(family, gateway);
            }
        }

        return new InterfaceState
        {
            Index = link.Index,
            IsUp = link.IsUp,
            HasCarrier = link.HasCarrier,
            HasAddress = families.Length > 0,
            Addresses =
            [
                .. families.SelectMany(family => InterfaceRules.Addresses(link, facts, family)).Where(address => !address.IsTemporary)
                    .Select(address => address.Address).Order(IpAddress.ByNumber),
            ],
            Routed = routed,
        };
    }

    /// <summary>
    /// The same state for those that are told later: while an interface is down it keeps what it had, since the kernel takes its
    /// routes and IPv6 addresses away by then and that needs no further line.
    /// </summary>
    public InterfaceState After(InterfaceState before) => IsThere && !IsUsable && before.Index == Index
        ? this with { Addresses = before.Addresses, Routed = before.Routed }
        : this;
}
