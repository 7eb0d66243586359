using System.Globalization;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Check;

/// <summary>The default route that an interface lacks.</summary>
/// <param name="Command">The command that adds it.</param>
/// <param name="Hint">How sure the gateway is, for the text of a finding; begins with a semicolon, or is empty.</param>
internal readonly record struct RouteRemedy(string Command, string Hint)
{
    private const uint Step = 1000;

    /// <summary>
    /// Makes the command. Its metric is greater than those of the default routes that are there, so that everything which is not
    /// bound keeps its route.
    /// </summary>
    /// <param name="link">The interface.</param>
    /// <param name="family">The family that has no route.</param>
    /// <param name="facts">The network.</param>
    /// <param name="former">The gateway of a route that was there before; null where none is known.</param>
    public static RouteRemedy For(LinkEntry link, IpFamily family, INetworkFacts facts, IpAddress? former = null)
    {
        uint greatest = facts.Routes.Where(route => route.Destination.Family == family && route.Destination.PrefixLength == 0 && route.Type == RouteType.Unicast
            && route.InterfaceIndex != link.Index && route.Metric < uint.MaxValue - Step).Select(route => route.Metric).DefaultIfEmpty().Max();
        (string? gateway, string hint) = link.NeedsNoGateway ? (null, "")
            : former is IpAddress known ? (Written(known, family), "")
            : Gateway(link, family, facts);
        string ip = family == IpFamily.IPv4 ? "ip" : "ip -6", via = gateway is null ? "" : $"via {gateway} ";
        return new(string.Create(CultureInfo.InvariantCulture, $"{ip} route add default {via}dev {link.Name} metric {((greatest / Step) + 1) * Step}"), hint);
    }

    private static (string Gateway, string Hint) Gateway(LinkEntry link, IpFamily family, INetworkFacts facts)
    {
        RouteEntry? other = facts.Routes.Where(route => route.InterfaceIndex == link.Index && route.Destination.Family == family && route.Gateway is not null)
            .OrderBy(route => route.Destination.PrefixLength).FirstOrDefault();
        if (other?.Gateway is IpAddress known)
        {
            return (Written(known, family), "");
        }

        AddressEntry[] addresses = InterfaceRules.Addresses(link, facts, family);
        IpAddress[] neighbours =
        [
            .. facts.Neighbours.Where(each => each.InterfaceIndex == link.Index && each.Address.Family == family && each.IsKnown
                && (family == IpFamily.IPv6 ? each.IsRouter : addresses.Any(address => address.Network.Contains(each.Address)))).Select(each => each.Address),
        ];
        if (neighbours.Length == 1)
        {
            return (neighbours[0].ToString(), family == IpFamily.IPv6 ? "" : $"; {neighbours[0]} is the only neighbour there, so it may be the gateway");
        }

        foreach (AddressEntry address in addresses)
        {
            IpAddress first = address.Peer ?? IpAddress.FromBits(family, address.Network.Prefix | UInt128.One);
            if (first != address.Address && address.Network.Contains(first))
            {
                return (first.ToString(), $"; the gateway is not known here: often it is {first}, else the VPN or the router's DHCP names it");
            }
        }

        return ("GATEWAY", $"; the gateway is not known here: the VPN or the router's DHCP names it, and 'ip neigh show dev {link.Name}' lists who is there");
    }

    private static string Written(IpAddress gateway, IpFamily family) => gateway.Family == family ? $"{gateway}" : $"inet6 {gateway}";
}
