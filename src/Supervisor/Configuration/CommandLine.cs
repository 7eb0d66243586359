using System.Globalization;

namespace BindToInterface.Supervisor.Configuration;

/// <summary>
/// The command line: options up to the first word that is not one, then the program and its arguments,
/// which are never read as options of the supervisor. A word that begins with <c>@</c> is an option, too: a profile.
/// </summary>
internal sealed class CommandLine
{
    private readonly string[] words;
    private readonly Dictionary<Setting, (string Text, string Name)> given = [];
    private int next;

    private CommandLine(string[] words) => this.words = words;

    /// <summary>The settings that are given: the value, or how often an option without one is given, and the option as it was written.</summary>
    public IReadOnlyDictionary<Setting, (string Text, string Name)> Given => given;

    /// <summary>Where no program is left: the option that took the last word as its value, and that word.</summary>
    public (string Option, string Value)? LastOption { get; private set; }

    /// <summary>How many words, at the end, are the program and its arguments.</summary>
    public int ProgramWords => words.Length - next;

    public bool WantsHelp => given.ContainsKey(Setting.HelpRequest);

    public bool WantsFilter => given.ContainsKey(Setting.DumpFilter);

    public bool WantsCheck => given.ContainsKey(Setting.Check);

    public bool WantsVersion => given.ContainsKey(Setting.Version);

    /// <summary>The process that <c>--status</c> asks about, empty for all; null where the status is not asked for.</summary>
    public string? StatusOf => given.TryGetValue(Setting.Status, out (string Text, string Name) asked) ? asked.Text : null;

    /// <summary>Whether what <c>--check</c> or <c>--status</c> tells is printed as JSON.</summary>
    /// <exception cref="SettingsException">The form is none that there is.</exception>
    public bool PrintsJson => given.TryGetValue(Setting.Format, out (string Text, string Name) form)
        && (SettingValues.Choice("text", "json")(form.Text, out bool isJson, out string error) ? isJson : throw new SettingsException($"{form.Name}: {error}"));

    /// <summary>Reads a command line.</summary>
    /// <exception cref="SettingsException">An option is unknown, lacks its value, or has one too many.</exception>
    public static CommandLine Parse(string[] words)
    {
        var line = new CommandLine(words);
        while (line.next < words.Length && words[line.next] is (['-', _, ..] or ['@', ..]) and var word)
        {
            line.next++;
            if (word == "--")
            {
                break;
            }

            if (word[0] == '@')
            {
                line.AddValue(Setting.Profile, word, word[1..]);
            }
            else if (word[1] == '-')
            {
                line.ReadLong(word);
            }
            else
            {
                line.ReadLetters(word);
            }
        }

        return line;
    }

    /// <summary>Refuses options that mean something where nothing is run.</summary>
    /// <exception cref="SettingsException">One of them is given.</exception>
    public void RefuseWithProgram()
    {
        foreach ((Setting setting, string with) in ((Setting, string)[])[(Setting.Probe, "--check"), (Setting.Format, "--check or --status")])
        {
            if (given.TryGetValue(setting, out (string Text, string Name) each))
            {
                throw new SettingsException($"{each.Name}: '{each.Text}' without {with}; accepted is {with} with it");
            }
        }
    }

    /// <summary><c>--name</c>, <c>--name VALUE</c> or <c>--name=VALUE</c>. A value that may be left out can stand in both places as well.</summary>
    private void ReadLong(string word)
    {
        string[] parts = word.Split('=', 2);
        Setting setting = FindLong(word) ?? throw NoSuchOption(word);
        if (setting.ValueName is not null)
        {
            AddValue(setting, parts[0], parts.Length == 2 ? parts[1] : NextWord(setting, parts[0]));
        }
        else if (setting.OptionalValueName is not null)
        {
            AddValue(setting, parts[0], parts.Length == 2 ? parts[1] : next < words.Length && setting.TakesWord?.Invoke(words[next]) == true ? words[next++] : "");
        }
        else if (parts.Length == 2)
        {
            throw new SettingsException($"{parts[0]}: '{parts[1]}' is a value; accepted is the option alone");
        }
        else
        {
            Count(setting, word);
        }
    }

    /// <summary>Letters such as <c>-vi</c>, of which the last may have a value: <c>-iNAME</c>, <c>-i=NAME</c> or <c>-i NAME</c>.</summary>
    private void ReadLetters(string word)
    {
        for (int i = 1; i < word.Length; i++)
        {
            string name = $"-{word[i]}";
            Setting setting = FindLetter(word[i]) ?? throw NoSuchOption(word.Length == 2 ? word : $"{name} in {word}");
            if (setting.ValueName is not null)
            {
                string attached = word[(i + 1)..];
                AddValue(setting, name, attached.Length == 0 ? NextWord(setting, name) : attached.StartsWith('=') ? attached[1..] : attached);
                return;
            }

            Count(setting, name);
        }
    }

    private string NextWord(Setting setting, string name)
    {
        if (next == words.Length || IsOption(words[next]))
        {
            throw new SettingsException($"{name}: no value is given; accepted is {name} {setting.ValueName}");
        }

        string value = words[next++];
        LastOption = next == words.Length ? (name, value) : null;
        return value;
    }

    private void AddValue(Setting setting, string name, string value)
    {
        if (!given.TryGetValue(setting, out (string Text, string Name) before))
        {
            given.Add(setting, (value, name));
        }
        else if (setting.IsRepeatable)
        {
            given[setting] = ($"{before.Text},{value}", before.Name);
        }
        else
        {
            throw new SettingsException($"{before.Name}: '{before.Text}' and '{value}' are 2 values; accepted is one");
        }
    }

    private void Count(Setting setting, string name)
    {
        int before = setting.IsRepeatable && given.TryGetValue(setting, out (string Text, string Name) counted)
            ? int.Parse(counted.Text, CultureInfo.InvariantCulture) : 0;
        given[setting] = ((before + 1).ToString(CultureInfo.InvariantCulture), name);
    }

    private static bool IsOption(string word) => word == "--"
        || (word.StartsWith("--", StringComparison.Ordinal) ? FindLong(word) is not null
            : word is ['-', _, ..] && word[1..].All(letter => FindLetter(letter) is not null));

    private static Setting? FindLong(string word) => Setting.All.FirstOrDefault(setting => setting.Option == word.Split('=', 2)[0]);

    private static Setting? FindLetter(char letter) => Setting.All.FirstOrDefault(setting => setting.ShortOption is [_, char own] && own == letter);

    private static SettingsException NoSuchOption(string name) =>
        new($"{name}: there is no such option; accepted are those that 'bti-supervise --help' lists");
}
