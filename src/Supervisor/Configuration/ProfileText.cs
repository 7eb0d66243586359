using System.Globalization;
using BindToInterface.Policy.Routes;
using Microsoft.Extensions.Configuration;

namespace BindToInterface.Supervisor.Configuration;

/// <summary>
/// Reads the settings in the text of a profile. Microsoft.Extensions.Configuration reads the values; it knows neither lines nor
/// types, which <see cref="ProfileStructure"/> has looked at before.
/// </summary>
internal static class ProfileText
{
    /// <summary>The settings, each with the file, the line and the key that give it.</summary>
    /// <exception cref="SettingsException">Something is wrong: the message has the file, the line, the key and what is accepted.</exception>
    public static IReadOnlyDictionary<Setting, (string Text, string Name)> Read(string path, byte[] content)
    {
        IReadOnlyDictionary<string, int> lines = ProfileStructure.Check(path, content);
        IConfigurationRoot configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(content)).Build();
        var given = new Dictionary<Setting, (string Text, string Name)>();
        foreach (Setting setting in Setting.All.Where(setting => lines.ContainsKey(setting.Key)))
        {
            IConfigurationSection section = configuration.GetSection(setting.Key);
            IConfigurationSection[] items = [.. section.GetChildren()];
            foreach (IConfigurationSection item in items)
            {
                // An item that is wrong by itself is told with its own line.
                setting.Read!(Nothing, item.Value!, ProfileStructure.At(path, lines[item.Path], setting.Key));
            }

            string text = items.Length > 0 ? string.Join(',', items.Select(item => item.Value)) : TextOf(setting, section.Value ?? "");
            given.Add(setting, (text, ProfileStructure.At(path, lines[setting.Key], setting.Key)));
        }

        return given;
    }

    private static Settings Nothing => new() { Traffic = new TrafficPolicyOptions() };

    /// <summary>A flag as an option would have it; true and false are written in another way there.</summary>
    private static string TextOf(Setting setting, string value) =>
        setting.Kind is SettingKind.Flag or SettingKind.Count && bool.TryParse(value, out bool on)
            ? (on ? 1 : 0).ToString(CultureInfo.InvariantCulture)
            : value;
}
