namespace BindToInterface.Policy;

/// <summary>The nameservers of a resolv.conf(5).</summary>
public static class ResolvConf
{
    /// <summary>libc's MAXNS: it asks no more servers than these.</summary>
    private const int MaximumServers = 3;

    /// <summary>
    /// The nameservers that libc would ask, in order; a file without any means the one on this host.
    /// A scope (<c>fe80::1%eth0</c>) is left off.
    /// </summary>
    public static IReadOnlyList<IpAddress> Nameservers(IEnumerable<string> lines)
    {
        var servers = new List<IpAddress>();
        foreach (string line in lines)
        {
            string[] words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (line.StartsWith('n') && words is ["nameserver", var text, ..] && servers.Count < MaximumServers
                && IpAddress.TryParse(text.Split('%')[0], out IpAddress address))
            {
                servers.Add(address);
            }
        }

        return servers.Count > 0 ? servers : [IpAddress.Loopback(IpFamily.IPv4)];
    }
}
