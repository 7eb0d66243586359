namespace BindToInterface.Supervisor.Configuration;

/// <summary>What a change of a profile changes while the program runs.</summary>
/// <param name="TakenOver">What new connections use, as "key: value".</param>
/// <param name="NeedRestart">The keys whose change counts only for a program that is started anew.</param>
internal sealed record SettingsChange(IReadOnlyList<string> TakenOver, IReadOnlyList<string> NeedRestart)
{
    private static readonly Dictionary<Setting, string> None = [];

    /// <summary>Compares settings.</summary>
    /// <param name="running">The settings that count now.</param>
    /// <param name="changed">Those of the changed profile.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="SettingsException">They cannot be taken over by a program that runs.</exception>
    public static SettingsChange Between(Settings running, Settings changed, string path)
    {
        // Without an interface other rules of the filter are installed, which cannot be taken back; and a file from which the
        // interface has disappeared must not send everything out through the normal route.
        bool isTakenAway = (running.Traffic.HasDefault && !changed.Traffic.HasDefault) || (running.Traffic.Restricts && !changed.Traffic.Restricts);
        if (isTakenAway || running.Traffic.Restricts != changed.Traffic.Restricts)
        {
            Setting setting = running.Traffic.HasDefault != changed.Traffic.HasDefault ? Setting.Interface : Setting.Route;
            throw new SettingsException(
                $"{path}: {setting.Key}: it can be changed while the program runs, but not {(isTakenAway ? "taken away" : "set where none was")}; start the program again");
        }

        Setting[] different = [.. Setting.All.Where(setting => TextOf(running, setting) != TextOf(changed, setting))];
        return new(
            [.. different.Where(setting => setting.IsReloadable).Select(setting => $"{setting.Key}: {TextOf(changed, setting) switch { null or "" => "none", var text => text }}")],
            [.. different.Where(setting => !setting.IsReloadable).Select(setting => setting.Key)]);
    }

    /// <summary>The settings that count once a change is taken over.</summary>
    public static Settings Apply(Settings running, Settings changed) => changed with
    {
        // The filter decides who makes the sockets, and cannot be changed.
        Traffic = changed.Traffic with { IsStrict = running.Traffic.IsStrict },
        StrictBy = running.StrictBy,
        Texts = Setting.All.Select(setting => (setting, Text: TextOf(setting.IsReloadable ? changed : running, setting)))
            .Where(each => each.Text is not null).ToDictionary(each => each.setting, each => each.Text!),
    };

    private static string? TextOf(Settings settings, Setting setting) => (settings.Texts ?? None).GetValueOrDefault(setting);
}
