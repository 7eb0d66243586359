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

    /// <summary>Where strict mode was asked for: an option or a variable; null where it was not.</summary>
    public string? StrictBy { get; init; }

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

    /// <summary>Where each connection and its result is told: a file, or an empty text for standard error; null for nowhere.</summary>
    public string? Trace { get; init; }

    /// <summary>Where the trace was asked for: an option.</summary>
    public string TraceNamedBy { get; init; } = Setting.Trace.Option;

    public bool TraceAsJson { get; init; }

    /// <summary>Whether to sum up at the end what was decided.</summary>
    public bool Summary { get; init; }

    /// <summary>Whether calls are only judged and told of, and all go on as the program makes them.</summary>
    public bool DryRun { get; init; }

    /// <summary>Whether connections are told of, or counted: calls are then stopped even if nothing else is done with them.</summary>
    public bool Observes => Trace is not null || Summary;

    /// <summary>Whether to end with the program, though descendants of it still run.</summary>
    public bool ExitWithProgram { get; init; }
}
