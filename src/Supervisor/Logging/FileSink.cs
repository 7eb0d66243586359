using System.Text;
using BindToInterface.Supervisor.Interop;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace BindToInterface.Supervisor.Logging;

/// <summary>
/// Appends log events to a file, a line in one call, so that several supervisors can share it, it can be rotated by
/// copying, and be a pipe. What cannot be written (a full disk, a reader that is slow) is lost, and the program is
/// none the wiser: Serilog's own sink keeps a position, and throws at the end.
/// </summary>
internal sealed unsafe class FileSink : ILogEventSink, IDisposable
{
    private readonly ITextFormatter formatter;
    private readonly DescriptorHandle file;

    /// <exception cref="StartException">The file cannot be opened.</exception>
    public FileSink(ITextFormatter formatter, string path)
    {
        const uint ReadAndWriteForAll = 0x1b6;
        this.formatter = formatter;
        // Without O_NONBLOCK a pipe that nobody reads would have us wait here.
        file = new DescriptorHandle(Libc.open(path, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_APPEND | Libc.O_CLOEXEC | Libc.O_NONBLOCK, ReadAndWriteForAll));
        if (file.IsInvalid)
        {
            throw new StartException($"--log-file: '{path.OneLine()}' cannot be written: {Libc.LastError}");
        }
    }

    public void Emit(LogEvent logEvent)
    {
        var text = new StringWriter();
        formatter.Format(logEvent, text);
        byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
        bool held = false;
        try
        {
            // A thread may still log while the end closes the file, and its number be a program's socket by then.
            file.DangerousAddRef(ref held);
            fixed (byte* start = bytes)
            {
                _ = Libc.write(file.Descriptor, start, (nuint)bytes.Length);
            }
        }
        finally
        {
            if (held)
            {
                file.DangerousRelease();
            }
        }
    }

    public void Dispose() => file.Dispose();
}
