using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Configuration;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Check;

/// <summary>The address to send from: is it one of the interface?</summary>
internal static class SourceRules
{
    private const string Area = "source";

    /// <param name="settings">What the user asked for.</param>
    /// <param name="name">The interface that traffic is bound to.</param>
    /// <param name="facts">The network.</param>
    public static IEnumerable<Finding> Judge(Settings settings, string name, INetworkFacts facts)
    {
        LinkEntry? link = InterfaceRules.Find(name, facts);
        foreach (IpFamily family in (IpFamily[])[IpFamily.IPv4, IpFamily.IPv6])
        {
            if (settings.Traffic.Source[family]?.Address is not IpAddress source)
            {
                continue;
            }

            LinkEntry[] owners =
                [.. facts.Addresses.Where(each => each.Address == source).SelectMany(each => facts.Links.Where(other => other.Index == each.InterfaceIndex))];
            if (owners.Any(owner => owner == link || owner.LeadsNowhere))
            {
                // A host may keep its public address on lo or on a dummy.
                yield return Finding.Ok(Area, $"{settings.SourceNamedBy}: {source} is an address of {owners[0].Name}");
            }
            else if (owners.Length > 0 || link is not null)
            {
                string fault = owners.Length > 0
                    ? $"{source} is an address of {owners[0].Name}, not of {name}: answers to it may not arrive; use an address of {name}"
                    : $"{source} is not an address of this host: sockets cannot be bound to it; use an address of {name}";
                yield return Finding.Problem(Area, $"{settings.SourceNamedBy}: {fault}") with { Option = Better(settings, link, facts) };
            }
        }
    }

    private static (Setting, string?)? Better(Settings settings, LinkEntry? link, INetworkFacts facts)
    {
        if (link is null)
        {
            return null;
        }

        string[] sources =
        [
            .. from family in new[] { IpFamily.IPv4, IpFamily.IPv6 }
               where settings.Traffic.Source[family] is not null
               let own = InterfaceRules.Addresses(link, facts, family)
               let given = own.Where(address => address.Address == settings.Traffic.Source[family]?.Address)
               from address in given.Concat(own).Take(1)
               select address.Address.ToString(),
        ];
        return (Setting.SourceIp, sources.Length == 0 ? null : string.Join(',', sources));
    }
}
