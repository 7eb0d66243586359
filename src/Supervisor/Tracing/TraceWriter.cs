using System.Globalization;
using System.Text;
using BindToInterface.Supervisor.Configuration;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using Serilog.Events;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Tracing;

/// <summary>Writes the trace: to standard error, or to a file that may be renamed meanwhile.</summary>
internal sealed unsafe class TraceWriter : ITraceOutput, IDisposable
{
    /// <summary>PIPE_BUF, if the lines are ASCII as nearly all are.</summary>
    private const int AtomicLength = 4096;

    private readonly AppendedFile? file;
    private readonly Func<TraceRecord, string> lineOf;
    private readonly bool isJson;
    private readonly StringBuilder lines = new();

    /// <exception cref="StartException">The file cannot be written.</exception>
    public TraceWriter(Settings settings)
    {
        isJson = settings.TraceAsJson;
        bool isTerminal = settings.Trace is "" && IsTerminal();
        var text = new TraceText(isTerminal, isTerminal && MayColour());
        lineOf = isJson ? TraceJson.LineOf : text.LineOf;
        file = settings.Trace is { Length: > 0 } path ? new AppendedFile(path, settings.TraceNamedBy, LostLines) : null;
    }

    public void Tell(TraceRecord record) => Write(lineOf(record));

    public void TellLost(int count) => Write(LostLines(count));

    public void Flush()
    {
        if (lines.Length > 0)
        {
            file!.Append(lines.ToString());
            lines.Clear();
        }
    }

    public void Dispose() => file?.Dispose();

    /// <summary>Several lines go to the file in one call, as many as a pipe takes at once.</summary>
    private void Write(string line)
    {
        if (file is null)
        {
            StandardError.Write(line, LogEventLevel.Information);
            return;
        }

        if (lines.Length + line.Length > AtomicLength)
        {
            Flush();
        }

        lines.Append(line);
    }

    private string LostLines(int count) => isJson
        ? string.Create(CultureInfo.InvariantCulture, $"{{\"lost\":{count}}}\n")
        : string.Create(CultureInfo.InvariantCulture, $"{count} lines lost: they could not be written in time\n");

    private static bool IsTerminal()
    {
        termios terminal;
        return LibC.tcgetattr(2, &terminal) == 0;
    }

    /// <summary>no-color.org: any text but an empty one means no colours.</summary>
    private static bool MayColour() =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
}
