using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Configuration;
using BindToInterface.Supervisor.Launch;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Sockets;
using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>The settings that count now, and how others take their place while the program runs.</summary>
internal sealed class LiveSettings(Settings settings, LivePolicy policy, InterfaceBinder binder, DecisionLog decisions, ILogger logger)
{
    private Settings running = settings;

    /// <summary>Takes over what may change while the program runs. A user is warned of the new settings as at the start.</summary>
    /// <param name="changed">The settings that the user asks for now.</param>
    /// <param name="path">The file that has changed, for messages.</param>
    /// <returns>What was taken over, and what was not.</returns>
    /// <exception cref="SettingsException">They cannot be taken over; the settings from before stay.</exception>
    public SettingsChange Take(Settings changed, string path)
    {
        SettingsChange change = SettingsChange.Between(running, changed, path);
        if (change.TakenOver.Count > 0)
        {
            running = SettingsChange.Apply(running, changed);
            policy.Change(running.Traffic);
        }

        return change;
    }

    /// <summary>Warns of what does not work with the settings of now.</summary>
    public void Warn()
    {
        if (running.Traffic.HasDefault)
        {
            StartWarnings.Write(running, [], binder, decisions, logger);
            using var network = new HostNetwork();
            StartWarnings.WriteFindings(running, policy.Current.Take(), network, logger);
        }
    }
}
