using System.Runtime.InteropServices;
using System.Text;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Status;

/// <summary>
/// Writes the counts to a file, at the start, every fifteen seconds and at the end. A new file is written beside it and gets its name,
/// so that a reader finds the old one or the new one, whole.
/// </summary>
internal sealed class MetricsFile(string path, string namedBy, string version, StatusSource source, ILogger logger) : IHostedService
{
    private const int StackSize = 256 * 1024;
    private const int IntervalMilliseconds = 15_000;
    private const ushort AllRead = 0x1a4; // 0644
    private const string Ending = ".prom";

    private readonly object gate = new();
    private bool isEnded;
    private bool wasWritten = true;

    /// <summary>Makes sure that the file can be written.</summary>
    /// <exception cref="StartException">It cannot.</exception>
    public static void Check(string path, string namedBy)
    {
        string why = Directory.Exists(path) ? "it is a folder" : TryWrite(path, [], isKept: false);
        if (why.Length > 0)
        {
            throw new StartException(
                $"{namedBy}: '{path.OneLine()}' cannot be written: {why}; accepted is a file in a folder in which files can be made");
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        new Thread(Run, StackSize) { IsBackground = true, Name = "metrics" }.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            isEnded = true;
            Monitor.Pulse(gate);
            Write();
        }

        return Task.CompletedTask;
    }

    private void Run()
    {
        lock (gate)
        {
            while (!isEnded)
            {
                Write();
                Monitor.Wait(gate, IntervalMilliseconds);
            }
        }
    }

    private void Write()
    {
        string name = Path.GetFileName(path);
        string supervisor = name.EndsWith(Ending, StringComparison.Ordinal) ? name[..^Ending.Length] : name;
        string text = MetricsText.Make(supervisor, source.Now(), source.Counts, version, isRunning: !isEnded);
        string why = TryWrite(path, Encoding.UTF8.GetBytes(text), isKept: true);
        if (why.Length > 0 && wasWritten)
        {
            logger.MetricsNotWritten(namedBy, path, why);
        }

        wasWritten = why.Length == 0;
    }

    /// <summary>Writes a new file and gives it the name.</summary>
    /// <returns>What failed, and why; empty where nothing did.</returns>
    private static string TryWrite(string path, byte[] content, bool isKept)
    {
        // No name that a reader of *.prom takes.
        string full = Path.GetFullPath(path);
        string early = Path.Combine(Path.GetDirectoryName(full) ?? "/", $".{Path.GetFileName(full)}.{Environment.ProcessId}");
        Remove(early);
        Errno error = Write(early, content, out bool isMade);
        if (error == Errno.None && isKept)
        {
            error = Native.rename(early, full) == 0 ? Errno.None : Native.LastError;
        }

        if (isMade && (error != Errno.None || !isKept))
        {
            Remove(early);
        }

        return error == Errno.None ? "" : Marshal.GetPInvokeErrorMessage((int)error);
    }

    private static unsafe Errno Write(string path, byte[] content, out bool isMade)
    {
        using var file = DescriptorHandle.Open(path, LibC.O_WRONLY | LibC.O_CREAT | LibC.O_EXCL | LibC.O_NOFOLLOW | LibC.O_CLOEXEC, AllRead);
        isMade = !file.IsInvalid;
        if (!isMade || LibC.fchmod(file.Descriptor, AllRead) != 0)
        {
            return Native.LastError;
        }

        fixed (byte* start = content)
        {
            nint written = (nint)(long)LibC.write(file.Descriptor, start, (size_t)content.Length);
            // A file takes a part only where there is no room for the rest.
            return written == content.Length ? Errno.None : written < 0 ? Native.LastError : Errno.ENOSPC;
        }
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // To make the new one will fail, and says why.
        }
    }
}
