using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Parsing;

namespace BindToInterface.Supervisor.Logging;

/// <summary>Appends log events to a file. Serilog's own sink keeps a position in the file, and throws at the end.</summary>
internal sealed class FileSink : ILogEventSink, IDisposable
{
    private readonly ITextFormatter formatter;
    private readonly AppendedFile file;

    /// <param name="formatter">Makes a line of an event.</param>
    /// <param name="path">The file.</param>
    /// <param name="namedBy">The option or variable that names it, for messages.</param>
    /// <exception cref="StartException">The file cannot be opened.</exception>
    public FileSink(ITextFormatter formatter, string path, string namedBy)
    {
        this.formatter = formatter;
        file = new AppendedFile(path, namedBy, lost => LineOf(LostLines(lost)));
    }

    public void Emit(LogEvent logEvent) => file.Append(LineOf(logEvent));

    public void Dispose() => file.Dispose();

    private string LineOf(LogEvent logEvent)
    {
        var text = new StringWriter();
        formatter.Format(logEvent, text);
        return text.ToString();
    }

    private static LogEvent LostLines(int lost) => new(
        DateTimeOffset.Now, LogEventLevel.Warning, null, new MessageTemplateParser().Parse("{Lost} lines lost: this file could not be written"),
        [new LogEventProperty("Lost", new ScalarValue(lost))]);
}
