using BindToInterface.Supervisor.Configuration;
using Microsoft.Extensions.Logging;
using Serilog;
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
        var factory = new LateLoggerFactory(settings.LogLevel, () => CreateNow(settings));
        if (settings.LogFile is not null)
        {
            factory.Create();
        }

        return factory;
    }

    private static SerilogLoggerFactory CreateNow(Settings settings)
    {
        LoggerConfiguration configuration = new LoggerConfiguration().MinimumLevel.Verbose();
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
}
