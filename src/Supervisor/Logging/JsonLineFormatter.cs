using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Json;

namespace BindToInterface.Supervisor.Logging;

/// <summary>One JSON object for each event; Serilog's own leaves all but ASCII's control characters as they are.</summary>
internal sealed class JsonLineFormatter : ITextFormatter
{
    private readonly JsonFormatter formatter = new(closingDelimiter: "", renderMessage: true);

    public void Format(LogEvent logEvent, TextWriter output)
    {
        var text = new StringWriter();
        formatter.Format(logEvent, text);
        output.Write(text.ToString().EscapedInJson());
        output.Write('\n');
    }
}
