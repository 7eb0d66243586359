using BindToInterface.Supervisor.Configuration;

namespace BindToInterface.Supervisor.Tests.Configuration;

/// <summary>What a changed profile changes for a program that runs.</summary>
public sealed class SettingsChangeTests
{
    [Theory]
    [InlineData("\"interface\": \"ovpn\"", "\"interface\": \"lan0\"", "interface: lan0", "")]
    [InlineData("\"interface\": \"ovpn\"", "\"interface\": \"ovpn\", \"dns\": [\"8.8.8.8\", \"::1\"]", "dns: 8.8.8.8,::1", "")]
    [InlineData("\"interface\": \"ovpn\", \"dns\": \"8.8.8.8\"", "\"interface\": \"ovpn\"", "dns: none", "")]
    [InlineData("\"dns\": \"8.8.8.8\", \"dns-port\": 53", "\"dns\": \"8.8.8.8\", \"dns-port\": 5353", "dns-port: 5353", "")]
    [InlineData("\"exclude\": [\"10.\", \"11.\"]", "\"exclude\": \"10.,11.\"", "", "")]
    [InlineData("\"exclude\": [\"10.\"]", "\"exclude\": []", "exclude: none", "")]
    [InlineData("\"source-ip\": \"10.8.0.2\"", "\"source-ip\": \"10.8.0.3\", \"resolver-daemons\": \"allow\"", "source-ip: 10.8.0.3|resolver-daemons: allow", "")]
    [InlineData("\"verbose\": true", "\"quiet\": true, \"exclude\": \"10.\"", "exclude: 10.", "verbose|quiet")]
    [InlineData("", "\"log-file\": \"f\", \"log-level\": \"none\", \"log-format\": \"json\", \"exit-with-program\": true", "", "exit-with-program|log-level|log-format|log-file")]
    public void What_says_where_traffic_goes_is_taken_over_and_the_rest_needs_a_restart(string before, string after, string takenOver, string needRestart)
    {
        SettingsChange change = SettingsChange.Between(Given.Profile($"{{{before}}}"), Given.Profile($"{{{after}}}"), "f");

        Assert.Equal(takenOver, string.Join('|', change.TakenOver));
        Assert.Equal(needRestart, string.Join('|', change.NeedRestart));
    }

    [Fact]
    public void What_an_option_or_a_variable_replaces_does_not_change()
    {
        string[] words = ["-i", "lan0"];
        (string, string) variable = ("BIND_EXCLUDE", "10.");

        SettingsChange change = SettingsChange.Between(
            Given.Profile("""{ "interface": "a", "exclude": "11." }""", words, variable),
            Given.Profile("""{ "interface": "b", "exclude": "12." }""", words, variable),
            "f");

        Assert.Empty(change.TakenOver);
        Assert.Empty(change.NeedRestart);
    }

    [Theory]
    [InlineData("""{ "interface": "ovpn" }""", """{ "dns": "8.8.8.8" }""", "taken away")]
    [InlineData("""{ "dns": "8.8.8.8" }""", """{ "interface": "ovpn" }""", "set where none was")]
    public void An_interface_is_neither_set_nor_taken_away(string before, string after, string what) => Assert.Equal(
        $"f: interface: it can be changed while the program runs, but not {what}; start the program again",
        Assert.Throws<SettingsException>(() => SettingsChange.Between(Given.Profile(before), Given.Profile(after), "f")).Message);

    [Fact]
    public void What_needs_a_restart_is_compared_with_what_the_program_was_started_with()
    {
        Settings start = Given.Profile("""{ "exclude": "10." }""");
        Settings running = SettingsChange.Apply(start, Given.Profile("""{ "exclude": "11.", "quiet": true }"""));

        Assert.Empty(SettingsChange.Between(running, Given.Profile("""{ "exclude": "11." }"""), "f").NeedRestart);
        Assert.Equal(["quiet"], SettingsChange.Between(running, Given.Profile("""{ "exclude": "11.", "quiet": true }"""), "f").NeedRestart);
        Assert.Empty(SettingsChange.Between(running, Given.Profile("""{ "exclude": "11." }"""), "f").TakenOver);
    }

    /// <summary>The filter that has the supervisor make the sockets is there for good, and so is what it stands for.</summary>
    [Fact]
    public void Strict_mode_can_be_neither_left_nor_begun()
    {
        Settings strict = Given.Profile("""{ "interface": "ovpn", "strict": true, "exclude": "10." }""");
        Settings usual = Given.Profile("""{ "interface": "ovpn", "exclude": "11." }""");

        Assert.True(SettingsChange.Apply(strict, usual).Traffic.IsStrict);
        Assert.False(SettingsChange.Apply(usual, strict).Traffic.IsStrict);
        Assert.Equal(["strict"], SettingsChange.Between(strict, usual, "vpn.json").NeedRestart);
    }
}
