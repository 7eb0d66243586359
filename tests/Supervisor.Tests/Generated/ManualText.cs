using System.Text;
using System.Text.RegularExpressions;
using BindToInterface.Supervisor.Configuration;

namespace BindToInterface.Supervisor.Tests.Generated;

/// <summary>The parts of the manual page that list the settings, in mdoc(7).</summary>
internal static partial class ManualText
{
    public static string Synopsis() => string.Concat(Setting.All.Where(setting => setting.Read is not null)
        .Select(setting => $".Op Fl {(setting.ShortOption ?? setting.Option)[1..]}{Value(setting)}\n"));

    public static string Options() => string.Concat(Setting.All.Select(setting =>
    {
        string letter = setting.ShortOption is string name ? $"{name[1..]} , Fl " : "";
        string repeatable = setting.IsRepeatable && setting.ValueName is not null ? "The option can be repeated. " : "";
        string more = $"{setting.Note} {repeatable}{setting.Manual}".Trim();
        return $".It Fl {letter}{setting.Option[1..]}{Value(setting)}\n{Sentences(setting.Help)}{(more.Length == 0 ? "" : Sentences(more))}";
    }));

    public static string Environment() => string.Concat(Setting.All.Where(setting => setting.Variable is not null)
        .Select(setting => $".It Ev {setting.Variable}\n.Fl {setting.Option[1..]}{(setting is { ValueName: null, OptionalValueName: null } ? " ,\n1 or 0" : "")}\n"));

    /// <summary>The keys of a profile.</summary>
    public static string Keys() => string.Concat(Setting.All.Where(setting => setting.IsInProfile).Select(setting =>
    {
        string type = setting.Kind switch
        {
            SettingKind.Flag => "true or false",
            SettingKind.Count => "true, false or a number",
            SettingKind.Number => "a number",
            SettingKind.Choice => $"one of {string.Join(", ", setting.Words.Select(word => $"\\(dq{word}\\(dq"))}",
            SettingKind.List => "a text, or a list of texts",
            _ => "a text",
        };
        string more = $"{setting.Note}{(setting.IsReloadable ? "" : " A change needs a restart.")}".Trim();
        return $".It Cm {setting.Key}\n.Pq {type}\n{Sentences(setting.Help)}{(more.Length == 0 ? "" : Sentences(more))}";
    }));

    private static string Value(Setting setting) => setting switch
    {
        { OptionalValueName: null } => Value(setting.ValueName),
        { TakesWord: null } => $" Ns Op = Ns{Value(setting.OptionalValueName)}",
        _ => Value($"[{setting.OptionalValueName}]"),
    };

    /// <summary>An argument, two of them, or words to choose from.</summary>
    internal static string Value(string? name) => name switch
    {
        null => "",
        ['[', '=', .. string left, ']'] => $" Ns Op = Ns Ar {left.ToLowerInvariant()}",
        ['[', .. string left, ']'] => $" Op Ar {left.ToLowerInvariant()}",
        _ when name.Split("[,") is [string first, _] => $" Ar {first.ToLowerInvariant()} Ns Op , Ns Ar {first.ToLowerInvariant()}",
        _ when name.Contains('|', StringComparison.Ordinal) => $" Cm {name.Replace("|", " | ", StringComparison.Ordinal)}",
        _ => $" Ar {name.ToLowerInvariant()}",
    };

    /// <summary>Each sentence, and what is in backticks, on lines of its own, of at most 80 columns.</summary>
    internal static string Sentences(string text)
    {
        text = text.ReplaceLineEndings(" ");
        text = text[0] == '`' ? text : char.ToUpperInvariant(text[0]) + text[1..];
        var manual = new StringBuilder();
        foreach (Match part in Parts().Matches(text.EndsWith('.') || text.EndsWith('?') ? text : $"{text}."))
        {
            manual.Append(part.Groups["typed"].Success
                ? $"{Macro(part.Groups["typed"].Value)}{string.Concat(part.Groups["mark"].Value.Select(mark => $" {mark}"))}\n"
                : SentenceEnds().Replace(part.Value.Trim(), match => $"{match.Value[0]}\n{match.Value[^1]}") + "\n");
        }

        return LongLines().Replace(manual.ToString(), "$1\n");
    }

    private static string Macro(string typed) => typed switch
    {
        "bti-supervise" => ".Nm",
        ['-', .. string option] => $".Fl {option}",
        ['E', ..] when typed.All(char.IsAsciiLetterUpper) => $".Er {typed}",
        _ when typed.All(char.IsAsciiLetterLower) => $".Cm {typed}",
        _ => $".Ql {typed}",
    };

    [GeneratedRegex(@"`(?<typed>[^`]*)`(?<mark>[.,;:?)]*)|[^`]*[^`\s][^`]*")]
    private static partial Regex Parts();

    [GeneratedRegex(@"(?m)^(?=.{81})(.{1,80}) ")]
    private static partial Regex LongLines();

    [GeneratedRegex(@"[.?] +[A-Z]")]
    private static partial Regex SentenceEnds();
}
