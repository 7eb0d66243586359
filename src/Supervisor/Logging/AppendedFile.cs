using System.Runtime.InteropServices;
using System.Text;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Logging;

/// <summary>
/// Appends lines to a file, one line in one call, so that several supervisors can share it. The file can be a
/// pipe. It can be rotated by copying or by renaming: if the name leads to another file, that one is opened.
/// Lines that cannot be written (a full disk, a slow reader) are lost, and counted. The program does not notice.
/// </summary>
internal sealed unsafe class AppendedFile : IDisposable
{
    private readonly Lock gate = new();
    private readonly Func<int, string> lostLines;
    private readonly string path;
    private readonly string namedBy;
    private DescriptorHandle file;
    private (ulong, uint, uint)? identity;
    private int lost;
    private bool endsWithinLine;
    private bool saidThatLinesAreLost;

    /// <param name="path">The file.</param>
    /// <param name="namedBy">The option or variable that names it, for messages.</param>
    /// <param name="lostLines">Makes the line that says how many lines are lost.</param>
    /// <exception cref="StartException">The file cannot be opened.</exception>
    public AppendedFile(string path, string namedBy, Func<int, string> lostLines)
    {
        this.lostLines = lostLines;
        this.path = path;
        this.namedBy = namedBy;
        file = Open(path);
        if (file.IsInvalid)
        {
            throw new StartException(
                $"{namedBy}: '{path.OneLine()}' cannot be written: {Words(Native.LastError)}; accepted is a file that can be appended to");
        }

        identity = Identity(file.Descriptor, "", LibC.AT_EMPTY_PATH);
    }

    /// <summary>Appends a line, or several.</summary>
    /// <param name="lines">The text, with its ends of lines.</param>
    public void Append(string lines)
    {
        // At the end a thread may still log while the file is closed. The descriptor's number may be a program's socket by then.
        lock (gate)
        {
            if (file.IsClosed)
            {
                return;
            }

            FollowName();
            if (lost > 0 && Write(lostLines(lost)))
            {
                lost = 0;
            }

            if (lost > 0 || !Write(lines))
            {
                lost += lines.AsSpan().Count('\n');
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (lost > 0 && !file.IsClosed)
            {
                Write(lostLines(lost));
            }

            file.Dispose();
        }
    }

    /// <summary>Opens the name again if it leads to another file, or to none: the old one was renamed or removed.</summary>
    private void FollowName()
    {
        (ulong, uint, uint)? named = Identity(LibC.AT_FDCWD, path, 0);
        // A sandbox may refuse this call. Then the old file stays in use.
        if (identity is null || named == identity || (named is null && Native.LastError != Errno.ENOENT))
        {
            return;
        }

        DescriptorHandle opened = Open(path);
        if (opened.IsInvalid)
        {
            return;
        }

        file.Dispose();
        file = opened;
        identity = Identity(file.Descriptor, "", LibC.AT_EMPTY_PATH);
        endsWithinLine = false;
    }

    /// <summary>Writes a line. If only a part of the last one was written, that is ended first.</summary>
    /// <returns>Whether all of it was written.</returns>
    private bool Write(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(endsWithinLine ? $"\n{text}" : text);
        nint written;
        fixed (byte* start = bytes)
        {
            written = (nint)(long)LibC.write(file.Descriptor, start, (size_t)bytes.Length);
        }

        if (written == bytes.Length)
        {
            endsWithinLine = false;
            return true;
        }

        string why = written < 0 ? Words(Native.LastError) : "only a part of a line";
        if (written > 0)
        {
            endsWithinLine = bytes[written - 1] != '\n';
        }

        if (!saidThatLinesAreLost)
        {
            saidThatLinesAreLost = true;
            StandardError.WriteLine($"bti-supervise: {namedBy}: '{path.OneLine()}' cannot be written: {why}; lines are lost");
        }

        return false;
    }

    // Without O_NONBLOCK a pipe that nobody reads would stop the start.
    private static DescriptorHandle Open(string path)
    {
        const ushort ReadAndWriteForAll = 0x1b6;
        return DescriptorHandle.Open(path, LibC.O_WRONLY | LibC.O_CREAT | LibC.O_APPEND | LibC.O_CLOEXEC | LibC.O_NONBLOCK, ReadAndWriteForAll);
    }

    private static (ulong, uint, uint)? Identity(int folder, string path, int flags)
    {
        statx status;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            return LibC.statx(folder, name, flags, LibC.STATX_INO, &status) == 0 ? (status.stx_ino, status.stx_dev_major, status.stx_dev_minor) : null;
        }
    }

    private static string Words(Errno error) => Marshal.GetPInvokeErrorMessage((int)error);
}
