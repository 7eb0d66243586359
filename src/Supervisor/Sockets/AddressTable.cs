using System.Runtime.InteropServices;
using System.Text;
using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>The addresses of all interfaces at one moment. It never changes.</summary>
internal sealed unsafe class AddressTable
{
    /// <summary>One that is older than any.</summary>
    public static readonly AddressTable None = new([], [], long.MinValue / 2);

    private readonly HashSet<IpAddress> known;
    private readonly HashSet<IpAddress> broadcasts;

    private AddressTable((string Interface, IpAddress Address)[] addresses, HashSet<IpAddress> broadcasts, long readAt)
    {
        Addresses = addresses;
        known = [.. addresses.Select(entry => entry.Address)];
        broadcasts.ExceptWith(known);
        this.broadcasts = broadcasts;
        ReadAt = readAt;
    }

    public (string Interface, IpAddress Address)[] Addresses { get; }

    /// <summary>When the kernel was asked (Environment.TickCount64).</summary>
    public long ReadAt { get; }

    /// <summary>Whether an address is this host's.</summary>
    public bool Has(IpAddress address) => known.Contains(address);

    /// <summary>Whether an address is the broadcast address of a network that this host is on, and no interface's own.</summary>
    public bool IsBroadcast(IpAddress address) => broadcasts.Contains(address);

    /// <summary>Asks the kernel. Where it does not answer, the table is empty.</summary>
    public static AddressTable Read()
    {
        long now = Environment.TickCount64;
        Ifaddrs* first;
        if (Native.getifaddrs(&first) != 0)
        {
            return new([], [], now);
        }

        var found = new List<(string, IpAddress)>();
        var broadcasts = new HashSet<IpAddress>();
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
        return new([.. found], broadcasts, now);
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
