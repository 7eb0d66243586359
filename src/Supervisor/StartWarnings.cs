using BindToInterface.Policy;
using BindToInterface.Supervisor.Configuration;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Sockets;
using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor;

/// <summary>What a user should know before the program starts: each at most once, as a warning.</summary>
internal static class StartWarnings
{
    private const string ResolvConfPath = "/etc/resolv.conf";

    public static void Write(Settings settings, InterfaceBinder binder, DecisionLog decisions, ILogger logger)
    {
        if (settings.UnusedDnsPort is ushort port)
        {
            logger.DnsPortAlone(port);
        }

        if (settings.Traffic.Interface is not string name)
        {
            logger.NoInterface();
            return;
        }

        if (binder.IndexOf(name) == 0)
        {
            decisions.InterfaceIsMissing();
            logger.InterfaceMissing(name);
        }

        if (settings.Traffic.Dns.IsEmpty && logger.IsEnabled(LogLevel.Warning))
        {
            WarnOfNameservers(new TrafficPolicy(settings.Traffic), name, logger);
        }
    }

    private static void WarnOfNameservers(TrafficPolicy policy, string interfaceName, ILogger logger)
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

        foreach (IpAddress nameserver in ResolvConf.Nameservers(lines))
        {
            VerdictKind kind = policy.JudgeEndpoint(new Endpoint(nameserver, TrafficPolicy.DnsPort)).Kind;
            if (kind is VerdictKind.Exclude or VerdictKind.Refuse)
            {
                logger.UnusableNameserver(
                    nameserver,
                    ResolvConfPath,
                    kind == VerdictKind.Exclude ? "on the exclude list" : "on this host",
                    kind == VerdictKind.Exclude ? "names will be asked outside the interface" : "names will not resolve",
                    interfaceName);
                return;
            }
        }
    }
}
