using BindToInterface.Supervisor.Configuration;

namespace BindToInterface.Supervisor.Tests.Configuration;

/// <summary>A wrong profile: one line with the file, the line, the key, and what is accepted.</summary>
public sealed class ProfileErrorTests
{
    private const string Object = """accepted is { "interface": "ovpn", "exclude": ["loopback"] }""";

    [Theory]
    // Keys.
    [InlineData("{\n\n\"interfce\": \"ovpn\" }", 3, "interfce: there is no such key; did you mean interface?; accepted are interface, ", "metrics-file")]
    [InlineData("{ \"BIND_EXCLUDE\": \"10.\" }", 1, "BIND_EXCLUDE: there is no such key; did you mean exclude?", "metrics-file")]
    [InlineData("{ \"--dns\": \"8.8.8.8\" }", 1, "--dns: there is no such key; did you mean dns?", "metrics-file")]
    [InlineData("{ \"Interface\": \"ovpn\" }", 1, "Interface: there is no such key; did you mean interface?", "metrics-file")]
    [InlineData("{ \"log_level\": \"none\" }", 1, "log_level: there is no such key; did you mean log-level?", "metrics-file")]
    [InlineData("{ \"exclude:0\": \"10.\" }", 1, "exclude:0: there is no such key; did you mean exclude?", "metrics-file")]
    [InlineData("{ \"profile\": \"vpn\" }", 1, "profile: there is no such key; accepted are interface, ", "metrics-file")]
    [InlineData("{ \"help\": true }", 1, "help: there is no such key; accepted are interface, ", "metrics-file")]
    [InlineData("{ \"a\\nb\": true }", 1, "a?b: there is no such key; accepted are ", "metrics-file")]
    [InlineData("{\n\"quiet\": true,\n\"quiet\": true }", 3, "quiet: it was set in line 2 already; accepted is one value", "")]
    // Types.
    [InlineData("{ \"interface\": 5 }", 1, "interface: 5 is not of the right type; accepted is a text, \"NAME\"", "")]
    [InlineData("{ \"interface\": null }", 1, "interface: null is not of the right type; accepted is a text", "")]
    [InlineData("{ \"interface\": [\"ovpn\"] }", 1, "interface: a list is not of the right type; accepted is a text", "")]
    [InlineData("{ \"exclude\": { \"a\": \"10.\" } }", 1, "exclude: an object is not of the right type; accepted is \"LIST\" or a list", "")]
    [InlineData("{ \"exclude\": [\n\"10.\",\n10 ] }", 3, "exclude: 10 is not of the right type; accepted is \"LIST\" or a list", "")]
    [InlineData("{ \"dns\":\n[[\"8.8.8.8\"]] }", 2, "dns: a list is not of the right type", "")]
    [InlineData("{ \"dns-port\": \"53\" }", 1, "dns-port: \"53\" is not of the right type; accepted is a number", "")]
    [InlineData("{ \"quiet\": \"yes\" }", 1, "quiet: \"yes\" is not of the right type; accepted is true or false", "")]
    [InlineData("{ \"quiet\": 1 }", 1, "quiet: 1 is not of the right type; accepted is true or false", "")]
    [InlineData("{ \"verbose\": \"2\" }", 1, "verbose: \"2\" is not of the right type; accepted is true, false or a number", "")]
    [InlineData("{ \"log-format\": true }", 1, "log-format: true is not of the right type; accepted is \"text\" or \"json\"", "")]
    // Values.
    [InlineData("{\n\"interface\":\n\"a/b\" }", 2, "interface: 'a/b' cannot be an interface", "accepted is the name of a network interface as in 'ip link'")]
    [InlineData("{\n\"exclude\": [\n\"10.\",\n\"nowhere\" ] }", 4, "exclude: 'nowhere' is not a destination; accepted are addresses", "/etc/hosts")]
    [InlineData("{\n\"exclude\": \"10.,nowhere\" }", 2, "exclude: 'nowhere' is not a destination; accepted are addresses", "/etc/hosts")]
    [InlineData("{\n\"dns\": [\"8.8.8.8\",\n\"8.8.4.4\"] }", 2, "dns: '8.8.8.8,8.8.4.4' has two IPv4 addresses; accepted is one per family", "")]
    [InlineData("{ \"dns\": [\"8.8.8.8\",\n\"dns.example\"] }", 2, "dns: 'dns.example' is not an address; accepted are ", "[2001:db8::1]:53")]
    [InlineData("{ \"dns-port\": 70000 }", 1, "dns-port: '70000' is not a port; accepted is a number from 1 to 65535", "")]
    [InlineData("{ \"dns-port\": 1e3 }", 1, "dns-port: '1e3' is not a port; accepted is a number from 1 to 65535", "")]
    [InlineData("{ \"verbose\": -1 }", 1, "verbose: '-1' is not a number; accepted is a whole number from 0", "")]
    [InlineData("{ \"log-level\": \"loud\" }", 1, "log-level: 'loud' is not a level; accepted are trace", "none")]
    [InlineData("{ \"resolver-daemons\": \"maybe\" }", 1, "resolver-daemons: 'maybe' is neither 'refuse' nor 'allow', which are accepted", "")]
    public void A_wrong_key_or_value_is_told_with_its_line_and_what_is_accepted(string text, int line, string what, string end)
    {
        string message = Error(text);

        Assert.StartsWith($"/etc/vpn.json, line {line}: {what}", message, StringComparison.Ordinal);
        Assert.EndsWith(end, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 1, "the file is empty")]
    [InlineData(" \n ", 1, "the file is empty")]
    [InlineData("// nothing", 1, "'// nothing' is not JSON here")]
    [InlineData("\n[]", 2, "the file is no object")]
    [InlineData("\"interface\"", 1, "the file is no object")]
    [InlineData("{\n\"interface\": \"ovpn\"\n\"quiet\": true }", 3, "'\"quiet\": true }' is not JSON here")]
    [InlineData("{ 'interface': 'ovpn' }", 1, "'{ 'interface': 'ovpn' }' is not JSON here")]
    [InlineData("interface=ovpn", 1, "'interface=ovpn' is not JSON here")]
    [InlineData("{\n\"interface\": \"ovpn\"\n", 3, "the file ends too early")]
    [InlineData("{\n\"interface\": \"ovpn\" }\n}", 3, "'}' is not JSON here")]
    [InlineData("{ \"interface\":\n\"\\ud800\" }", 2, "'\"\\ud800\" }' is not JSON here")]
    public void What_is_no_JSON_is_told_with_its_line(string text, int line, string what)
    {
        string message = Error(text);

        Assert.StartsWith($"/etc/vpn.json, line {line}: {what}", message, StringComparison.Ordinal);
        Assert.EndsWith(Object, message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_UTF_8_is_told() => Assert.StartsWith(
        "/etc/vpn.json: this is not UTF-8 text; accepted is JSON",
        Assert.Throws<SettingsException>(() => new Profile("/etc/vpn.json", [(byte)'{', 0xff, (byte)'}']).Given()).Message,
        StringComparison.Ordinal);

    private static string Error(string text)
    {
        string message = Assert.Throws<SettingsException>(() => Given.Profile(text)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }
}
