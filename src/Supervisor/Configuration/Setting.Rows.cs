using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using Level = Microsoft.Extensions.Logging.LogLevel;

namespace BindToInterface.Supervisor.Configuration;

internal sealed partial class Setting
{
    // A row adds itself; this has to stand above the rows.
    private static readonly List<Setting> Rows = [];

    public static readonly Setting Profile = new("profile", null, "PROFILE", "take settings from a file; `@PROFILE` is short for this option")
    {
        Variable = "BTI_PROFILE",
        IsCommon = true,
        Read = As<string>(SettingValues.Text, (settings, _, _) => settings),
        Manual = """
            A name such as `vpn` is looked for as `~/.config/bind-to-interface/vpn.json`, then as `/etc/bind-to-interface/vpn.json`.
            The first that exists is used.
            With a slash it is the path of a file.
            Options and variables replace what the file sets.
            A change of the file is taken over while the program runs.
            The manual page bti-supervise.json(5) describes the file.
            """,
    };

    public static readonly Setting Interface = new("interface", 'i', "NAME", "send IP traffic out through this interface only")
    {
        IsCommon = true,
        Variable = "BIND_INTERFACE",
        IsReloadable = true,
        Read = As<string>(SettingValues.Interface, (settings, name, _) => settings with
        {
            Traffic = settings.Traffic with
            {
                Interface = name == SettingValues.NoInterface ? null : name, RefusesOthers = name == SettingValues.NoInterface,
            },
        }),
        Manual = """
            Without an interface, one line warns and all traffic takes the normal route.
            While no interface of that name exists, connections fail with `ENETUNREACH`.
            The word `none` refuses all that neither `--route` nor `--exclude` names.
            """,
    };

    public static readonly Setting RequireInterface = new("require-interface", null, null, "an error, status 125, if no interface is set")
    {
        IsCommon = true,
        Variable = "BTI_REQUIRE_INTERFACE",
        Read = As<bool>(SettingValues.Flag, (settings, on, name) => settings with { InterfaceRequiredBy = on ? name : null }),
        Note = "Without it one line warns, and all traffic takes the normal route.",
    };

    public static readonly Setting Route = new(
        "route", null, "LIST", "networks that go another way: `NETWORK=INTERFACE`, `=direct` (normal route) or `=deny` (refused)")
    {
        Variable = "BIND_ROUTE",
        IsRepeatable = true,
        IsReloadable = true,
        Read = As<RouteList>(RouteList.TryParse, (settings, list, _) => settings with { Traffic = settings.Traffic with { Routes = list } }),
        Note = "Separated by commas. The longest prefix wins. Example: `10.0.0.0/8=corp0,10.9.0.0/16=deny`.",
        Manual = """
            A network is written as for `--exclude`, and an excluded network is a route to `direct`.
            All other destinations go out through `--interface`.
            """,
    };

    public static readonly Setting Dns = new(
        "dns", 'd', "ADDRESS[,ADDRESS]", "send port-53 traffic, UDP and TCP, to this server; one address per family, a port may follow")
    {
        IsCommon = true,
        Variable = "DNS_OVERRIDE_IP",
        IsReloadable = true,
        Read = As<AddressPair>(SettingValues.Endpoints, (settings, dns, _) => settings with { Traffic = settings.Traffic with { Dns = dns } }),
        Note = "Examples: `8.8.8.8`, `8.8.8.8:5353`, `[2001:db8::1]:53`.",
        Manual = """
            If a program asks a server of a family for which no address is given, the call fails with `ECONNREFUSED`,
            unless the other address can be used in its mapped form.
            """,
    };

    public static readonly Setting DnsPort = new("dns-port", null, "PORT", "the port of `--dns` addresses that have none (default 53)")
    {
        Variable = "DNS_OVERRIDE_PORT",
        IsNumber = true,
        IsReloadable = true,
        Read = As<ushort>(SettingValues.Port, (settings, port, _) => settings with { DnsPort = port }),
    };

    public static readonly Setting Exclude = new(
        "exclude", 'x', "LIST", "destinations that keep the normal route: addresses, networks, leading octets, `loopback`, `lan`, host names")
    {
        IsCommon = true,
        Variable = "BIND_EXCLUDE",
        IsRepeatable = true,
        IsReloadable = true,
        Read = As<ExcludeList>(SettingValues.Excludes, (settings, list, _) => settings with { Traffic = settings.Traffic with { Exclude = list } }),
        Note = "Separated by commas. Examples: `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`, `192.168`.",
        Manual = """
            Leading octets may end with a dot.
            The word `loopback` is 127.0.0.0/8 and ::1.
            Loopback destinations that are not excluded fail with `ENETUNREACH`.
            The word `lan` is what the other interfaces reach on their own link, as it is at the moment.
            A host name is looked up at the start, the way the program would do it, and again as its time to live says.
            Whoever controls the name's server, or the network that is the LAN, decides what is excluded.
            The addresses are compared with the one to which `--dns` has redirected.
            """,
    };

    public static readonly Setting SourceIp = new("source-ip", null, "ADDRESS[,ADDRESS]", "the local address to send from; one per family")
    {
        IsCommon = true,
        Manual = "It counts for `--interface`. What a `--route` sends by another interface gets its address from the kernel.",
        Variable = "BIND_SOURCE_IP",
        IsReloadable = true,
        Read = As<AddressPair>(
            SettingValues.Addresses,
            (settings, source, name) => settings with { Traffic = settings.Traffic with { Source = source }, SourceNamedBy = name }),
    };

    public static readonly Setting ResolverDaemons = new(
        "resolver-daemons", null, "allow|refuse", "may libc ask nscd and systemd-resolved, which use the normal route? (default `refuse`)")
    {
        Variable = "BTI_RESOLVER_DAEMONS",
        IsReloadable = true,
        Read = As(
            SettingValues.Choice("refuse", "allow"),
            (settings, allow, _) => settings with { Traffic = settings.Traffic with { AllowResolverDaemons = allow } }),
        Manual = "With `refuse`, libc asks the DNS server itself.",
    };

    public static readonly Setting WaitInterface = new(
        "wait-interface", null, null, "start the program when its interfaces are up with an address; status 125 after this time")
    {
        Variable = "BTI_WAIT_INTERFACE",
        OptionalValueName = "SECONDS",
        Read = As<TimeSpan?>(
            SettingValues.Patience, (settings, patience, _) => settings with { WaitsForInterface = true, InterfacePatience = patience }),
        Manual = """
            Without a number, or with the word `forever`, it waits without a bound.
            It waits for the interface of `--interface` and for those of `--route`.
            A link-local IPv6 address does not count, nor one that the kernel still checks.
            """,
    };

    public static readonly Setting ExitWithProgram = new(
        "exit-with-program", null, null, "end when the program ends, even if its descendants still run; they can send nothing more")
    {
        IsCommon = true,
        Variable = "BTI_EXIT_WITH_PROGRAM",
        Read = As<bool>(SettingValues.Flag, (settings, on, _) => settings with { ExitWithProgram = on }),
        Manual = "By default `bti-supervise` stays until the last of them has ended. After a second it names the processes that it waits for.",
    };

    // The rows of the level stand in the order in which one wins over another: the last wins.
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

    /// <summary>All rows, in the order in which a user sees them.</summary>
    public static IReadOnlyList<Setting> All => Rows;
}
