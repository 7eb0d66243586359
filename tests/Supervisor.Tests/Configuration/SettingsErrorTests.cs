namespace BindToInterface.Supervisor.Tests.Configuration;

/// <summary>Bad input: one line that names the option or the variable, the value, and what is accepted.</summary>
public sealed class SettingsErrorTests
{
    private const string Interfaces = "accepted is the name of a network interface as in 'ip link'";
    private const string Ports = "accepted is a number from 1 to 65535";
    private const string Endpoints = "accepted are 192.0.2.1, 192.0.2.1:53, 2001:db8::1 and [2001:db8::1]:53";
    private const string Addresses = "accepted are 192.0.2.1 and 2001:db8::1, one of each at most";
    private const string Networks = "accepted are addresses (192.0.2.1, 2001:db8::1), networks (192.0.2.0/24, 2001:db8::/32), "
        + "leading octets (192.168, 192.168.) and the word loopback, "
        + "the word lan, and host names with their domain (nas.example.org) or of /etc/hosts";

    [Theory]
    [InlineData("--verbose", "false")]
    [InlineData("--quiet", "true")]
    [InlineData("--exit-with-program", "")]
    public void An_option_without_a_value_takes_none(string option, string value)
    {
        string error = Given.Error([$"{option}={value}", "curl"]);

        Assert.Contains($"{option}: '{value}'", error, StringComparison.Ordinal);
        Assert.Contains("accepted is the option alone", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--interface", "BIND_INTERFACE", "a-name-of-16-byt", "'a-name-of-16-byt' is longer than 15 characters", Interfaces)]
    [InlineData("--interface", "BIND_INTERFACE", "a/b", "'a/b' cannot be an interface", Interfaces)]
    [InlineData("--dns", "DNS_OVERRIDE_IP", "dns.example", "'dns.example' is not an address", Endpoints)]
    [InlineData("--dns", "DNS_OVERRIDE_IP", "8.8.8.8,300.1.2.3", "'300.1.2.3' is not an address", Endpoints)]
    [InlineData("--dns", "DNS_OVERRIDE_IP", "8.8.8.8:0", "'0' in '8.8.8.8:0' is not a port", Ports)]
    [InlineData("--dns", "DNS_OVERRIDE_IP", "[2001:db8::1]:70000", "'70000' in '[2001:db8::1]:70000' is not a port", Ports)]
    [InlineData("--dns", "DNS_OVERRIDE_IP", "8.8.8.8,8.8.4.4", "'8.8.8.8,8.8.4.4' has two IPv4 addresses", "accepted is one per family")]
    [InlineData("--dns", "DNS_OVERRIDE_IP", ",", "',' has no address", Addresses)]
    [InlineData("--dns-port", "DNS_OVERRIDE_PORT", "0", "'0' is not a port", Ports)]
    [InlineData("--dns-port", "DNS_OVERRIDE_PORT", "70000", "'70000' is not a port", Ports)]
    [InlineData("--dns-port", "DNS_OVERRIDE_PORT", "-1", "'-1' is not a port", Ports)]
    [InlineData("--dns-port", "DNS_OVERRIDE_PORT", "domain", "'domain' is not a port", Ports)]
    [InlineData("--exclude", "BIND_EXCLUDE", "300.1.2.3", "'300.1.2.3' is not a destination", Networks)]
    [InlineData("--exclude", "BIND_EXCLUDE", "10.0.0.0/40", "'10.0.0.0/40' is not a destination", Networks)]
    [InlineData("--exclude", "BIND_EXCLUDE", "10.,localhost,11.", "'localhost' is not a destination", Networks)]
    [InlineData("--source-ip", "BIND_SOURCE_IP", "ovpn", "'ovpn' is not an address", Addresses)]
    [InlineData("--source-ip", "BIND_SOURCE_IP", "10.8.0.2:53", "'10.8.0.2:53' is not an address", Addresses)]
    [InlineData("--source-ip", "BIND_SOURCE_IP", "fd00::2,fd00::3", "'fd00::2,fd00::3' has two IPv6 addresses", "accepted is one per family")]
    [InlineData("--log-level", "BTI_LOG_LEVEL", "loud", "'loud' is not a level", "accepted are trace, debug, information, warning, error and none")]
    [InlineData("--resolver-daemons", "BTI_RESOLVER_DAEMONS", "maybe", "'maybe' is neither 'refuse' nor 'allow'", "which are accepted")]
    [InlineData("--log-format", "BTI_LOG_FORMAT", "xml", "'xml' is neither 'text' nor 'json'", "which are accepted")]
    public void A_wrong_value_is_named_by_where_it_came_from(string option, string variable, string value, string wrong, string accepted)
    {
        Check(option, Given.Error([$"{option}={value}", "curl"]));
        Check(option, Given.Error([option, value, "curl"], (variable, "also wrong")));
        Check(variable, Given.Error(["curl"], (variable, value)));

        void Check(string source, string message)
        {
            Assert.StartsWith($"{source}: {wrong}", message, StringComparison.Ordinal);
            Assert.EndsWith(accepted, message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--interface", "")]
    [InlineData("--dns", "")]
    [InlineData("--dns-port", "")]
    [InlineData("--source-ip", "")]
    [InlineData("--log-level", "")]
    [InlineData("--log-format", "")]
    [InlineData("--resolver-daemons", "")]
    [InlineData("--resolver-daemons", "maybe")]
    [InlineData("--resolver-daemons", "Allow")]
    public void An_option_that_is_empty_or_no_choice_is_an_error(string option, string value)
    {
        string message = Given.Error([option, value, "curl"], ("BIND_INTERFACE", "ovpn"), ("DNS_OVERRIDE_IP", "8.8.8.8"));

        Assert.StartsWith($"{option}: '{value}' ", message, StringComparison.Ordinal);
        Assert.Contains("accepted", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_of_several_lines_is_an_error_of_one_line()
    {
        Given.Error(["-i", "ov\npn", "curl"]);
        Given.Error(["-x", "10.\n11.", "curl"]);
        Given.Error(["--log-level", "a\nb", "curl"]);
    }

    [Theory]
    [InlineData("-i ov/pn", "-i: 'ov/pn' ")]
    [InlineData("-d curl", "-d: 'curl' is not an address; accepted are ")]
    [InlineData("-dcurl", "-d: 'curl' is not an address; accepted are ")]
    [InlineData("-vd curl", "-d: 'curl' is not an address; accepted are ")]
    [InlineData("-x x", "-x: 'x' ")]
    [InlineData("--exclude 10. -x x", "--exclude: 'x' ")]
    [InlineData("-i", "-i: no value is given; accepted is -i NAME")]
    [InlineData("--dns", "--dns: no value is given; accepted is --dns ADDRESS[,ADDRESS]")]
    [InlineData("-i a --interface b", "-i: 'a' and 'b' are 2 values; accepted is one")]
    [InlineData("--nonsense", "--nonsense: there is no such option; accepted are those that 'bti-supervise --help' lists")]
    public void An_error_names_the_option_as_it_was_written(string words, string message) =>
        Assert.StartsWith(message, Given.Error(Given.Words(words)), StringComparison.Ordinal);

    [Theory]
    [InlineData("BTI_REQUIRE_INTERFACE")]
    [InlineData("BTI_EXIT_WITH_PROGRAM")]
    public void A_variable_that_switches_takes_1_and_0(string variable) =>
        Assert.Equal($"{variable}: 'yes' is neither '1' nor '0', which are accepted", Given.Error(["curl"], (variable, "yes")));
}
