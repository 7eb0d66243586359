using System.Globalization;
using BindToInterface.Policy;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor.Configuration;

/// <summary>Checks the configuration, in which the command line stands over the environment.</summary>
/// <param name="configuration">The values.</param>
/// <param name="spelled">By key, the name under which the command line gives a setting.</param>
internal sealed class SettingsReader(IConfiguration configuration, IReadOnlyDictionary<string, string> spelled)
{
    private const ushort DefaultDnsPort = TrafficPolicy.DnsPort;

    /// <summary>Adds the environment, then the command line over it, and reads the settings.</summary>
    /// <exception cref="SettingsException">A setting is wrong.</exception>
    public static Settings Read(IConfigurationBuilder builder, CommandLine commandLine)
    {
        // By name, not all of it: the environment is the program's. A variable that is empty is not set.
        builder.AddInMemoryCollection(Setting.All
            .Where(setting => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(setting.Variable)))
            .Select(setting => KeyValuePair.Create(setting.Key, Environment.GetEnvironmentVariable(setting.Variable))));
        IConfiguration configuration = builder.AddInMemoryCollection(commandLine.Values()).Build();
        return new SettingsReader(configuration, commandLine.Spelled).Read();
    }

    private Settings Read()
    {
        string? interfaceName = configuration[Setting.Interface.Key];
        if (interfaceName is not null && !InterfaceName.IsValid(interfaceName, out string error))
        {
            throw Wrong(Setting.Interface, error);
        }

        ushort? dnsPort = ReadPort();
        AddressPair dns = ReadPair(Setting.Dns, dnsPort ?? DefaultDnsPort);
        ExcludeList exclude = ExcludeList.Empty;
        if (configuration[Setting.Exclude.Key] is string list && !ExcludeList.TryParse(list, out exclude, out error))
        {
            throw Wrong(Setting.Exclude, error);
        }

        return new Settings
        {
            Traffic = new TrafficPolicyOptions
            {
                Interface = interfaceName,
                Dns = dns,
                Exclude = exclude,
                Source = ReadPair(Setting.SourceIp, null),
                AllowResolverDaemons = ReadChoice(Setting.ResolverDaemons, "refuse", "allow"),
            },
            InterfaceRequiredBy = ReadFlag(Setting.RequireInterface) ? NameOf(Setting.RequireInterface) : null,
            SourceNamedBy = NameOf(Setting.SourceIp),
            UnusedDnsPort = dns.IsEmpty ? dnsPort : null,
            LogLevel = ReadLogLevel(),
            LogAsJson = ReadChoice(Setting.LogFormat, "text", "json"),
            LogFile = configuration[Setting.LogFile.Key],
            LogFileNamedBy = NameOf(Setting.LogFile),
            ExitWithProgram = ReadFlag(Setting.ExitWithProgram),
        };
    }

    private bool ReadFlag(Setting setting) => configuration[setting.Key] switch
    {
        null or "0" => false,
        "1" => true,
        string text => throw Wrong(setting, $"'{text}' is neither '1' nor '0', which are accepted"),
    };

    private ushort? ReadPort() => configuration[Setting.DnsPort.Key] is not string text ? null
        : Endpoint.TryParsePort(text, out ushort port) ? port
        : throw Wrong(Setting.DnsPort, $"'{text}' is not a port; accepted is a number from 1 to 65535");

    private AddressPair ReadPair(Setting setting, ushort? defaultPort) => configuration[setting.Key] is not string text ? default
        : AddressPair.TryParse(text, defaultPort, out AddressPair pair, out string error) ? pair
        : throw Wrong(setting, error);

    /// <summary>Whether the second of two words was chosen over the first, which is the default.</summary>
    private bool ReadChoice(Setting setting, string usual, string other)
    {
        string text = configuration[setting.Key] ?? usual;
        return text == other || (text == usual ? false
            : throw Wrong(setting, $"'{text}' is neither '{usual}' nor '{other}', which are accepted"));
    }

    private LogLevel ReadLogLevel() => configuration[Setting.LogLevel.Key]?.ToLower(CultureInfo.InvariantCulture) switch
    {
        null or "warning" or "warn" => LogLevel.Warning,
        "trace" or "verbose" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "information" or "info" => LogLevel.Information,
        "error" => LogLevel.Error,
        "critical" or "fatal" => LogLevel.Critical,
        "none" => LogLevel.None,
        string text => throw Wrong(
            Setting.LogLevel, $"'{text}' is not a level; accepted are trace, debug, information, warning, error and none"),
    };

    private SettingsException Wrong(Setting setting, string error) =>
        new($"{NameOf(setting)}: {error}");

    /// <summary>A setting's name as the user wrote it.</summary>
    private string NameOf(Setting setting) => spelled.GetValueOrDefault(setting.Key, setting.Variable);
}
