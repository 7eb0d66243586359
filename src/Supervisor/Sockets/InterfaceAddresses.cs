using System.Runtime.InteropServices;
using System.Text;
using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>
/// Which interface has which addresses. The kernel is asked again if the list is older than a second, or does not have
/// the address in question: a program that binds its socket to an address sends from it often. It may take a second until
/// a removed address is noticed. That does no harm: the kernel sends no packet from such an address.
/// </summary>
/// <param name="indexOf">The ifindex of an interface by any of its names.</param>
internal sealed unsafe class InterfaceAddresses(Func<string, uint> indexOf)
{
    private const long LifetimeMilliseconds = 1000;

    private readonly Lock gate = new();
    private (string Interface, IpAddress Address)[] list = [];
    private HashSet<IpAddress> known = [];
    private HashSet<IpAddress> broadcasts = [];
    private long readAt = long.MinValue / 2;

    /// <summary>Whether an address is an interface's own.</summary>
    public bool Contains(string interfaceName, IpAddress address) => Contains(Current(), interfaceName, address)
        || (!IsBroadcast(address) && Contains(Renewed(), interfaceName, address));

    /// <summary>
    /// Whether an address is the broadcast address of a network that this host is on. A socket may be bound to it, to
    /// receive what is sent to all; that does not give it a source (inet_bind).
    /// </summary>
    public bool IsBroadcast(IpAddress address)
    {
        lock (gate)
        {
            _ = Current();
            return broadcasts.Contains(address);
        }
    }

    /// <summary>
    /// Whether an address is one of this host's, but not of this interface. For each connect: one look into a table,
    /// and no system call but when the table is old. Link-local addresses are left out: another host may have the
    /// same one on another link.
    /// </summary>
    public bool IsOfAnother(string interfaceName, IpAddress address)
    {
        lock (gate)
        {
            (string, IpAddress)[] current = Current();
            return known.Contains(address) && !address.NeedsScopeId && !Contains(current, interfaceName, address);
        }
    }

    /// <summary>The interface that has an address.</summary>
    public string? InterfaceOf(IpAddress address) => InterfaceOf(Current(), address) ?? InterfaceOf(Renewed(), address);

    /// <summary>Forgets what it knows: that an address is gone matters now.</summary>
    public void Forget()
    {
        lock (gate)
        {
            readAt = long.MinValue / 2;
        }
    }

    /// <summary>The first address of a family that an interface has and that means something beyond its link.</summary>
    public IpAddress? First(string interfaceName, IpFamily family)
    {
        foreach ((string name, IpAddress known) in Current())
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

    private bool Contains((string, IpAddress)[] addresses, string interfaceName, IpAddress address)
    {
        foreach ((string name, IpAddress known) in addresses)
        {
            if (known == address && IsOf(name, interfaceName))
            {
                return true;
            }
        }

        return false;
    }

    private static string? InterfaceOf((string, IpAddress)[] addresses, IpAddress address)
    {
        foreach ((string name, IpAddress known) in addresses)
        {
            if (known == address)
            {
                return name;
            }
        }

        return null;
    }

    private (string Interface, IpAddress Address)[] Current()
    {
        lock (gate)
        {
            return Environment.TickCount64 - readAt > LifetimeMilliseconds ? Renewed() : list;
        }
    }

    private (string Interface, IpAddress Address)[] Renewed()
    {
        lock (gate)
        {
            var newBroadcasts = new HashSet<IpAddress>();
            list = Read(newBroadcasts);
            known = [.. list.Select(entry => entry.Address)];
            newBroadcasts.ExceptWith(known);
            broadcasts = newBroadcasts;
            readAt = Environment.TickCount64;
            return list;
        }
    }

    private static (string Interface, IpAddress Address)[] Read(HashSet<IpAddress> broadcasts)
    {
        Ifaddrs* first;
        if (Native.getifaddrs(&first) != 0)
        {
            return [];
        }

        var found = new List<(string, IpAddress)>();
        for (Ifaddrs* entry = first; entry != null; entry = entry->Next)
        {
            if (entry->Address != null && LengthOf(entry->Address) is int length)
            {
                string name = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry->Name));
                // This can be a label (ip-address(8)) instead of the interface's name: eth0:1. A name has no colon.
                int colon = name.IndexOf(':', StringComparison.Ordinal);
                found.Add((colon < 0 ? name : name[..colon], Sockaddr.Parse(new ReadOnlySpan<byte>(entry->Address, length)).Endpoint.Address));
                AddBroadcasts(broadcasts, entry);
            }
        }

        Native.freeifaddrs(first);
        return [.. found];
    }

    /// <summary>
    /// What the kernel takes as broadcast addresses with an IPv4 address (fib_add_ifaddr): the highest of its network, and
    /// before Linux 5.14 the lowest; none for networks of one or two addresses. ifa_broadaddr is not used: if no broadcast
    /// address was set, glibc puts the address itself there.
    /// </summary>
    private static void AddBroadcasts(HashSet<IpAddress> broadcasts, Ifaddrs* entry)
    {
        if (*(ushort*)entry->Address != Linux.AF_INET || entry->Netmask == null)
        {
            return;
        }

        uint address = (uint)AddressOf(entry->Address).Bits;
        uint mask = (uint)AddressOf(entry->Netmask).Bits;
        if (~mask > 1)
        {
            broadcasts.Add(IpAddress.FromIPv4(address | ~mask));
            broadcasts.Add(IpAddress.FromIPv4(address & mask));
        }
    }

    private static IpAddress AddressOf(byte* sockaddrIn) =>
        Sockaddr.Parse(new ReadOnlySpan<byte>(sockaddrIn, Sockaddr.InLength)).Endpoint.Address;

    private static int? LengthOf(byte* sockaddr) => *(ushort*)sockaddr switch
    {
        Linux.AF_INET => Sockaddr.InLength,
        Linux.AF_INET6 => Sockaddr.In6Length,
        _ => null,
    };
}
