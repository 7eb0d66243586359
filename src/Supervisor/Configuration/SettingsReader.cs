using BindToInterface.Policy.Routes;

namespace BindToInterface.Supervisor.Configuration;

/// <summary>Reads the settings: the command line stands over the environment.</summary>
internal static class SettingsReader
{
    /// <param name="commandLine">The options that are given.</param>
    /// <param name="variable">The value of an environment variable; one that is empty is not set.</param>
    /// <exception cref="SettingsException">A setting is wrong.</exception>
    public static Settings Read(CommandLine commandLine, Func<string, string?> variable)
    {
        var settings = new Settings { Traffic = new TrafficPolicyOptions() };
        foreach (Setting setting in Setting.All)
        {
            if (setting is { Read: { } read, Variable: { } name } && !commandLine.Given.ContainsKey(setting) && variable(name) is { Length: > 0 } text)
            {
                settings = read(settings, text, name);
            }
        }

        foreach (Setting setting in Setting.All)
        {
            if (setting.Read is { } read && commandLine.Given.TryGetValue(setting, out (string Text, string Name) given))
            {
                settings = read(settings, given.Text, given.Name);
            }
        }

        return settings with
        {
            Traffic = settings.Traffic with { Dns = settings.Traffic.Dns.WithDefaultPort(settings.DnsPort ?? TrafficPolicy.DnsPort) },
        };
    }
}
