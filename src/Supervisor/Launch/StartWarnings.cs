using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Configuration;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Sockets;
using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor.Launch;

/// <summary>What a user should know before the program starts: each at most once, as a warning.</summary>
internal static class StartWarnings
{
    private const string ResolvConfPath = "/etc/resolv.conf";

    public static void Write(Settings settings, ReadOnlySpan<string> program, InterfaceBinder binder, DecisionLog decisions, ILogger logger)
    {
        if (settings.UnusedDnsPort is ushort port)
        {
            logger.DnsPortAlone(port);
        }

        if (settings.Traffic.Interface is not string name)
        {
            string hint = MissingInterface.Hint(program, Environment.GetEnvironmentVariables(), [.. HostInterface.All().Select(each => each.Name)]);
            if (settings.InterfaceRequiredBy is string required)
            {
                throw new SettingsException($"{required}: no interface is set; accepted is an interface by --interface or BIND_INTERFACE{hint}");
            }

            logger.NoInterface(hint);
            return;
        }

        if (binder.IndexOf(name) == 0)
        {
            decisions.InterfaceIsMissing();
            logger.NoSuchInterface(name, HostInterface.List(HostInterface.All()));
        }

        if (logger.IsEnabled(LogLevel.Warning))
        {
            WarnOfSource(settings, name, binder, logger);
            if (settings.Traffic.Dns.IsEmpty)
            {
                WarnOfNameservers(new TrafficPolicy(settings.Traffic), name, binder, logger);
            }
        }
    }

    private static void WarnOfSource(Settings settings, string interfaceName, InterfaceBinder binder, ILogger logger)
    {
        foreach (IpFamily family in (ReadOnlySpan<IpFamily>)[IpFamily.IPv4, IpFamily.IPv6])
        {
            if (settings.Traffic.Source[family]?.Address is IpAddress source && OtherOwner(source, interfaceName, binder) is string other
                && !HostInterface.All().Any(each => each.Name == other && each.LeadsNowhere))
            {
                logger.SourceOfAnotherInterface(settings.SourceNamedBy, source, other, interfaceName);
            }
        }
    }

    /// <summary>The interface that has an address, where that is another than the configured one.</summary>
    private static string? OtherOwner(IpAddress address, string interfaceName, InterfaceBinder binder) =>
        binder.Addresses.InterfaceOf(address) is string owner && binder.IndexOf(owner) != binder.IndexOf(interfaceName) ? owner : null;

    private static void WarnOfNameservers(TrafficPolicy policy, string interfaceName, InterfaceBinder binder, ILogger logger)
    {
        IEnumerable<string> lines;
        try
        {
            lines = File.ReadAllLines(ResolvConfPath);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            lines = [];
        }

        foreach (Nameserver nameserver in ResolvConf.Nameservers(lines))
        {
            (string Fault, string Consequence)? trouble = policy.JudgeEndpoint(new Endpoint(nameserver.Address, TrafficPolicy.DnsPort)).Kind switch
            {
                VerdictKind.Exclude => ("excluded", "DNS queries take the normal route"),
                VerdictKind.Refuse => ("on this host", "names will not resolve"),
                _ when nameserver.Scope is string scope && IndexOf(scope, binder) != binder.IndexOf(interfaceName) =>
                    ($"reached through {scope} only", "names will not resolve"),
                _ when OtherOwner(nameserver.Address, interfaceName, binder) is string other =>
                    ($"this host's own address on {other}", "names will not resolve"),
                _ => null,
            };
            if (trouble is (string fault, string consequence))
            {
                logger.UnusableNameserver(nameserver, ResolvConfPath, fault, consequence, interfaceName);
                return;
            }
        }
    }

    /// <summary>A scope is an interface's name or its number.</summary>
    private static uint IndexOf(string scope, InterfaceBinder binder) => uint.TryParse(scope, out uint index) ? index : binder.IndexOf(scope);
}
