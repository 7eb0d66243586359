using BindToInterface.Supervisor.Check;
using BindToInterface.Supervisor.Configuration;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Launch;
using BindToInterface.Supervisor.Lifetime;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Supervision;

/// <summary>The command <c>--check</c>: finds out whether connections would work, and runs no program but its own probe.</summary>
internal static unsafe class CheckCommand
{
    private const int StandardOutput = 1;

    /// <summary>Makes the report.</summary>
    /// <param name="commandLine">The command line.</param>
    /// <param name="program">The program and its arguments; none where none is given.</param>
    /// <param name="settings">What the user asked for.</param>
    /// <param name="rules">The rules of the filter.</param>
    /// <returns>The text to print, and the exit status: 0 where connections would work, else 1.</returns>
    /// <exception cref="SettingsException">An option of the check is wrong.</exception>
    public static (string Text, int Status) Run(CommandLine commandLine, ReadOnlySpan<string> program, Settings settings, FilterRules rules)
    {
        bool asJson = commandLine.PrintsJson;
        ProbeTarget? target = Value(commandLine, Setting.Probe, out string name) is string host
            ? ProbeTarget.TryParse(host, out ProbeTarget read, out string error) ? read : throw new SettingsException($"{name}: {error}")
            : null;

        // Nothing is passed on here: a signal ends this process.
        InheritedSignals.Restore();
        using var network = new HostNetwork();
        using var binder = new InterfaceBinder();
        var policy = new LivePolicy(settings.Traffic, binder, NullLogger.Instance);
        policy.Find();
        List<Finding> findings = [.. Checkup.All(settings, policy.Current.Take(), HostProbe.Read(), network)];
        if (!settings.Traffic.HasDefault)
        {
            string hint = MissingInterface.Hint(program, Environment.GetEnvironmentVariables(), [.. network.Links.Select(link => link.Name)]);
            findings.Add(NoInterfaceRules.Judge(hint, network));
        }

        if (program is [string word, ..])
        {
            findings.Add(ProgramRules.Judge(word, Environment.GetEnvironmentVariable("PATH")));
        }

        if (target is ProbeTarget probe)
        {
            findings.AddRange(SupervisedProbe.Run(probe, settings, policy.Current, rules));
        }

        var command = new CheckedCommand(commandLine.Given, Environment.GetEnvironmentVariable);
        return (asJson ? CheckReport.Json(findings, command) : CheckReport.Table(findings, command, IsColoured()), CheckReport.Works(findings) ? 0 : 1);
    }

    private static string? Value(CommandLine commandLine, Setting setting, out string name)
    {
        bool isGiven = commandLine.Given.TryGetValue(setting, out (string Text, string Name) given);
        name = given.Name;
        return isGiven ? given.Text : null;
    }

    /// <summary>A terminal that knows colours, unless the user wants none (no-color.org).</summary>
    private static bool IsColoured()
    {
        termios terminal;
        return LibC.tcgetattr(StandardOutput, &terminal) == 0
            && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
    }
}
