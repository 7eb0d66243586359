using System.Text;
using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Logging;

/// <summary>
/// Descriptor 2 itself. System.Console would set the terminal up and handle signals for itself; both are the
/// program's.
/// </summary>
internal static unsafe class StandardError
{
    private const int Descriptor = 2;

    private static readonly Lock Gate = new();

    // A descriptor 2 that was closed when we started has become one of the runtime's own files.
    private static readonly bool IsOpen =
        Libc.fcntl(Descriptor, Libc.F_GETFD, 0) is int flags and >= 0 && (flags & Libc.FD_CLOEXEC) == 0;

    public static void WriteLine(string text) => Write($"{text}\n");

    /// <summary>
    /// Writes in one call, so that lines of ours and of the program do not mix. A reader that is gone, or that
    /// is slow and does not block, costs the text and not the program.
    /// </summary>
    public static void Write(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        lock (Gate)
        {
            fixed (byte* start = bytes)
            {
                if (IsOpen)
                {
                    _ = Libc.write(Descriptor, start, (nuint)bytes.Length);
                }
            }
        }
    }
}
