using BindToInterface.Supervisor.Configuration;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting;
using Serilog.Formatting.Display;
using Serilog.Formatting.Json;

namespace BindToInterface.Supervisor.Logging;

/// <summary>Sets Serilog up as the settings say, behind Microsoft.Extensions.Logging.</summary>
internal static class LogSetup
{
    private const string StandardErrorTemplate = "bti-supervise: {Message:lj}{NewLine}{Exception}";
    private const string FileTemplate = "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffzzz} [{Level:u3}] {Message:lj}{NewLine}{Exception}";

    /// <exception cref="StartException">The log file cannot be written.</exception>
    public static ILoggerFactory Create(Settings settings)
    {
        LoggerConfiguration configuration = new LoggerConfiguration().MinimumLevel.ControlledBy(new LoggingLevelSwitch(LevelOf(settings.LogLevel)))
            // The host's own "Hosting starting" tells a user nothing.
            .MinimumLevel.Override("Microsoft", (LogEventLevel)Math.Max((int)LogEventLevel.Warning, (int)LevelOf(settings.LogLevel)));
        if (settings.LogFile is string path)
        {
            configuration.WriteTo.Sink(new FileSink(FormatterOf(settings, FileTemplate), path, settings.LogFileNamedBy));
        }
        else
        {
            configuration.WriteTo.Sink(new StandardErrorSink(FormatterOf(settings, StandardErrorTemplate)));
        }

        return new SerilogLoggerFactory(configuration.CreateLogger(), dispose: true);
    }

    private static ITextFormatter FormatterOf(Settings settings, string template) =>
        settings.LogAsJson ? new JsonFormatter(renderMessage: true) : new MessageTemplateTextFormatter(template);

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
