using BindToInterface.Supervisor.Configuration;

namespace BindToInterface.Supervisor.Tests.Generated;

/// <summary>The table of options in the README.</summary>
internal static class ReadmeTable
{
    public static string Options() => "| option | variable | meaning |\n|---|---|---|\n" + string.Concat(Setting.All.Select(Row));

    private static string Row(Setting setting)
    {
        string letter = setting.ShortOption is string name ? $"`{name}`, " : "";
        string option = $"`{$"{setting.Option} {setting.ShownValue}".TrimEnd()}`".Replace("|", "\\|", StringComparison.Ordinal);
        string repeatable = setting.IsRepeatable && setting.ValueName is not null ? " (repeatable)" : "";
        string variable = setting.Variable is null ? "" : $"`{setting.Variable}{(setting.ValueName is null ? "=1" : "")}` ";
        string meaning = setting.Note is null ? setting.Help : $"{setting.Help}. {setting.Note.ReplaceLineEndings(" ").TrimEnd('.')}";
        return $"| {letter}{option}{repeatable} | {variable}| {meaning} |\n";
    }
}
