using System.Runtime.InteropServices;
using System.Text;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>
/// Which interface has which addresses. The kernel is asked again when the list is older than a second: a
/// program that binds its socket to an address sends from it often, and the way that a packet takes does not
/// depend on this list, only the source that it shows.
/// </summary>
internal sealed unsafe class InterfaceAddresses
{
    private const long LifetimeMilliseconds = 1000;

    private readonly Lock gate = new();
    private (string Interface, IpAddress Address)[] list = [];
    private long readAt = long.MinValue / 2;

    /// <summary>Whether an address is an interface's own.</summary>
    public bool Contains(string interfaceName, IpAddress address)
    {
        foreach ((string name, IpAddress known) in Current())
        {
            if (known == address && name == interfaceName)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The interface that has an address.</summary>
    public string? InterfaceOf(IpAddress address)
    {
        foreach ((string name, IpAddress known) in Current())
        {
            if (known == address)
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>The first address of a family that an interface has and that means something beyond its link.</summary>
    public IpAddress? First(string interfaceName, IpFamily family)
    {
        foreach ((string name, IpAddress known) in Current())
        {
            if (name == interfaceName && known.Family == family && !known.NeedsScopeId)
            {
                return known;
            }
        }

        return null;
    }

    private (string Interface, IpAddress Address)[] Current()
    {
        lock (gate)
        {
            if (Environment.TickCount64 - readAt > LifetimeMilliseconds)
            {
                list = Read();
                readAt = Environment.TickCount64;
            }

            return list;
        }
    }

    private static (string Interface, IpAddress Address)[] Read()
    {
        Ifaddrs* first;
        if (Libc.getifaddrs(&first) != 0)
        {
            return [];
        }

        var found = new List<(string, IpAddress)>();
        for (Ifaddrs* entry = first; entry != null; entry = entry->Next)
        {
            if (entry->Address != null && LengthOf(entry->Address) is int length)
            {
                string name = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry->Name));
                found.Add((name, Sockaddr.Parse(new ReadOnlySpan<byte>(entry->Address, length)).Endpoint.Address));
            }
        }

        Libc.freeifaddrs(first);
        return [.. found];
    }

    private static int? LengthOf(byte* sockaddr) => *(ushort*)sockaddr switch
    {
        Libc.AF_INET => Sockaddr.InLength,
        Libc.AF_INET6 => Sockaddr.In6Length,
        _ => null,
    };
}
