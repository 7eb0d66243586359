using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace BindToInterface.EndToEnd;

/// <summary>A command under way in the lab.</summary>
public sealed partial class Running : IDisposable
{
    private readonly Process process;
    private readonly string command;
    private readonly string report = Path.GetTempFileName();
    private readonly Captured output;
    private readonly Captured error;
    private readonly Task reading;

    /// <summary>Starts COMMAND below a small program of ours that reports its process id and how it ended.</summary>
    internal Running(IEnumerable<string> command, IReadOnlyDictionary<string, string>? environment)
    {
        List<string> words = [.. command];
        this.command = string.Join(' ', words);
        var start = new ProcessStartInfo(Programs.OnHost("outcome"), [report, .. words])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        // The shell that script(1) and tmux start: what they do must not depend on who runs the tests.
        start.Environment["SHELL"] = "/bin/bash";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        process = Process.Start(start)!;
        output = new Captured(process.StandardOutput.BaseStream);
        error = new Captured(process.StandardError.BaseStream);
        reading = Task.WhenAll(output.ReadToEnd(), error.ReadToEnd());
    }

    /// <summary>The process id of the command itself, which is the supervisor's where the command is one.</summary>
    public int Pid
    {
        get
        {
            Wait.Until(() => Report().Length > 0, () => $"no process id from {this}");
            return int.Parse(Report()[0], CultureInfo.InvariantCulture);
        }
    }

    public string Output => Encoding.UTF8.GetString(output.Bytes);

    public string Error => Encoding.UTF8.GetString(error.Bytes);

    public Stream Input => process.StandardInput.BaseStream;

    public void Signal(int signal) => Assert.Equal(0, kill(Pid, signal));

    public void WaitForOutput(string text) =>
        Wait.Until(() => Output.Contains(text, StringComparison.Ordinal), () => $"'{text}' was never printed by {this}");

    public void WaitForError(string text) =>
        Wait.Until(() => Error.Contains(text, StringComparison.Ordinal), () => $"'{text}' was never logged by {this}");

    /// <summary>Closes the command's input and waits for its end, with a bound.</summary>
    public Result Finish()
    {
        Input.Dispose();
        return WaitForEnd();
    }

    /// <summary>Waits for the command's end and all its output, with a bound. That of something that OUTLIVED it may still follow.</summary>
    public Result WaitForEnd(bool outlived = false)
    {
        if (!process.WaitForExit(Wait.Patience))
        {
            var soFar = ToString();
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"did not end: {soFar}");
        }

        if (outlived)
        {
            Wait.Until(() => output.HasAll && error.HasAll, () => $"it is never silent: {this}");
        }
        else if (!reading.Wait(Wait.Patience))
        {
            throw new TimeoutException($"something still holds the output of {this}");
        }

        var end = Report()[^1].Split(' ');
        var status = int.Parse(end[1], CultureInfo.InvariantCulture);
        return new Result(
            command,
            end[0] == "exited" ? status : null,
            end[0] == "killed" ? status : null,
            output.Bytes,
            error.Bytes);
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
        File.Delete(report);
    }

    public override string ToString() => $"{command}\n--- output\n{Output}\n--- error\n{Error}\n---";

    private string[] Report() => File.ReadAllLines(report);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
