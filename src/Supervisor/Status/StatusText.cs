using System.Globalization;
using System.Text;

namespace BindToInterface.Supervisor.Status;

/// <summary>What a person reads of supervisors.</summary>
internal static class StatusText
{
    private const int Gap = 2;

    /// <summary>A line for each, below a headline; empty for none.</summary>
    public static string Table(IReadOnlyList<SupervisorStatus> all, bool withUser)
    {
        if (all.Count == 0)
        {
            return "";
        }

        (string Title, bool IsNumber, Func<SupervisorStatus, string> Value)[] columns =
        [
            ("PID", true, each => Number(each.Pid)),
            .. withUser ? [("USER", true, each => Number(each.Uid))] : Array.Empty<(string, bool, Func<SupervisorStatus, string>)>(),
            ("PROGRAM", false, each => each.Program.OneLine()),
            ("INTERFACE", false, each => (each.Interface ?? "-").OneLine()),
            ("STATE", false, each => (each.State ?? "-").OneLine()),
            ("BOUND", true, each => Number(each.Counts.Bound)),
            ("EXCLUDED", true, each => Number(each.Counts.Excluded)),
            ("PASSED", true, each => Number(each.Counts.Passed)),
            ("REFUSED", true, each => Number(each.Counts.Refused)),
            ("FAILED", true, each => Number(each.Counts.Failed)),
            ("REDIRECTED", true, each => Number(each.Counts.Redirected)),
            ("SINCE", false, each => Time(each.Since)),
        ];
        string[][] lines = [[.. columns.Select(column => column.Title)], .. all.Select(each => columns.Select(column => column.Value(each)).ToArray())];
        int[] widths = [.. columns.Select((_, i) => lines.Max(line => line[i].Length))];
        var text = new StringBuilder();
        foreach (string[] line in lines)
        {
            IEnumerable<string> cells = line.Select((cell, i) => columns[i].IsNumber ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]));
            text.Append(string.Join(new string(' ', Gap), cells).TrimEnd()).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>All of one, a line for each fact.</summary>
    public static string Details(SupervisorStatus one, DateTimeOffset now)
    {
        var text = new StringBuilder();
        void Line(string name, string value) => text.Append(name.PadRight(12)).Append(value).Append('\n');
        Line("program", $"{one.Program.OneLine()}, process {Number(one.ProgramPid)}");
        Line("supervisor", $"process {Number(one.Pid)}, user {Number(one.Uid)}");
        Line("since", $"{Time(one.Since)}, for {Duration(now - one.Since)}");
        Line("interface", one.Interface is null ? "none is set: all traffic takes the normal route" : $"{one.Interface}, {one.State}".OneLine());
        Line("bound", Number(one.Counts.Bound));
        Line("excluded", Number(one.Counts.Excluded));
        Line("passed", Number(one.Counts.Passed));
        Line("refused", Number(one.Counts.Refused));
        Line("failed", Number(one.Counts.Failed));
        Line("redirected", $"{Number(one.Counts.Redirected)} of these, by --dns");
        foreach (InterfaceShare share in one.Interfaces.Where(share => share.Name != one.Interface))
        {
            Line("also", $"{share.Name}, {share.State}: {Number(share.Bound)} bound, {Number(share.Refused)} refused".OneLine());
        }

        return text.ToString();
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Duration(TimeSpan time) => time.TotalDays >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalDays} d {time.Hours} h")
        : time.TotalHours >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{time.Hours} h {time.Minutes} min")
        : time.TotalMinutes >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds} s")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, time.Seconds)} s");
}
