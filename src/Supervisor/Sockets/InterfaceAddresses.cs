using BindToInterface.Policy.Addresses;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>
/// Which interface has which addresses. The kernel is asked again if the table is older than a second, or does not have
/// the address in question: a program that binds its socket to an address sends from it often. It may take a second until
/// a removed address is noticed. That does no harm: the kernel sends no packet from such an address.
/// </summary>
/// <param name="indexOf">The ifindex of an interface by any of its names.</param>
internal sealed class InterfaceAddresses(Func<string, uint> indexOf)
{
    private const long LifetimeMilliseconds = 1000;

    private readonly Lock gate = new();
    // Replaced, never changed: each stopped call looks into it, and takes no lock.
    private volatile AddressTable table = AddressTable.None;

    /// <summary>Whether an address is an interface's own.</summary>
    public bool Contains(string interfaceName, IpAddress address)
    {
        AddressTable current = Current();
        return Contains(current, interfaceName, address) || (!current.IsBroadcast(address) && Contains(Renewed(), interfaceName, address));
    }

    /// <summary>
    /// Whether an address is the broadcast address of a network that this host is on. A socket may be bound to it, to
    /// receive what is sent to all; that does not give it a source (inet_bind).
    /// </summary>
    public bool IsBroadcast(IpAddress address) => Current().IsBroadcast(address);

    /// <summary>
    /// Whether an address is one of this host's, but not of this interface. For each connect: one look into a table,
    /// and no system call but when the table is old. Link-local addresses are left out: another host may have the
    /// same one on another link.
    /// </summary>
    public bool IsOfAnother(string interfaceName, IpAddress address)
    {
        AddressTable current = Current();
        return current.Has(address) && !address.NeedsScopeId && !Contains(current, interfaceName, address);
    }

    /// <summary>The interface that has an address.</summary>
    public string? InterfaceOf(IpAddress address) => InterfaceOf(Current(), address) ?? InterfaceOf(Renewed(), address);

    /// <summary>Forgets what it knows: that an address is gone matters now.</summary>
    public void Forget() => table = AddressTable.None;

    /// <summary>The first address of a family that an interface has and that means something beyond its link.</summary>
    public IpAddress? First(string interfaceName, IpFamily family)
    {
        foreach ((string name, IpAddress known) in Current().Addresses)
        {
            if (IsOf(name, interfaceName) && known.Family == family && !known.NeedsScopeId)
            {
                return known;
            }
        }

        return null;
    }

    /// <summary>The user may have named the interface by an alternative name (ip-link(8), altname).</summary>
    private bool IsOf(string name, string interfaceName) =>
        name == interfaceName || (indexOf(interfaceName) is uint index and not 0 && indexOf(name) == index);

    private bool Contains(AddressTable addresses, string interfaceName, IpAddress address)
    {
        foreach ((string name, IpAddress known) in addresses.Addresses)
        {
            if (known == address && IsOf(name, interfaceName))
            {
                return true;
            }
        }

        return false;
    }

    private static string? InterfaceOf(AddressTable addresses, IpAddress address)
    {
        foreach ((string name, IpAddress known) in addresses.Addresses)
        {
            if (known == address)
            {
                return name;
            }
        }

        return null;
    }

    private AddressTable Current()
    {
        AddressTable current = table;
        return IsOld(current) ? Renewed(onlyIfOld: true) : current;
    }

    private AddressTable Renewed(bool onlyIfOld = false)
    {
        lock (gate)
        {
            AddressTable current = table;
            return onlyIfOld && !IsOld(current) ? current : table = AddressTable.Read();
        }
    }

    private static bool IsOld(AddressTable table) => Environment.TickCount64 - table.ReadAt > LifetimeMilliseconds;
}
