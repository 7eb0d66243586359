using System.Reflection;
using BindToInterface.Policy.Addresses;
using BindToInterface.Supervisor.Configuration;
using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor.Tests.Configuration;

public sealed class SettingsTests
{
    [Fact]
    public void Every_row_is_in_the_table_once() => Assert.Equal(
        typeof(Setting).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.GetValue(null)).OfType<Setting>().ToHashSet(),
        Setting.All.ToHashSet());

    [Fact]
    public void Nothing_given_is_the_defaults()
    {
        Settings settings = Given.Settings("curl");

        Assert.Null(settings.Traffic.Interface);
        Assert.True(settings.Traffic.Dns.IsEmpty);
        Assert.True(settings.Traffic.Exclude.IsEmpty);
        Assert.True(settings.Traffic.Source.IsEmpty);
        Assert.False(settings.Traffic.AllowResolverDaemons);
        Assert.Null(settings.UnusedDnsPort);
        Assert.Null(settings.InterfaceRequiredBy);
        Assert.Equal(LogLevel.Warning, settings.LogLevel);
        Assert.False(settings.LogAsJson);
        Assert.Null(settings.LogFile);
        Assert.False(settings.ExitWithProgram);
    }

    [Fact]
    public void Options_are_read()
    {
        Settings settings = Given.Settings(Given.Words(
            "-i ovpn -d 8.8.8.8,[2001:db8::1]:54 --dns-port 5353 -x 10.,loopback -x 2001:db8::/32 --source-ip 10.8.0.2,fd00::2 "
            + "--resolver-daemons allow --log-format json --log-file bti.log --exit-with-program -- curl"));

        Assert.Equal("ovpn", settings.Traffic.Interface);
        Assert.Equal(("8.8.8.8:5353", "[2001:db8::1]:54"), (settings.Traffic.Dns.IPv4.ToString(), settings.Traffic.Dns.IPv6.ToString()));
        Assert.Equal(("10.8.0.2:0", "[fd00::2]:0"), (settings.Traffic.Source.IPv4.ToString(), settings.Traffic.Source.IPv6.ToString()));
        Assert.All(["10.9.9.9", "127.0.0.1", "::1", "2001:db8::9"], address => Assert.True(settings.Traffic.Exclude.Contains(Address(address))));
        Assert.False(settings.Traffic.Exclude.Contains(Address("11.0.0.1")));
        Assert.True(settings.Traffic.AllowResolverDaemons);
        Assert.True(settings.LogAsJson);
        Assert.Equal("bti.log", settings.LogFile);
        Assert.True(settings.ExitWithProgram);
        Assert.Null(settings.UnusedDnsPort);
    }

    [Fact]
    public void The_environment_is_read()
    {
        Settings settings = Given.Settings(
            ["curl"],
            ("BIND_INTERFACE", "ovpn"),
            ("DNS_OVERRIDE_IP", "8.8.8.8"),
            ("DNS_OVERRIDE_PORT", "5353"),
            ("BIND_EXCLUDE", "127.0.0.1,192.168.0"),
            ("BIND_SOURCE_IP", "10.8.0.2"),
            ("BTI_LOG_LEVEL", "debug"),
            ("BTI_LOG_FORMAT", "json"),
            ("BTI_LOG_FILE", "bti.log"),
            ("BTI_RESOLVER_DAEMONS", "allow"),
            ("BTI_EXIT_WITH_PROGRAM", "1"),
            ("BTI_REQUIRE_INTERFACE", "1"));

        Assert.Equal(("bti.log", "BTI_LOG_FILE"), (settings.LogFile, settings.LogFileNamedBy));
        Assert.True(settings.Traffic.AllowResolverDaemons);
        Assert.True(settings.ExitWithProgram);
        Assert.Equal("BTI_REQUIRE_INTERFACE", settings.InterfaceRequiredBy);
        Assert.Equal("ovpn", settings.Traffic.Interface);
        Assert.Equal("8.8.8.8:5353", settings.Traffic.Dns.IPv4.ToString());
        Assert.True(settings.Traffic.Exclude.Contains(Address("192.168.0.77")));
        Assert.Equal("10.8.0.2:0", settings.Traffic.Source.IPv4.ToString());
        Assert.Equal(LogLevel.Debug, settings.LogLevel);
        Assert.True(settings.LogAsJson);
    }

    [Fact]
    public void An_option_wins_over_the_environment()
    {
        Settings settings = Given.Settings(
            Given.Words("-i ovpn -d 1.1.1.1 --dns-port 54 -x 10. --source-ip 10.8.0.2 --log-level error --log-format text curl"),
            ("BIND_INTERFACE", "not/valid"),
            ("DNS_OVERRIDE_IP", "8.8.8.8,2001:db8::1"),
            ("DNS_OVERRIDE_PORT", "70000"),
            ("BIND_EXCLUDE", "11."),
            ("BIND_SOURCE_IP", "10.8.0.3,fd00::2"),
            ("BTI_LOG_LEVEL", "debug"),
            ("BTI_LOG_FORMAT", "json"));

        Assert.Equal("ovpn", settings.Traffic.Interface);
        Assert.Equal(("1.1.1.1:54", null), (settings.Traffic.Dns.IPv4.ToString(), settings.Traffic.Dns.IPv6));
        Assert.True(settings.Traffic.Exclude.Contains(Address("10.0.0.1")));
        Assert.False(settings.Traffic.Exclude.Contains(Address("11.0.0.1")));
        Assert.Equal(("10.8.0.2:0", null), (settings.Traffic.Source.IPv4.ToString(), settings.Traffic.Source.IPv6));
        Assert.Equal(LogLevel.Error, settings.LogLevel);
        Assert.False(settings.LogAsJson);
    }

    [Fact]
    public void An_option_and_a_variable_go_together_where_they_say_different_things()
    {
        Settings settings = Given.Settings(Given.Words("-i ovpn --dns-port 5353 curl"), ("DNS_OVERRIDE_IP", "8.8.8.8"), ("BIND_EXCLUDE", "10."));

        Assert.Equal("ovpn", settings.Traffic.Interface);
        Assert.Equal("8.8.8.8:5353", settings.Traffic.Dns.IPv4.ToString());
        Assert.True(settings.Traffic.Exclude.Contains(Address("10.0.0.1")));
    }

    [Fact]
    public void A_variable_that_is_empty_is_not_set()
    {
        (string, string)[] environment =
        [
            ("BIND_INTERFACE", ""), ("DNS_OVERRIDE_IP", ""), ("DNS_OVERRIDE_PORT", ""), ("BIND_EXCLUDE", ""), ("BIND_SOURCE_IP", ""),
            ("BTI_LOG_LEVEL", ""), ("BTI_LOG_FORMAT", ""),
        ];
        Settings settings = Given.Settings(["curl"], environment);

        Assert.Null(settings.Traffic.Interface);
        Assert.True(settings.Traffic.Dns.IsEmpty);
        Assert.Null(settings.UnusedDnsPort);
        Assert.Equal(LogLevel.Warning, settings.LogLevel);
    }

    [Fact]
    public void An_empty_exclude_takes_that_of_the_environment_away() =>
        Assert.True(Given.Settings(["-x", "", "curl"], ("BIND_EXCLUDE", "10.")).Traffic.Exclude.IsEmpty);

    [Fact]
    public void Each_setting_has_an_option_and_a_variable_of_its_own()
    {
        Assert.All(Setting.All, setting => Assert.Matches("^--[a-z-]+$", setting.Option));
        Assert.All(Setting.All, setting => Assert.Matches("^((BIND|DNS|BTI)_[A-Z_]+)?$", setting.Variable ?? ""));
        Assert.Equal(
            ["check", "dry-run", "dump-filter", "format", "help", "probe", "quiet", "status", "verbose", "version"], Setting.All.Where(setting => setting.Variable is null).Select(setting => setting.Key).Order());
        string[] names = [.. Setting.All.SelectMany(setting => (string?[])[setting.Option, setting.ShortOption, setting.Variable]).OfType<string>()];
        Assert.Distinct(names);
    }

    [Fact]
    public void What_traffic_is_judged_by_can_be_reloaded_and_nothing_else() => Assert.All(
        Setting.All.Where(setting => setting.Read is not null),
        setting =>
        {
            Settings before = Given.Settings("-d", "192.0.2.1", "curl");
            string option = setting.ValueName switch
            {
                null => setting.Option,
                "NAME" => $"{setting.Option}=ovpn",
                "PORT" => $"{setting.Option}=5353",
                "LIST" when setting == Setting.Route => $"{setting.Option}=10.0.0.0/8=corp0",
                "LIST" => $"{setting.Option}=10.",
                "ADDRESS[,ADDRESS]" => $"{setting.Option}=192.0.2.2",
                _ => $"{setting.Option}={setting.Words.FirstOrDefault("f")}",
            };
            string[] words = setting == Setting.Dns ? [option, "curl"] : ["-d", "192.0.2.1", option, "curl"];
            // Strict mode is a part of the policy, and of the filter, which cannot be changed.
            Assert.Equal(setting.IsReloadable || setting == Setting.Strict, before.Traffic != Given.Settings(words).Traffic);
        });

    [Fact]
    public void A_variable_that_an_option_stands_over_is_not_read() =>
        Assert.Equal("ovpn", Given.Settings(["-i", "ovpn", "curl"], ("BIND_INTERFACE", "a/b")).Traffic.Interface);

    [Fact]
    public void A_variable_that_is_0_switches_off() => Assert.Null(Given.Settings(["curl"], ("BTI_REQUIRE_INTERFACE", "0")).InterfaceRequiredBy);

    [Fact]
    public void A_setting_s_key_is_no_variable()
    {
        Settings settings = Given.Settings(
            ["curl"], ("interface", "ovpn"), ("dns", "8.8.8.8"), ("resolver-daemons", "allow"), ("log-file", "x"), ("exit-with-program", "true"));

        Assert.Null(settings.Traffic.Interface);
        Assert.True(settings.Traffic.Dns.IsEmpty);
        Assert.False(settings.Traffic.AllowResolverDaemons);
        Assert.Null(settings.LogFile);
        Assert.False(settings.ExitWithProgram);
    }

    [Theory]
    [InlineData("--dns-port 5353", null)]
    [InlineData("", "5353")]
    public void A_DNS_port_without_a_DNS_address_means_nothing_and_is_told(string options, string? variable)
    {
        Settings settings = Given.Settings(
            [.. Given.Words(options), "curl"], variable is null ? [] : [("DNS_OVERRIDE_PORT", variable)]);

        Assert.True(settings.Traffic.Dns.IsEmpty);
        Assert.Equal((ushort)5353, settings.UnusedDnsPort);
    }

    [Theory]
    [InlineData("", LogLevel.Warning)]
    [InlineData("-v", LogLevel.Information)]
    [InlineData("--verbose", LogLevel.Information)]
    [InlineData("-vv", LogLevel.Debug)]
    [InlineData("-v -v", LogLevel.Debug)]
    [InlineData("-vvv", LogLevel.Debug)]
    [InlineData("-q", LogLevel.Error)]
    [InlineData("--quiet", LogLevel.Error)]
    [InlineData("--log-level trace", LogLevel.Trace)]
    [InlineData("--log-level debug", LogLevel.Debug)]
    [InlineData("--log-level information", LogLevel.Information)]
    [InlineData("--log-level warning", LogLevel.Warning)]
    [InlineData("--log-level error", LogLevel.Error)]
    [InlineData("--log-level none", LogLevel.None)]
    [InlineData("--log-level Debug", LogLevel.Debug)]
    [InlineData("-v --log-level none", LogLevel.None)]
    public void The_level_is_chosen_by_letters_or_by_name(string options, LogLevel level)
    {
        Assert.Equal(level, Given.Settings([.. Given.Words(options), "curl"]).LogLevel);
        Assert.Equal(options.Length == 0 ? LogLevel.Trace : level, Given.Settings([.. Given.Words(options), "curl"], ("BTI_LOG_LEVEL", "trace")).LogLevel);
    }

    private static IpAddress Address(string text) =>
        IpAddress.TryParse(text, out IpAddress address) ? address : throw new ArgumentException(text);
}
