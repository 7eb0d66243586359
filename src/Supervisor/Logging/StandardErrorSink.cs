using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace BindToInterface.Supervisor.Logging;

/// <summary>Writes log events to standard error, past System.Console.</summary>
internal sealed class StandardErrorSink(ITextFormatter formatter) : ILogEventSink
{
    public void Emit(LogEvent logEvent)
    {
        var text = new StringWriter();
        formatter.Format(logEvent, text);
        StandardError.Write(text.ToString(), logEvent.Level);
    }
}
