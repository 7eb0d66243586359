using System.Globalization;
using System.Text;
using BindToInterface.Supervisor.Interop;
using Serilog.Events;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Logging;

/// <summary>
/// Writes to descriptor 2. System.Console is not used: it would set the terminal up and handle signals, and both belong to
/// the program. A program may take the terminal out of its line mode (an editor, a pager, a shell's prompt). Then a line of
/// the supervisor would disturb its screen. So it is held back until the line mode is back, or until the end. Where the
/// terminal does not go to the first column at the end of a line, the line does.
/// </summary>
internal static unsafe class StandardError
{
    private const int Descriptor = 2;
    private const int MaximumHeld = 1000;

    private static readonly Lock Gate = new();
    private static readonly Queue<string> Held = new();
    private static int dropped;

    // If descriptor 2 was closed at the start, it is now one of the runtime's own files, which are close-on-exec.
    private static readonly bool IsOpen =
        LibC.fcntl(Descriptor, LibC.F_GETFD, 0) is int flags and >= 0 && (flags & LibC.FD_CLOEXEC) == 0;

    private static readonly bool IsJournal = Journal.IsAt(Descriptor);

    /// <summary>Writes the line of an error that ends the supervisor.</summary>
    public static void WriteLine(string text) => Write($"{text.OneLine()}\n", LogEventLevel.Error);

    /// <summary>Writes a line, or the lines of an exception, or holds them back.</summary>
    public static void Write(string lines, LogEventLevel level)
    {
        lock (Gate)
        {
            Hold(IsJournal ? WithPriority(lines, level) : lines);
            termios? terminal = Terminal;
            if (!IsScreen(terminal))
            {
                WriteHeld(0, terminal);
            }
        }
    }

    /// <summary>Writes what was held back. The program has ended, so it can wait a little for a slow reader.</summary>
    public static void Flush()
    {
        const int PatienceMilliseconds = 1000;
        lock (Gate)
        {
            WriteHeld(PatienceMilliseconds, Terminal);
        }
    }

    /// <summary>The modes of the terminal (termios(3)); null where descriptor 2 is none.</summary>
    private static termios? Terminal
    {
        get
        {
            termios terminal;
            return LibC.tcgetattr(Descriptor, &terminal) == 0 ? terminal : null;
        }
    }

    private static bool IsScreen(in termios? terminal) => terminal is termios modes && (modes.c_lflag & LibC.ICANON) == 0;

    private static bool NeedsCarriageReturns(in termios? terminal) =>
        terminal is termios modes && (modes.c_oflag & (LibC.OPOST | LibC.ONLCR)) != (LibC.OPOST | LibC.ONLCR);

    /// <summary>
    /// Whether a line can be written without waiting: a reader that has stopped reading must not stop the program.
    /// A pipe that is ready takes a line of up to PIPE_BUF at once.
    /// </summary>
    private static bool IsReady(int timeoutMilliseconds)
    {
        var poll = new pollfd { fd = Descriptor, events = LibC.POLLOUT };
        return Native.poll(&poll, 1, timeoutMilliseconds) != 0;
    }

    private static void Hold(string line)
    {
        if (Held.Count == MaximumHeld)
        {
            Held.Dequeue();
            dropped++;
        }

        Held.Enqueue(line);
    }

    private static void WriteHeld(int timeoutMilliseconds, in termios? terminal)
    {
        bool needsReturns = NeedsCarriageReturns(terminal);
        while (Held.Count > 0 && IsReady(timeoutMilliseconds))
        {
            if (dropped > 0)
            {
                string line = string.Create(CultureInfo.InvariantCulture, $"bti-supervise: {dropped} older messages dropped\n");
                WriteNow(IsJournal ? WithPriority(line, LogEventLevel.Warning) : line, needsReturns);
                dropped = 0;
                continue;
            }

            WriteNow(Held.Dequeue(), needsReturns);
        }
    }

    private static string WithPriority(string lines, LogEventLevel level)
    {
        string prefix = Journal.Prefix(level);
        return $"{prefix}{lines.TrimEnd('\n').Replace("\n", $"\n{prefix}", StringComparison.Ordinal)}\n";
    }

    /// <summary>
    /// Writes in one call, so that lines of the supervisor and of the program do not mix. If the reader is gone, or is slow
    /// on a descriptor that does not block, the text is lost. The program is not affected.
    /// </summary>
    private static void WriteNow(string text, bool needsReturns)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(needsReturns ? text.Replace("\n", "\r\n", StringComparison.Ordinal) : text);
        fixed (byte* start = bytes)
        {
            if (IsOpen)
            {
                _ = LibC.write(Descriptor, start, (size_t)bytes.Length);
            }
        }
    }
}
