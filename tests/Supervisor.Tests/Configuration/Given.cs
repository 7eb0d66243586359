using BindToInterface.Supervisor.Configuration;

namespace BindToInterface.Supervisor.Tests.Configuration;

/// <summary>Settings from a command line and an environment, and from nothing else.</summary>
internal static class Given
{
    /// <summary>Reads the words of a command line; in this environment if any.</summary>
    public static Settings Settings(string[] words, params (string Variable, string Value)[] environment) =>
        SettingsReader.Read(CommandLine.Parse(words), variable => environment.FirstOrDefault(pair => pair.Variable == variable).Value);

    public static Settings Settings(params string[] words) => Settings(words, []);

    /// <summary>The same, above a profile with this text.</summary>
    public static Settings Profile(string text, string[]? words = null, params (string Variable, string Value)[] environment) => SettingsReader.Read(
        CommandLine.Parse(words ?? []),
        variable => environment.FirstOrDefault(pair => pair.Variable == variable).Value,
        new Profile("/etc/vpn.json", System.Text.Encoding.UTF8.GetBytes(text)));

    /// <summary>What a command line gives, by key.</summary>
    public static IEnumerable<(string Key, string Value)> Values(string[] words) =>
        CommandLine.Parse(words).Given.Select(given => (given.Key.Key, given.Value.Text));

    /// <summary>The message of the error, which has to be one line.</summary>
    public static string Error(string[] words, params (string Variable, string Value)[] environment)
    {
        string message = Assert.Throws<SettingsException>(() => Settings(words, environment)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    /// <summary>A command line as a person writes it, without quotes.</summary>
    public static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
