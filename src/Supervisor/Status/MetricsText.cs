using System.Globalization;
using System.Text;
using BindToInterface.Supervisor.Logging;

namespace BindToInterface.Supervisor.Status;

/// <summary>A status as Prometheus reads it (its text format, version 0.0.4).</summary>
internal static class MetricsText
{
    /// <param name="supervisor">What the series are labelled with, so that files of several supervisors can lie in one folder.</param>
    /// <param name="status">The status.</param>
    /// <param name="counts">What was decided, by interface.</param>
    /// <param name="version">The version of the supervisor.</param>
    /// <param name="isRunning">Whether this is not its last word.</param>
    public static string Make(string supervisor, SupervisorStatus status, IReadOnlyList<InterfaceCounts> counts, string version, bool isRunning)
    {
        var text = new StringBuilder();
        string own = $"supervisor=\"{Escaped(supervisor)}\"";

        void Metric(string name, string type, string help, IEnumerable<(string Labels, double Value)> series)
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
            foreach ((string labels, double value) in series)
            {
                text.Append(CultureInfo.InvariantCulture, $"{name}{{{own}{labels}}} {value}\n");
            }
        }

        Metric("bti_info", "gauge", "The supervisor and its program.",
        [
            ($",version=\"{Escaped(version)}\",program=\"{Escaped(status.Program)}\",interface=\"{Escaped(status.Interface ?? "")}\",pid=\"{status.Pid.ToString(CultureInfo.InvariantCulture)}\"", 1),
        ]);
        Metric("bti_running", "gauge", "1 while the supervisor runs; 0 is the last that it writes.", [("", isRunning ? 1 : 0)]);
        Metric("bti_start_time_seconds", "gauge", "When the program was started, in seconds since 1970.", [("", status.Since.ToUnixTimeMilliseconds() / 1000.0)]);
        Metric("bti_decisions_total", "counter", "Calls that were judged, by verdict and by the interface that it names.", WithInterfaces(counts, status.Interfaces).SelectMany(Decisions));
        Metric("bti_redirected_total", "counter", "How many of these were redirected by --dns.", [("", status.Counts.Redirected)]);
        Metric("bti_interface_up", "gauge", "1 while the interface is there, is switched on, and has an address.",
            status.Interfaces.Select(share => ($",interface=\"{Escaped(share.Name)}\"", share.State == "up" ? 1.0 : 0.0)));
        return text.ToString();
    }

    private static IEnumerable<InterfaceCounts> WithInterfaces(IReadOnlyList<InterfaceCounts> counts, IReadOnlyList<InterfaceShare> interfaces) =>
        counts.Concat(interfaces.Where(share => counts.All(row => row.Interface != share.Name)).Select(share => new InterfaceCounts(share.Name)));

    /// <summary>Each series is there from the start, so that its first increase can be seen.</summary>
    private static IEnumerable<(string Labels, double Value)> Decisions(InterfaceCounts row)
    {
        for (CountedDecision what = 0; what < CountedDecision.Redirected; what++)
        {
            bool isUsual = row.Interface is null ? what is not CountedDecision.Bound : what is CountedDecision.Bound or CountedDecision.Refused;
            if (isUsual || row[what] > 0)
            {
                yield return (Labels(what, row.Interface), row[what]);
            }
        }
    }

    private static string Labels(CountedDecision what, string? interfaceName) =>
        $",verdict=\"{what.ToString().ToLowerInvariant()}\",interface=\"{Escaped(interfaceName ?? "")}\"";

    /// <summary>The value of a label: a backslash, a quotation mark and the end of a line are escaped; other control characters are replaced.</summary>
    private static string Escaped(string value) => value.OneLine().Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
