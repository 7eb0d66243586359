using BindToInterface.Supervisor.Configuration;
using Microsoft.Extensions.Configuration;

namespace BindToInterface.Supervisor.Tests.Configuration;

/// <summary>Settings from a command line and an environment, and from nothing else.</summary>
internal static class Given
{
    /// <summary>Reads the words of a command line; in this environment if any.</summary>
    public static Settings Settings(string[] words, params (string Variable, string Value)[] environment)
    {
        string[] variables = [.. Setting.All.Select(setting => setting.Variable).OfType<string>().Concat(environment.Select(pair => pair.Variable)).Distinct()];
        Dictionary<string, string?> before = variables.ToDictionary(variable => variable, Environment.GetEnvironmentVariable);
        try
        {
            foreach (string variable in variables)
            {
                Environment.SetEnvironmentVariable(variable, environment.FirstOrDefault(pair => pair.Variable == variable).Value);
            }

            return SettingsReader.Read(new ConfigurationBuilder(), CommandLine.Parse(words));
        }
        finally
        {
            foreach ((string variable, string? value) in before)
            {
                Environment.SetEnvironmentVariable(variable, value);
            }
        }
    }

    public static Settings Settings(params string[] words) => Settings(words, []);

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
