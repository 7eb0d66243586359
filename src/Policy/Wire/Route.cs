using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Wire;

/// <summary>The kernel's answer to RTM_GETROUTE: how a packet to a destination would leave.</summary>
/// <param name="Type">What the route does.</param>
/// <param name="InterfaceIndex">The ifindex that it leaves by (RTA_OIF); 0 where the kernel names none.</param>
/// <param name="Source">The source address that it would get (RTA_PREFSRC); null where the kernel names none.</param>
public readonly record struct Route(RouteType Type, uint InterfaceIndex, IpAddress? Source)
{
    /// <summary>Whether packets leave by it at all.</summary>
    public bool Leads => InterfaceIndex != 0 && Type is >= RouteType.Unicast and <= RouteType.Multicast;
}
