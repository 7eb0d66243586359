using BindToInterface.Policy.Routes;
using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor.Configuration;

/// <summary>What the user asked for, checked.</summary>
internal sealed record Settings
{
    public required TrafficPolicyOptions Traffic { get; init; }

    /// <summary>With a profile, what each setting is given as: to tell what a change of the file changes.</summary>
    public IReadOnlyDictionary<Setting, string>? Texts { get; init; }

    /// <summary>Where it was said that there has to be an interface: an option or a variable; null where it was not.</summary>
    public string? InterfaceRequiredBy { get; init; }

    /// <summary>Whether the program is started only when its interfaces are up with an address.</summary>
    public bool WaitsForInterface { get; init; }

    /// <summary>How long that may take; null without a bound.</summary>
    public TimeSpan? InterfacePatience { get; init; }

    /// <summary>Where the source was named: an option or a variable.</summary>
    public string SourceNamedBy { get; init; } = Setting.SourceIp.Option;

    /// <summary>The port of DNS addresses that carry none.</summary>
    public ushort? DnsPort { get; init; }

    /// <summary>A --dns-port that no --dns goes with, to be warned about.</summary>
    public ushort? UnusedDnsPort => Traffic.Dns.IsEmpty ? DnsPort : null;

    public LogLevel LogLevel { get; init; } = LogLevel.Warning;

    public bool LogAsJson { get; init; }

    public string? LogFile { get; init; }

    /// <summary>Where the log file was named: an option or a variable.</summary>
    public string LogFileNamedBy { get; init; } = Setting.LogFile.Option;

    /// <summary>Where counts are written to; null for nowhere.</summary>
    public string? MetricsFile { get; init; }

    /// <summary>Where the metrics file was named: an option or a variable.</summary>
    public string MetricsFileNamedBy { get; init; } = Setting.MetricsFile.Option;

    /// <summary>Whether to end with the program, though descendants of it still run.</summary>
    public bool ExitWithProgram { get; init; }
}
