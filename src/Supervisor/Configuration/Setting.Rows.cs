using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;

namespace BindToInterface.Supervisor.Configuration;

/// <summary>The rows of what is done with the program's traffic.</summary>
internal sealed partial class Setting
{
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

    public static readonly Setting Strict = new("strict", null, null, "for programs that are not trusted: every IP socket is bound before the program has it")
    {
        Variable = "BTI_STRICT",
        Read = As<bool>(SettingValues.Flag, (settings, on, name) => settings with
        {
            Traffic = settings.Traffic with { IsStrict = on }, StrictBy = on ? name : null,
        }),
        Manual = """
            `bti-supervise` makes the program's IP sockets, and makes the calls on them itself.
            Servers then hear on the interface alone.
            Excluded destinations and several interfaces need CAP_NET_RAW.
            See docs/strict.md.
            """,
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
}
