namespace BindToInterface.Supervisor.Configuration;

/// <summary>
/// A row of the table of settings. The command line, the environment, the keys of a profile, <c>--help</c>, the man pages,
/// the schema and the README's table come from these rows. Texts put what is typed into backticks.
/// </summary>
internal sealed partial class Setting
{
    private Setting(string key, char? letter, string? valueName, string help)
    {
        Key = key;
        Option = "--" + key;
        ShortOption = letter is null ? null : $"-{letter}";
        ValueName = valueName;
        Help = help;
    }

    /// <summary>All rows, in the order in which a user sees them. Of the options of the level, the last one wins.</summary>
    public static IReadOnlyList<Setting> All => field ??=
    [
        Profile, Interface, RequireInterface, Strict, Route, Dns, DnsPort, Exclude, SourceIp, ResolverDaemons, WaitInterface, ExitWithProgram,
        Verbose, Quiet, LogLevel, LogFormat, LogFile, Trace, TraceFormat, Summary, DryRun, MetricsFile,
        Status, DumpFilter, Check, Probe, Format, HelpRequest, Version,
    ];

    /// <summary>Makes settings that have the value which a text stands for.</summary>
    /// <param name="settings">The settings so far.</param>
    /// <param name="text">The value; of an option without a value, how often it is given.</param>
    /// <param name="name">The option or the variable that gives it, for messages.</param>
    /// <exception cref="SettingsException">The text is not accepted.</exception>
    internal delegate Settings Reader(Settings settings, string text, string name);

    /// <summary>Reads a value; says what is wrong and what is accepted.</summary>
    internal delegate bool Parser<T>(string text, out T value, out string error);

    /// <summary>The name in a profile.</summary>
    public string Key { get; }

    /// <summary>The long option.</summary>
    public string Option { get; }

    /// <summary>The option of one letter, with its hyphen.</summary>
    public string? ShortOption { get; }

    /// <summary>
    /// What a value is called, or the words that can be chosen; null where the option takes none. NAME is an interface,
    /// PATH a file.
    /// </summary>
    public string? ValueName { get; }

    /// <summary>What a value is called that may be left out; null where the option takes none, or needs one.</summary>
    public string? OptionalValueName { get; private init; }

    /// <summary>
    /// Whether a word after the option is its value, where that may be left out; null where only what follows an equals sign is.
    /// </summary>
    public Predicate<string>? TakesWord { get; private init; }

    /// <summary>The long option with its value as documents show it, with brackets where that may be left out.</summary>
    public string Usage => OptionalValueName is null ? $"{Option} {ValueName}".TrimEnd()
        : TakesWord is null ? $"{Option}[={OptionalValueName}]"
        : $"{Option} [{OptionalValueName}]";

    /// <summary>The words that can be chosen.</summary>
    public IReadOnlyList<string> Words
    {
        get => field ?? (ValueName?.Contains('|', StringComparison.Ordinal) == true ? ValueName.Split('|') : []);
        private init;
    }

    /// <summary>What it does, in one line of <c>--help</c>.</summary>
    public string Help { get; }

    /// <summary>Sentences that follow in the README and in the man page.</summary>
    public string? Note { get; private init; }

    /// <summary>Sentences that follow in the man page only.</summary>
    public string? Manual { get; private init; }

    /// <summary>The environment variable.</summary>
    public string? Variable { get; private init; }

    /// <summary>Whether the option can be given more than once: values are joined by commas, options without one are counted.</summary>
    public bool IsRepeatable { get; private init; }

    /// <summary>Whether most users want to know it: the README has these, docs/options.md has all.</summary>
    public bool IsCommon { get; private init; }

    /// <summary>Whether the value is a number.</summary>
    public bool IsNumber { get; private init; }

    /// <summary>Whether it may change while the program runs.</summary>
    public bool IsReloadable { get; private init; }

    /// <summary>Whether a profile may have it as a key.</summary>
    public bool IsInProfile => Read is not null && this != Profile && this != DryRun;

    /// <summary>What a profile has as its value.</summary>
    public SettingKind Kind => OptionalValueName is not null ? SettingKind.Text
        : ValueName is null ? (IsRepeatable ? SettingKind.Count : SettingKind.Flag)
        : IsRepeatable || ValueName.Contains("[,", StringComparison.Ordinal) ? SettingKind.List
        : IsNumber ? SettingKind.Number
        : Words.Count > 0 ? SettingKind.Choice
        : SettingKind.Text;

    /// <summary>How a text becomes a part of the settings; null for what ends the supervisor at once.</summary>
    public Reader? Read { get; private init; }

    private static Reader As<T>(Parser<T> parse, Func<Settings, T, string, Settings> set) => (settings, text, name) =>
        parse(text, out T value, out string error) ? set(settings, value, name) : throw new SettingsException($"{name}: {error}");
}
