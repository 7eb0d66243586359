using Level = Microsoft.Extensions.Logging.LogLevel;

namespace BindToInterface.Supervisor.Configuration;

/// <summary>The rows of what a user is told.</summary>
internal sealed partial class Setting
{
    public static readonly Setting Verbose = new("verbose", 'v', null, "one line per decision; `-vv` for more")
    {
        IsCommon = true,
        IsRepeatable = true,
        Read = As<int>(
            SettingValues.Count,
            (settings, count, _) => count == 0 ? settings : settings with { LogLevel = count == 1 ? Level.Information : Level.Debug }),
        Manual = "A line has the program, process, protocol, destination, verdict and interface.",
    };

    public static readonly Setting Quiet = new("quiet", 'q', null, "show errors only")
    {
        Read = As<bool>(SettingValues.Flag, (settings, on, _) => on ? settings with { LogLevel = Level.Error } : settings),
        Manual = "The line that says that no interface is set is shown as well.",
    };

    public static readonly Setting LogLevel = new(
        "log-level", null, "LEVEL", "`trace`, `debug`, `information`, `warning` (default), `error` or `none`")
    {
        Variable = "BTI_LOG_LEVEL",
        Words = SettingValues.Levels,
        Read = As<Level>(SettingValues.Level, (settings, level, _) => settings with { LogLevel = level }),
    };

    public static readonly Setting LogFormat = new("log-format", null, "text|json", "the form of messages (default `text`)")
    {
        Variable = "BTI_LOG_FORMAT",
        Read = As(SettingValues.Choice("text", "json"), (settings, json, _) => settings with { LogAsJson = json }),
    };

    public static readonly Setting LogFile = new("log-file", null, "PATH", "append messages to this file, not to standard error")
    {
        IsCommon = true,
        Variable = "BTI_LOG_FILE",
        Read = As<string>(SettingValues.Text, (settings, path, name) => settings with { LogFile = path, LogFileNamedBy = name }),
        Manual = """
            If the file is renamed, a new one is opened under the old name.
            Lines that cannot be written are lost. Their number is written to the file later.
            """,
    };

    public static readonly Setting Trace = new("trace", null, null, "a line per connection with what came of it, on standard error or in a file")
    {
        OptionalValueName = "PATH",
        Variable = "BTI_TRACE",
        Read = As<string>(SettingValues.Text, (settings, path, name) => settings with { Trace = path == "-" ? "" : path, TraceNamedBy = name }),
        Manual = """
            A line has the time, program, process, call, destination with its name, verdict, interface, local address and result.
            A hyphen stands for standard error.
            While it is on, a blocking connect waits in the supervisor.
            """,
    };

    public static readonly Setting TraceFormat = new("trace-format", null, "text|json", "the form of the lines of `--trace` (default `text`)")
    {
        Variable = "BTI_TRACE_FORMAT",
        Read = As(SettingValues.Choice("text", "json"), (settings, json, _) => settings with { TraceAsJson = json }),
    };

    public static readonly Setting Summary = new("summary", null, null, "at the end, the connections by program and destination")
    {
        Variable = "BTI_SUMMARY",
        Read = As<bool>(SettingValues.Flag, (settings, on, _) => settings with { Summary = on }),
        Manual = "The last line says how many connections went out through another interface without an exclude for it.",
    };

    // Without a variable, and in no profile: one that was set once and forgotten must not leave a program unbound.
    public static readonly Setting DryRun = new("dry-run", null, null, "change nothing: traffic takes the normal route, and what would be done is told")
    {
        Read = As<bool>(SettingValues.Flag, (settings, on, _) => settings with { DryRun = on }),
        Manual = "It includes `--trace`. No socket is bound, no nameserver is replaced, and nothing is refused.",
    };

    public static readonly Setting MetricsFile = new(
        "metrics-file", null, "PATH", "write counts to this file, every 15 seconds and at the end, for Prometheus")
    {
        Variable = "BTI_METRICS_FILE",
        Read = As<string>(SettingValues.Text, (settings, path, name) => settings with { MetricsFile = path, MetricsFileNamedBy = name }),
        Manual = "The file is replaced as a whole, so that a reader never sees a part of it.",
    };

    public static readonly Setting Status = new("status", null, null, "list the supervisors that run, or show that of process PID, and run nothing")
    {
        IsCommon = true,
        OptionalValueName = "PID",
        TakesWord = word => word.Length > 0 && word.All(char.IsAsciiDigit),
        Manual = "As root the supervisors of all users are listed. The exit status is 1 if there is none.",
    };

    public static readonly Setting DumpFilter = new(
        "dump-filter", null, null, "print the seccomp filter that the other options lead to, and run nothing")
    {
        Manual = "For each architecture it prints the rules, then the instructions as they are installed.",
    };

    public static readonly Setting Check = new("check", null, null, "check whether connections would work, print what is found and its remedy, and run nothing")
    {
        IsCommon = true,
        Manual = """
            Each line has `ok`, `warning` or `problem`, what it is about, what is so, and where something can be done about it what to type.
            The exit status is 0 if connections would work, and 1 if they would not.
            Words in capitals in a remedy are to be filled in.
            """,
    };

    public static readonly Setting Probe = new("probe", null, "HOST[:PORT]", "with `--check`: look this name up and make one TCP connection, bound (default port 443)")
    {
        Manual = "A program below `bti-supervise` does so, and it has five seconds.",
    };

    public static readonly Setting Format = new("format", null, "text|json", "the form of what `--check` and `--status` print (default `text`)");

    public static readonly Setting HelpRequest = new("help", 'h', null, "show this help");

    public static readonly Setting Version = new("version", null, null, "show the version");
}
