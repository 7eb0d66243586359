using BindToInterface.Policy.Addresses;
using BindToInterface.Supervisor.Configuration;
using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor.Tests.Configuration;

/// <summary>What a profile sets, and what replaces it.</summary>
public sealed class ProfileTests
{
    private const string Full = """
        // All keys that say where traffic goes.
        {
          "$schema": "bind-to-interface.schema.json",
          "interface": "ovpn",
          "dns": ["203.0.113.54", "2001:db8::7"], /* one of each */
          "dns-port": 5353,
          "exclude": ["loopback", "192.168."],
          "source-ip": "10.8.0.2",
          "resolver-daemons": "allow",
        }
        """;

    [Fact]
    public void Each_key_is_an_option()
    {
        Settings settings = Given.Profile(Full);

        Assert.Equal(Given.Settings(Given.Words(
            "-i ovpn -d 203.0.113.54,2001:db8::7 --dns-port 5353 -x loopback,192.168. --source-ip 10.8.0.2 --resolver-daemons allow")).Traffic with
        {
            Exclude = settings.Traffic.Exclude,
        }, settings.Traffic);
        Assert.Equal([Network.Loopback4, Network.Loopback6, Parsed("192.168.")], settings.Traffic.Exclude.Networks);
    }

    [Theory]
    [InlineData("""{ "verbose": true }""", LogLevel.Information)]
    [InlineData("""{ "verbose": 1 }""", LogLevel.Information)]
    [InlineData("""{ "verbose": 2 }""", LogLevel.Debug)]
    [InlineData("""{ "verbose": false }""", LogLevel.Warning)]
    [InlineData("""{ "verbose": 0 }""", LogLevel.Warning)]
    [InlineData("""{ "quiet": true }""", LogLevel.Error)]
    [InlineData("""{ "quiet": false }""", LogLevel.Warning)]
    [InlineData("""{ "log-level": "trace" }""", LogLevel.Trace)]
    [InlineData("""{ "quiet": false, "log-level": "none" }""", LogLevel.None)]
    public void Flags_are_true_and_false_and_those_that_count_numbers(string text, LogLevel level) => Assert.Equal(level, Given.Profile(text).LogLevel);

    [Theory]
    [InlineData("""{ "exclude": "10.,192.168." }""", "10. 192.168.")]
    [InlineData("""{ "exclude": ["10.", "192.168."] }""", "10. 192.168.")]
    [InlineData("""{ "exclude": ["10.,172.16.0.0/12", "192.168."] }""", "10. 172.16.0.0/12 192.168.")]
    [InlineData("""{ "exclude": [] }""", "")]
    [InlineData("""{ "exclude": "" }""", "")]
    [InlineData("""{ "exclude": ["0.","1.","2.","3.","4.","5.","6.","7.","8.","9.","10."] }""", "0. 1. 2. 3. 4. 5. 6. 7. 8. 9. 10.")]
    public void A_list_is_a_text_or_several(string text, string networks) =>
        Assert.Equal(Given.Words(networks).Select(Parsed), Given.Profile(text).Traffic.Exclude.Networks);

    [Fact]
    public void A_variable_replaces_the_file_and_an_option_replaces_both()
    {
        const string Text = """{ "interface": "a", "exclude": ["10."], "exit-with-program": true, "verbose": true, "log-file": "f" }""";

        Settings settings = Given.Profile(Text);
        Assert.Equal(("a", 1, true, LogLevel.Information, "f"), Summary(settings));

        settings = Given.Profile(Text, null, ("BIND_INTERFACE", "b"), ("BIND_EXCLUDE", "11.,12."), ("BTI_EXIT_WITH_PROGRAM", "0"), ("BTI_LOG_FILE", ""));
        Assert.Equal(("b", 2, false, LogLevel.Information, "f"), Summary(settings));

        settings = Given.Profile(Text, ["-i", "c", "-x", "13.,14.,15.", "-q"], ("BIND_INTERFACE", "b"), ("BIND_EXCLUDE", "11.,12."));
        Assert.Equal(("c", 3, true, LogLevel.Error, "f"), Summary(settings));

        static (string?, int, bool, LogLevel, string?) Summary(Settings settings) =>
            (settings.Traffic.Interface, settings.Traffic.Exclude.Networks.Count, settings.ExitWithProgram, settings.LogLevel, settings.LogFile);
    }

    [Fact]
    public void The_port_of_the_file_is_that_of_an_address_on_the_command_line() => Assert.Equal(
        (ushort?)5353, Given.Profile("""{ "dns-port": 5353 }""", ["-d", "8.8.8.8"]).Traffic.Dns.IPv4?.Port);

    [Fact]
    public void What_is_wrong_in_the_file_is_an_error_also_where_an_option_replaces_it() => Assert.StartsWith(
        "/etc/vpn.json, line 1: interface: 'a/b' cannot be an interface",
        Assert.Throws<SettingsException>(() => Given.Profile("""{ "interface": "a/b" }""", ["-i", "ovpn"])).Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_setting_of_the_file_is_named_by_file_and_line()
    {
        Settings settings = Given.Profile("{\n\"source-ip\": \"10.8.0.2\",\n\"require-interface\": true, \"log-file\": \"f\"}");

        Assert.Equal("/etc/vpn.json, line 2: source-ip", settings.SourceNamedBy);
        Assert.Equal("/etc/vpn.json, line 3: require-interface", settings.InterfaceRequiredBy);
        Assert.Equal("/etc/vpn.json, line 3: log-file", settings.LogFileNamedBy);
    }

    [Fact]
    public void A_byte_order_mark_does_no_harm() => Assert.Equal("ovpn", Given.Profile("\uFEFF{ \"interface\": \"ovpn\" }").Traffic.Interface);

    [Fact]
    public void Every_setting_but_those_that_end_at_once_is_a_key() => Assert.Equal(
        ["profile", "dry-run", "status", "dump-filter", "check", "probe", "format", "help", "version"], Setting.All.Where(setting => !setting.IsInProfile).Select(setting => setting.Key));

    private static Network Parsed(string text) => Network.TryParse(text, out Network network) ? network : throw new ArgumentException(text);
}
