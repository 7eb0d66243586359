using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>What is known of this network namespace. Each answer is read when it is asked for, and once.</summary>
internal interface INetworkFacts
{
    /// <summary>The interfaces.</summary>
    IReadOnlyList<LinkEntry> Links { get; }

    /// <summary>The addresses of this host.</summary>
    IReadOnlyList<AddressEntry> Addresses { get; }

    /// <summary>The routes of all tables.</summary>
    IReadOnlyList<RouteEntry> Routes { get; }

    /// <summary>The hosts on the links.</summary>
    IReadOnlyList<NeighbourEntry> Neighbours { get; }

    /// <summary>The route that the kernel would take, by its rules and tables.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="interfaceIndex">The ifindex that the socket is bound to; 0 for none.</param>
    /// <returns>null where no table has a route that leads there.</returns>
    RouteEntry? RouteTo(IpAddress destination, uint interfaceIndex);

    /// <summary>How strictly the sources of packets that arrive by an interface are checked (rp_filter, ip-sysctl.rst): 0, 1 or 2.</summary>
    int ReversePathFilter(string interfaceName);
}
