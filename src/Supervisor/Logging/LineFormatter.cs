using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace BindToInterface.Supervisor.Logging;

/// <summary>
/// One line for each event, whatever texts are in it. The text of an exception follows, indented, so that no text can look
/// like a line of the supervisor.
/// </summary>
/// <param name="prefix">What precedes the message, in Serilog's words.</param>
internal sealed class LineFormatter(string prefix) : ITextFormatter
{
    private readonly MessageTemplateTextFormatter start = new(prefix);
    private readonly MessageTemplateTextFormatter message = new("{Message:lj}");

    public void Format(LogEvent logEvent, TextWriter output)
    {
        var text = new StringWriter();
        message.Format(logEvent, text);
        start.Format(logEvent, output);
        output.Write(text.ToString().OneLine());
        output.Write('\n');
        foreach (string line in logEvent.Exception?.ToString().Split('\n') ?? [])
        {
            output.Write("    ");
            output.Write(line.OneLine());
            output.Write('\n');
        }
    }
}
