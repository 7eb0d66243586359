using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Configuration;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Check;

/// <summary>No interface is set: which one may be meant?</summary>
internal static class NoInterfaceRules
{
    private static readonly IpAddress Far = IpAddress.FromIPv4(0x2d00_0001);

    /// <param name="hint">What the command line and the environment let one guess; begins with a semicolon, or is empty.</param>
    /// <param name="facts">The network.</param>
    public static Finding Judge(string hint, INetworkFacts facts)
    {
        uint normal = facts.RouteTo(Far, 0)?.InterfaceIndex ?? 0;
        LinkEntry[] others = [.. facts.Links.Where(link => link.IsUp && !link.LeadsNowhere && link.Index != normal && facts.Addresses.Any(each => each.InterfaceIndex == link.Index && each.IsUsable))];
        LinkEntry? meant = others.OrderByDescending(link => link.NeedsNoGateway).FirstOrDefault();
        return Finding.Problem("interface", $"no interface is set (--interface or BIND_INTERFACE): all traffic takes the normal route{hint}") with
        {
            Option = meant is null ? null : (Setting.Interface, meant.Name),
        };
    }
}
