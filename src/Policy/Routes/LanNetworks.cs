using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Routes;

/// <summary>Finds what <c>--exclude lan</c> means on a host at the moment.</summary>
public static class LanNetworks
{
    /// <summary>
    /// The networks on the links of all interfaces but the policy's own ones; and those of its own ones, which they are held against.
    /// </summary>
    /// <param name="links">The interfaces of the host.</param>
    /// <param name="routes">Its routes.</param>
    /// <param name="policy">The ifindexes of the policy's interfaces.</param>
    public static HostNetworks Of(IReadOnlyList<LinkEntry> links, IReadOnlyList<RouteEntry> routes, IReadOnlyCollection<uint> policy)
    {
        LanInterface[] lan = [.. links.Where(link => link.MayBeLan && !policy.Contains(link.Index)).Select(link => new LanInterface(link.Name, link.Index))];
        Network[] On(Func<uint, bool> isWanted)
        {
            List<Network> found = [];
            foreach (RouteEntry route in routes)
            {
                if (route.IsNetworkOfLink && isWanted(route.InterfaceIndex) && !found.Contains(route.Destination))
                {
                    found.Add(route.Destination);
                }
            }

            return [.. found];
        }

        return new()
        {
            Lan = On(index => lan.Any(link => link.Index == index)),
            LanInterfaces = lan,
            Own = On(policy.Contains),
        };
    }
}
