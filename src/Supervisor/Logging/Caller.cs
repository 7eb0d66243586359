using System.Globalization;
using BindToInterface.Supervisor.Proc;
using BindToInterface.Supervisor.Seccomp;

namespace BindToInterface.Supervisor.Logging;

/// <summary>The program that made a call. Read while the call waits: later its id could mean another.</summary>
/// <param name="Program">The name of the process: a thread may have a name of its own.</param>
/// <param name="Process">The process id.</param>
/// <param name="Executable">The file that it runs, which it cannot rename by a call; only read for warnings, else empty.</param>
internal sealed record Caller(string Program, int Process, string Executable)
{
    /// <summary>Reads who made a call.</summary>
    public static Caller Of(in Notification call, bool withExecutable)
    {
        int process = ThreadGroup.Of(call.Tid);
        return new(ProgramOf(process), process, withExecutable ? ExecutableOf(process) : "");
    }

    private static string ProgramOf(int process)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/comm")).TrimEnd('\n');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "?";
        }
    }

    private static string ExecutableOf(int process)
    {
        string? file = null;
        try
        {
            file = new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/exe")).LinkTarget;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }

        return file ?? string.Create(CultureInfo.InvariantCulture, $"process {process}");
    }
}
