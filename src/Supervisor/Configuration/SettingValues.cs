using System.Globalization;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor.Configuration;

/// <summary>Reads the values of settings. An error names the value, and says what is accepted.</summary>
internal static class SettingValues
{
    /// <summary>The word for a wait without a bound.</summary>
    private const string Forever = "forever";

    private const int MaximumPatience = 1_000_000;

    /// <summary>The usual names of levels.</summary>
    public static readonly string[] Levels = ["trace", "debug", "information", "warning", "error", "none"];

    public static bool Text(string text, out string value, out string error)
    {
        value = text;
        error = "";
        return true;
    }

    /// <summary>The word instead of an interface that refuses what no route and no exclude names.</summary>
    public const string NoInterface = "none";

    public static bool Interface(string text, out string value, out string error)
    {
        value = text;
        return InterfaceName.IsValid(text, out error);
    }

    /// <summary>What is excluded. A name without a dot has to be in /etc/hosts.</summary>
    public static bool Excludes(string text, out ExcludeList value, out string error) => ExcludeList.TryParse(text, IsHost, out value, out error);

    /// <summary>A number of seconds; null for the word <c>forever</c>.</summary>
    public static bool Patience(string text, out TimeSpan? value, out string error)
    {
        error = $"'{text}' is not a time to wait; accepted are a number of seconds, at most {MaximumPatience}, and the word {Forever}";
        bool isNumber = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds <= MaximumPatience;
        value = isNumber ? TimeSpan.FromSeconds(seconds) : null;
        return isNumber || text is "" or Forever;
    }

    /// <summary>One address per family, with port 0 where none is given.</summary>
    public static bool Endpoints(string text, out AddressPair value, out string error) => AddressPair.TryParse(text, 0, out value, out error);

    /// <summary>One address per family, without ports.</summary>
    public static bool Addresses(string text, out AddressPair value, out string error) => AddressPair.TryParse(text, null, out value, out error);

    public static bool Port(string text, out ushort value, out string error)
    {
        error = $"'{text}' is not a port; accepted is a number from 1 to 65535";
        return Endpoint.TryParsePort(text, out value);
    }

    public static bool Flag(string text, out bool value, out string error)
    {
        value = text == "1";
        error = $"'{text}' is neither '1' nor '0', which are accepted";
        return text is "0" or "1";
    }

    /// <summary>How often an option is given.</summary>
    public static bool Count(string text, out int value, out string error)
    {
        error = $"'{text}' is not a number; accepted is a whole number from 0";
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Whether a name of /etc/hosts means another host. This host has a word of its own, loopback.</summary>
    private static bool IsHost(string name) => Hosts.AddressesOf(TextFile.Lines(Hosts.Path), name).Any(address => !address.IsLoopback);

    /// <summary>Whether the second of two words is chosen over the first, which is the default.</summary>
    public static Setting.Parser<bool> Choice(string usual, string other) => (string text, out bool value, out string error) =>
    {
        value = text == other;
        error = $"'{text}' is neither '{usual}' nor '{other}', which are accepted";
        return value || text == usual;
    };

    public static bool Level(string text, out LogLevel value, out string error)
    {
        error = $"'{text}' is not a level; accepted are {string.Join(", ", Levels[..^1])} and {Levels[^1]}";
        LogLevel? level = text.ToLowerInvariant() switch
        {
            "trace" or "verbose" => LogLevel.Trace,
            "debug" => LogLevel.Debug,
            "information" or "info" => LogLevel.Information,
            "warning" or "warn" => LogLevel.Warning,
            "error" => LogLevel.Error,
            "critical" or "fatal" => LogLevel.Critical,
            "none" => LogLevel.None,
            _ => null,
        };
        value = level.GetValueOrDefault();
        return level is not null;
    }
}
