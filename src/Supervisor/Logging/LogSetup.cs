using BindToInterface.Supervisor.Configuration;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting;

namespace BindToInterface.Supervisor.Logging;

/// <summary>Sets Serilog up as the settings say, behind Microsoft.Extensions.Logging.</summary>
internal static class LogSetup
{
    private const string StandardErrorPrefix = "bti-supervise: ";
    private const string FilePrefix = "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffzzz} [{Level:u3}] ";

    /// <exception cref="StartException">The log file cannot be written.</exception>
    public static ILoggerFactory Create(Settings settings)
    {
        LoggerConfiguration configuration = new LoggerConfiguration().MinimumLevel.ControlledBy(new LoggingLevelSwitch(LevelOf(settings.LogLevel)))
            // The host's own "Hosting starting" tells a user nothing.
            .MinimumLevel.Override("Microsoft", (LogEventLevel)Math.Max((int)LogEventLevel.Warning, (int)LevelOf(settings.LogLevel)));
        if (settings.LogFile is string path)
        {
            configuration.WriteTo.Sink(new FileSink(FormatterOf(settings, FilePrefix), path, settings.LogFileNamedBy));
        }
        else
        {
            configuration.WriteTo.Sink(new StandardErrorSink(FormatterOf(settings, StandardErrorPrefix)));
        }

        return new SerilogLoggerFactory(configuration.CreateLogger(), dispose: true);
    }

    private static ITextFormatter FormatterOf(Settings settings, string prefix) =>
        settings.LogAsJson ? new JsonLineFormatter() : new LineFormatter(prefix);

    private static LogEventLevel LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace => LogEventLevel.Verbose,
        LogLevel.Debug => LogEventLevel.Debug,
        LogLevel.Information => LogEventLevel.Information,
        LogLevel.Warning => LogEventLevel.Warning,
        LogLevel.Error => LogEventLevel.Error,
        LogLevel.Critical => LogEventLevel.Fatal,
        // Above the highest: nothing is logged.
        _ => LogEventLevel.Fatal + 1,
    };
}
