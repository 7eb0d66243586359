using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Wire;

/// <summary>The nameservers of a resolv.conf(5).</summary>
public static class ResolvConf
{
    /// <summary>Where the C library reads it.</summary>
    public const string Path = "/etc/resolv.conf";

    /// <summary>libc's MAXNS: it asks no more servers than these.</summary>
    private const int MaximumServers = 3;

    /// <summary>
    /// The nameservers that libc would ask, in order; a file without any means the one on this host.
    /// </summary>
    public static IReadOnlyList<Nameserver> Nameservers(IEnumerable<string> lines)
    {
        var servers = new List<Nameserver>();
        foreach (string line in lines)
        {
            string[] words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (line.StartsWith('n') && words is ["nameserver", var text, ..] && servers.Count < MaximumServers
                && IpAddress.TryParse(text.Split('%', 2)[0], out IpAddress address))
            {
                servers.Add(new Nameserver(address, text.Split('%', 2) is [_, var scope] ? scope : null));
            }
        }

        return servers.Count > 0 ? servers : [new Nameserver(IpAddress.Loopback(IpFamily.IPv4), null)];
    }
}
