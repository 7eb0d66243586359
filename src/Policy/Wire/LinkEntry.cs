namespace BindToInterface.Policy.Wire;

/// <summary>A network interface, as the kernel lists it.</summary>
/// <param name="Index">Its ifindex.</param>
/// <param name="Name">Its name.</param>
/// <param name="Flags">IFF_ flags (netdevice(7)).</param>
public sealed record LinkEntry(uint Index, string Name, uint Flags)
{
    private const uint IFF_LOWER_UP = 0x1_0000;

    /// <summary>Alternative names (ip-link(8), altname).</summary>
    public IReadOnlyList<string> OtherNames { get; init; } = [];

    /// <summary>Whether it is switched on.</summary>
    public bool IsUp => (Flags & Linux.IFF_UP) != 0;

    /// <summary>Whether it has a carrier: a cable, or a program that serves a tunnel.</summary>
    public bool HasCarrier => (Flags & IFF_LOWER_UP) != 0;

    /// <summary>Whether it is the loopback interface.</summary>
    public bool IsLoopback => (Flags & Linux.IFF_LOOPBACK) != 0;

    /// <summary>Whether it takes packets for any destination without asking for the address of a next hop: a tunnel.</summary>
    public bool NeedsNoGateway => (Flags & (Linux.IFF_POINTOPOINT | Linux.IFF_NOARP)) != 0;

    /// <summary>Loopback, or a dummy (broadcast without ARP): packets do not go out through it.</summary>
    public bool LeadsNowhere => IsLoopback || (Flags & (Linux.IFF_BROADCAST | Linux.IFF_NOARP)) == (Linux.IFF_BROADCAST | Linux.IFF_NOARP);

    /// <summary>Whether there can be a LAN on it: it is up, and neither loopback nor a tunnel with one other end.</summary>
    public bool MayBeLan => IsUp && (Flags & (Linux.IFF_LOOPBACK | Linux.IFF_POINTOPOINT)) == 0;

    /// <summary>Whether this is one of its names.</summary>
    public bool IsNamed(string name) => Name == name || OtherNames.Contains(name);
}
