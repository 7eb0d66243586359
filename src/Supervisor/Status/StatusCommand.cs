using System.Globalization;
using System.Text;
using BindToInterface.Supervisor.Configuration;
using BindToInterface.Supervisor.Launch;
using BindToInterface.Supervisor.Proc;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Status;

/// <summary><c>--status</c>: what it prints, and its exit status.</summary>
/// <param name="Text">For standard output.</param>
/// <param name="Complaint">For standard error; null where there is none.</param>
internal sealed record StatusCommand(string Text, string? Complaint)
{
    /// <summary>0 where something is listed, else 1.</summary>
    public int ExitStatus => Complaint is null ? 0 : 1;

    /// <summary>Asks, and makes what is printed.</summary>
    /// <param name="process">The process id that is asked about: a supervisor, its program, or a process below it; empty for all.</param>
    /// <param name="asJson">Whether to print JSON: an array, or where a process is asked about one object.</param>
    /// <exception cref="SettingsException">That is not a process id.</exception>
    public static StatusCommand Run(string process, bool asJson)
    {
        int? asked = process.Length == 0 ? null
            : int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? number
            : throw new SettingsException($"{Setting.Status.Option}: '{process}' is not a process id; accepted is a number");
        // Nothing is passed on here: a signal ends this process.
        InheritedSignals.Restore();
        uint user = LibC.geteuid();
        IReadOnlyList<SupervisorStatus> all = StatusQuery.All(StatusFolder.All(user, Environment.GetEnvironmentVariable));
        if (asked is int pid)
        {
            SupervisorStatus? one = Of(pid, all, ParentOf);
            return new(
                one is null ? "" : asJson ? Line(StatusJson.Write(one)) : StatusText.Details(one, DateTimeOffset.Now),
                one is null ? $"process {pid} is not a supervisor or supervised, or it belongs to another user" : null);
        }

        return new(
            asJson ? Line(StatusJson.Write(all)) : StatusText.Table(all, withUser: user == 0),
            all.Count == 0 ? $"no supervisor {(user == 0 ? "" : "of this user ")}runs, or none that answers" : null);
    }

    /// <summary>The supervisor that a process is, or is below of.</summary>
    internal static SupervisorStatus? Of(int pid, IReadOnlyList<SupervisorStatus> all, Func<int, int?> parentOf)
    {
        // A supervisor is the parent of what its program leaves behind, so that each process below it leads there.
        for (int? process = pid; process is int current and > 0; process = parentOf(current))
        {
            if (all.FirstOrDefault(each => each.Pid == current || each.ProgramPid == current) is SupervisorStatus found)
            {
                return found;
            }
        }

        return null;
    }

    private static string Line(byte[] json) => Encoding.UTF8.GetString(json).EscapedInJson() + "\n";

    private static int? ParentOf(int pid) => ProcessStatus.Of(pid, stackalloc byte[ProcessStatus.UsualLength]).Number("PPid"u8);
}
