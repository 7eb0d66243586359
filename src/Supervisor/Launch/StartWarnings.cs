using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Check;
using BindToInterface.Supervisor.Configuration;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Proc;
using BindToInterface.Supervisor.Sockets;
using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor.Launch;

/// <summary>What a user should know at the start: each at most once, as a warning.</summary>
internal static class StartWarnings
{
    /// <summary>What is told, or is an error, before the program starts: nothing will be bound.</summary>
    public static void Write(Settings settings, ReadOnlySpan<string> program, InterfaceBinder binder, DecisionLog decisions, ILogger logger)
    {
        if (settings.DryRun)
        {
            logger.DryRun();
        }

        if (settings.UnusedDnsPort is ushort port)
        {
            logger.DnsPortAlone(port);
        }

        if (settings.StrictBy is string strict && settings.Traffic.Interfaces.Count == 0)
        {
            throw new SettingsException($"{strict}: there is no interface to bind sockets to; accepted is an interface by --interface, BIND_INTERFACE or --route");
        }

        foreach (Finding finding in settings.Traffic.IsStrict ? StrictRules.Judge(settings.Traffic, Capabilities.Has(StrictRules.CapNetRaw)) : [])
        {
            if (finding.State == FindingState.Warning)
            {
                logger.Found(finding.Text);
            }
        }

        if (!settings.Traffic.HasDefault)
        {
            using var network = new HostNetwork();
            string hint = MissingInterface.Hint(program, Environment.GetEnvironmentVariables(), [.. network.Links.Select(link => link.Name)]);
            if (settings.InterfaceRequiredBy is string required)
            {
                throw new SettingsException($"{required}: no interface is set; accepted is an interface by --interface or BIND_INTERFACE{hint}");
            }

            if (settings.Traffic.Restricts)
            {
                logger.NoDefaultInterface(hint);
            }
            else
            {
                logger.NoInterface(hint);
            }
        }

        foreach (string name in settings.Traffic.Interfaces.Where(name => binder.IndexOf(name) == 0))
        {
            decisions.InterfaceIsMissing(name);
            using var network = new HostNetwork();
            logger.NoSuchInterface(name, InterfaceRules.Existing(network));
        }
    }

    /// <summary>
    /// The findings of <c>--check</c> that break something, but for absent interfaces, which were told. The program runs already,
    /// and does not wait for this.
    /// </summary>
    public static void WriteFindings(Settings settings, TrafficPolicy policy, INetworkFacts network, ILogger logger)
    {
        if (!logger.IsEnabled(LogLevel.Warning) || !settings.Traffic.HasDefault)
        {
            return;
        }

        bool hasTold = false, hasToldOfNames = false;
        foreach (Finding finding in Checkup.OfTraffic(settings, policy, network))
        {
            if (finding.IsToldAtStart && !finding.IsAbsence && !(finding.IsConsequence && hasTold) && !(finding.Area == NameRules.Area && hasToldOfNames))
            {
                hasTold = true;
                hasToldOfNames |= finding.Area == NameRules.Area;
                logger.Found(finding.Command is string command ? $"{finding.Text}; type: {command}" : finding.Text);
            }
        }
    }
}
