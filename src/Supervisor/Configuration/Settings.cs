using BindToInterface.Policy;
using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor.Configuration;

/// <summary>What the user asked for, checked.</summary>
internal sealed record Settings
{
    public required TrafficPolicyOptions Traffic { get; init; }

    /// <summary>A --dns-port that no --dns goes with, to be warned about.</summary>
    public ushort? UnusedDnsPort { get; init; }

    public LogLevel LogLevel { get; init; } = LogLevel.Warning;

    public bool LogAsJson { get; init; }

    public string? LogFile { get; init; }

    /// <summary>Whether to end with the program, though descendants of it still run.</summary>
    public bool ExitWithProgram { get; init; }
}
