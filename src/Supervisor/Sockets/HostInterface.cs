using System.Runtime.InteropServices;
using System.Text;
using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>A network interface of this network namespace, as getifaddrs(3) tells it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Flags">IFF_ flags (netdevice(7)).</param>
internal readonly record struct HostInterface(string Name, uint Flags)
{
    private const int MaximumNamed = 12;

    /// <summary>Loopback, or a dummy (broadcast without ARP): packets do not go out through it.</summary>
    public bool LeadsNowhere => (Flags & Native.IFF_LOOPBACK) != 0
        || (Flags & (Native.IFF_BROADCAST | Native.IFF_NOARP)) == (Native.IFF_BROADCAST | Native.IFF_NOARP);

    /// <summary>Whether it is switched on and has a carrier, as far as it knows of one.</summary>
    public bool IsUp => (Flags & (Native.IFF_UP | Native.IFF_RUNNING)) == (Native.IFF_UP | Native.IFF_RUNNING);

    /// <summary>All of them, in the kernel's order; none where the kernel does not say.</summary>
    public static unsafe IReadOnlyList<HostInterface> All()
    {
        Ifaddrs* first;
        if (Native.getifaddrs(&first) != 0)
        {
            return [];
        }

        // The list has an entry without an IP address for each interface, and one more for each address.
        var found = new Dictionary<string, HostInterface>();
        for (Ifaddrs* entry = first; entry != null; entry = entry->Next)
        {
            string name = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry->Name)).Split(':')[0];
            found.TryAdd(name, new HostInterface(name, entry->Flags));
        }

        Native.freeifaddrs(first);
        return [.. found.Values];
    }

    /// <summary>Their names, for a message.</summary>
    public static string List(IReadOnlyList<HostInterface> interfaces) => interfaces.Count == 0
        ? "none"
        : string.Join(", ", interfaces.Take(MaximumNamed).Select(each => each.Name)) + (interfaces.Count > MaximumNamed ? ", …" : "");
}
