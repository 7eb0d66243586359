namespace BindToInterface.EndToEnd;

/// <summary>Bad input is one line that names the option, the value and what is accepted, and no program is started.</summary>
[Collection(Collections.Parent)]
public sealed class BadInputTests(Lab lab) : LabTest(lab)
{
    [LabTheory]
    [Everyone("--interface", "abcdefghijklmnop")]
    [Everyone("--interface", "eth0/1")]
    [Everyone("--exclude", "300.1.2.3")]
    [Everyone("--exclude", "10.0.0.0/40")]
    [Everyone("--exclude", "10.1.2.3,localhost")]
    [Everyone("--exclude", "2001:db8::/129")]
    [Everyone("--dns", "example")]
    [Everyone("--dns", "300.1.2.3")]
    [Everyone("--dns", "203.0.113.54:0")]
    [Everyone("--dns", "203.0.113.54:70000")]
    [Everyone("--dns", "203.0.113.54,203.0.113.53")]
    [Everyone("--dns-port", "0")]
    [Everyone("--dns-port", "70000")]
    [Everyone("--dns-port", "dns")]
    [Everyone("--source-ip", "here")]
    [Everyone("--source-ip", "10.8.0.2,10.8.0.3")]
    [Everyone("--log-level", "loud")]
    [Everyone("--log-format", "xml")]
    [Everyone("--log-file", "/nowhere/at/all")]
    public void A_bad_value_is_named_with_its_option(Who who, string option, string value)
    {
        foreach (var words in (string[][])[[option, value], [$"{option}={value}"]])
        {
            var line = Refusal(Lab.Run(who, [Lab.Supervisor, .. words, "--", "echo", "started"]));

            Assert.Contains(option, line, StringComparison.Ordinal);
            Assert.Contains(value.Split(',')[^1], line, StringComparison.Ordinal);
        }
    }

    [LabTheory]
    [Everyone("BIND_INTERFACE", "abcdefghijklmnop")]
    [Everyone("BIND_EXCLUDE", "10.0.0.0/40")]
    [Everyone("DNS_OVERRIDE_IP", "example")]
    [Everyone("DNS_OVERRIDE_PORT", "70000")]
    [Everyone("BIND_SOURCE_IP", "here")]
    [Everyone("BTI_LOG_LEVEL", "loud")]
    [Everyone("BTI_LOG_FORMAT", "xml")]
    public void A_bad_value_is_named_with_its_environment_variable(Who who, string variable, string value)
    {
        var line = Refusal(Lab.Run(who, ["env", $"{variable}={value}", Lab.Supervisor, "--", "echo", "started"]));

        Assert.Contains(variable, line, StringComparison.Ordinal);
        Assert.Contains(value, line, StringComparison.Ordinal);
    }

    [LabTheory]
    [Everyone("--no-such-option -- echo started", "--no-such-option")]
    [Everyone("-Z echo started", "-Z")]
    [Everyone("--interface", "--interface")]
    [Everyone("", "PROGRAM")]
    [Everyone("--", "PROGRAM")]
    [Everyone("--interface ovpn", "PROGRAM")]
    [Everyone("--interface ovpn --", "PROGRAM")]
    public void A_bad_command_line_is_named(Who who, string words, string named) =>
        Assert.Contains(
            named,
            Refusal(Lab.Run(who, [Lab.Supervisor, .. words.Split(' ', StringSplitOptions.RemoveEmptyEntries)])),
            StringComparison.Ordinal);

    [LabTheory]
    [Everyone("-i ovpn -d curl http://198.51.100.1/", "-d: 'curl' is not an address; accepted are ")]
    [Everyone("-i curl", "PROGRAM: none is given (-i has taken 'curl' as its value); accepted is ")]
    [Everyone("-i a -i b true", "-i: 'a' and 'b' are 2 values; accepted is one")]
    public void Each_error_has_the_option_the_value_and_what_is_accepted(Who who, string words, string message) => Assert.StartsWith(
        $"bti-supervise: {message}", Refusal(Lab.Run(who, [Lab.Supervisor, .. words.Split(' ')])), StringComparison.Ordinal);

    private static string Refusal(Result result)
    {
        Assert.Equal("", result.ExitsWith(125).Output);
        return Assert.Single(result.ErrorLines);
    }
}
