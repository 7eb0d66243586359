using BindToInterface.Policy.Routes;

namespace BindToInterface.Supervisor.Configuration;

/// <summary>Reads the settings: the command line stands over the environment, and that over the profile.</summary>
internal static class SettingsReader
{
    /// <param name="commandLine">The options that are given.</param>
    /// <param name="variable">The value of an environment variable; one that is empty is not set.</param>
    /// <param name="profile">The profile, of which all is checked, also what is replaced.</param>
    /// <exception cref="SettingsException">A setting is wrong.</exception>
    public static Settings Read(CommandLine commandLine, Func<string, string?> variable, Profile? profile = null)
    {
        var settings = new Settings { Traffic = new TrafficPolicyOptions() };
        if (profile is not null)
        {
            settings = Read(settings, commandLine, variable, profile.Given());
        }

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

        if (settings.Traffic.Contradiction is TrafficRoute route)
        {
            throw new SettingsException($"{Setting.Route.Option}: '{route.Text}' is a network that {Setting.Exclude.Option} names as well; accepted is one of both");
        }

        return settings with
        {
            Trace = settings.DryRun ? settings.Trace ?? "" : settings.Trace,
            Traffic = settings.Traffic with
            {
                Dns = settings.Traffic.Dns.WithDefaultPort(settings.DnsPort ?? TrafficPolicy.DnsPort),
                // A dry run binds nothing.
                IsStrict = settings.Traffic.IsStrict && !settings.DryRun,
            },
        };
    }

    /// <summary>Reads a profile, and notes what each setting is given as in the end.</summary>
    private static Settings Read(
        Settings settings, CommandLine commandLine, Func<string, string?> variable, IReadOnlyDictionary<Setting, (string Text, string Name)> profile)
    {
        var texts = new Dictionary<Setting, string>();
        foreach (Setting setting in Setting.All.Where(setting => setting.IsInProfile))
        {
            string? text = null;
            if (profile.TryGetValue(setting, out (string Text, string Name) inProfile))
            {
                settings = setting.Read!(settings, inProfile.Text, inProfile.Name);
                text = inProfile.Text;
            }

            text = setting.Variable is { } name && variable(name) is { Length: > 0 } ofVariable ? ofVariable : text;
            text = commandLine.Given.TryGetValue(setting, out (string Text, string Name) given) ? given.Text : text;
            if (text is not null)
            {
                texts.Add(setting, text);
            }
        }

        return settings with { Texts = texts };
    }
}
