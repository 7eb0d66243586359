using System.Text;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Proc;

namespace BindToInterface.Supervisor.Check;

/// <summary>The nameservers that this host knows.</summary>
internal static class NameserverFiles
{
    public const string ResolvConfPath = "/etc/resolv.conf";

    /// <summary>Where systemd-resolved writes which servers it asks itself.</summary>
    private const string UpstreamPath = "/run/systemd/resolve/resolv.conf";

    /// <summary>Those that libc asks (resolv.conf(5)).</summary>
    public static IReadOnlyList<Nameserver> Asked() => Read(ResolvConfPath);

    /// <summary>Others, read only if somebody looks.</summary>
    public static IEnumerable<Nameserver> Others()
    {
        foreach (Nameserver server in Read(UpstreamPath))
        {
            yield return server;
        }
    }

    private static IReadOnlyList<Nameserver> Read(string path) =>
        ResolvConf.Nameservers(Encoding.UTF8.GetString(SmallFile.Read(path) ?? []).Split('\n').Select(line => line.TrimEnd('\r')));
}
