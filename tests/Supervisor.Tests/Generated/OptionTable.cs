using BindToInterface.Supervisor.Configuration;

namespace BindToInterface.Supervisor.Tests.Generated;

/// <summary>The tables of options: the common ones in the README, all in docs/options.md.</summary>
internal static class OptionTable
{
    public static string Common() => Table(Setting.All.Where(setting => setting.IsCommon));

    public static string All() => Table(Setting.All);

    private static string Table(IEnumerable<Setting> settings) => "| option | variable | meaning |\n|---|---|---|\n" + string.Concat(settings.Select(Row));

    private static string Row(Setting setting)
    {
        string letter = setting.ShortOption is string name ? $"`{name}`, " : "";
        string option = $"`{setting.Usage}`".Replace("|", "\\|", StringComparison.Ordinal);
        string repeatable = setting.IsRepeatable && setting.ValueName is not null ? " (repeatable)" : "";
        string variable = setting.Variable is null ? "" : $"`{setting.Variable}{(setting is { ValueName: null, OptionalValueName: null } ? "=1" : "")}` ";
        string meaning = setting.Note is null ? setting.Help : $"{setting.Help}. {setting.Note.ReplaceLineEndings(" ").TrimEnd('.')}";
        return $"| {letter}{option}{repeatable} | {variable}| {meaning} |\n";
    }
}
