namespace BindToInterface.EndToEnd;

/// <summary>A theory that needs perf_event_open(2), for ordinary users and for 32-bit programs as well.</summary>
public sealed class WaysPerfTheoryAttribute : TheoryAttribute
{
    private const string Level = "/proc/sys/kernel/perf_event_paranoid";

    public WaysPerfTheoryAttribute() =>
        Skip = !File.Exists(Level) ? "the kernel has no perf events (CONFIG_PERF_EVENTS)"
            : int.Parse(File.ReadAllText(Level), System.Globalization.CultureInfo.InvariantCulture) > 2 ? $"{Level} keeps perf events from ordinary users"
            : Prerequisites.ReasonToSkip;
}
