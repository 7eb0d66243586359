using BindToInterface.Supervisor.Configuration;

namespace BindToInterface.Supervisor.Check;

/// <summary>The command line of a check, to be typed again with another option.</summary>
/// <param name="given">The options as they were given.</param>
/// <param name="variable">The value of an environment variable.</param>
internal sealed class CheckedCommand(IReadOnlyDictionary<Setting, (string Text, string Name)> given, Func<string, string?> variable)
{
    /// <summary>The same command with a setting of another value.</summary>
    /// <param name="changed">The setting.</param>
    /// <param name="value">Its value; null to leave it out.</param>
    public string With(Setting changed, string? value)
    {
        List<string> words = ["bti-supervise", Setting.Check.Option];
        if (value is null && changed.Variable is string name && variable(name) is { Length: > 0 })
        {
            // An empty variable counts as not set.
            words.Insert(0, $"{name}=");
        }

        foreach (Setting setting in Setting.All.Where(setting => setting != Setting.Check))
        {
            string? text = setting == changed ? value : given.TryGetValue(setting, out (string Text, string Name) each) ? each.Text : null;
            if (text is not null)
            {
                words.Add(setting.Option);
                words.AddRange(setting.ValueName is null ? [] : [Quoted(text)]);
            }
        }

        return string.Join(' ', words);
    }

    /// <summary>A word as a shell reads it.</summary>
    private static string Quoted(string word) =>
        word.Length > 0 && word.All(letter => char.IsAsciiLetterOrDigit(letter) || "_@%+=:,./-".Contains(letter, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
