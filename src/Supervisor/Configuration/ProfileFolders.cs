namespace BindToInterface.Supervisor.Configuration;

/// <summary>Where profiles are: first the user's, then the system's.</summary>
internal sealed class ProfileFolders
{
    /// <summary>The system's.</summary>
    public const string System = "/etc/bind-to-interface";

    private const string Suffix = ".json";

    private readonly string[] folders;

    /// <param name="variable">The value of an environment variable.</param>
    public ProfileFolders(Func<string, string?> variable)
    {
        // The XDG base directory specification: a path that is not absolute is ignored.
        string? configuration = variable("XDG_CONFIG_HOME") is ['/', ..] given ? given
            : variable("HOME") is ['/', ..] home ? Path.Combine(home, ".config")
            : null;
        folders = configuration is null ? [System] : [Path.Combine(configuration, "bind-to-interface"), System];
    }

    /// <summary>The files that a profile may be; the first that exists is used.</summary>
    /// <param name="text">A name, or a path, which has a slash.</param>
    /// <param name="option">The option or the variable that gives it.</param>
    /// <exception cref="SettingsException">It is neither.</exception>
    public IReadOnlyList<string> PlacesOf(string text, string option)
    {
        if (text.Contains('/', StringComparison.Ordinal))
        {
            return option.StartsWith('@')
                ? throw new SettingsException($"{option}: a name has no slash; accepted is @NAME, or {Setting.Profile.Option} with a path")
                : [Path.GetFullPath(text)];
        }

        return text.Length == 0 || text.StartsWith('.') || text.Any(char.IsControl)
            ? throw new SettingsException(
                $"{option}: '{text}' is not the name of a profile; accepted is a name as 'vpn', for {System}/vpn{Suffix}, or a path with a slash")
            : [.. folders.Select(folder => $"{folder}/{text}{Suffix}")];
    }

    /// <summary>The error where none of the files exists.</summary>
    public SettingsException NotFound(string text, string option, IReadOnlyList<string> places)
    {
        string missing = $"{option}: there is no {string.Join(" and no ", places)}";
        if (text.Contains('/', StringComparison.Ordinal))
        {
            return new(missing);
        }

        string[] names = [.. Names().Distinct().Order(StringComparer.Ordinal)];
        string path = text.EndsWith(Suffix, StringComparison.Ordinal) ? $"; a path has a slash: ./{text}" : "";
        return new($"{missing}{path}; {(names.Length == 0 ? "there are no profiles yet" : $"existing profiles: {string.Join(", ", names)}")}");
    }

    private IEnumerable<string> Names() => folders.SelectMany(folder =>
    {
        try
        {
            return Directory.GetFiles(folder, $"*{Suffix}").Select(file => Path.GetFileNameWithoutExtension(file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    });
}
