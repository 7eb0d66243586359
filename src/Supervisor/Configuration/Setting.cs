namespace BindToInterface.Supervisor.Configuration;

/// <summary>
/// A setting's configuration key, with the names that a user knows it by: its option and its environment variable.
/// </summary>
internal sealed record Setting(string Key, string Option, string Variable)
{
    public static readonly Setting Interface = new("interface", "--interface", "BIND_INTERFACE");
    public static readonly Setting RequireInterface = new("require-interface", "--require-interface", "BTI_REQUIRE_INTERFACE");
    public static readonly Setting Dns = new("dns", "--dns", "DNS_OVERRIDE_IP");
    public static readonly Setting DnsPort = new("dns-port", "--dns-port", "DNS_OVERRIDE_PORT");
    public static readonly Setting Exclude = new("exclude", "--exclude", "BIND_EXCLUDE");
    public static readonly Setting SourceIp = new("source-ip", "--source-ip", "BIND_SOURCE_IP");
    public static readonly Setting ResolverDaemons = new("resolver-daemons", "--resolver-daemons", "BTI_RESOLVER_DAEMONS");
    public static readonly Setting ExitWithProgram = new("exit-with-program", "--exit-with-program", "BTI_EXIT_WITH_PROGRAM");
    public static readonly Setting LogLevel = new("log-level", "--log-level", "BTI_LOG_LEVEL");
    public static readonly Setting LogFormat = new("log-format", "--log-format", "BTI_LOG_FORMAT");
    public static readonly Setting LogFile = new("log-file", "--log-file", "BTI_LOG_FILE");

    public static readonly IReadOnlyList<Setting> All =
        [Interface, RequireInterface, Dns, DnsPort, Exclude, SourceIp, ResolverDaemons, ExitWithProgram, LogLevel, LogFormat, LogFile];
}
