using System.Text.Json;
using BindToInterface.Supervisor.Check;
using BindToInterface.Supervisor.Configuration;

namespace BindToInterface.Supervisor.Tests.Check;

public sealed class CheckReportTests
{
    private static readonly Finding[] Findings =
    [
        Finding.Ok("interface", "interface ovpn is up"),
        Finding.Warning("DNS", "nameserver ✓ \u001b[2J is odd") with { Option = (Setting.Dns, "8.8.8.8") },
        Finding.Problem("route", "IPv4 has no route") with { Command = "ip route add default dev ovpn" },
    ];

    private static readonly CheckedCommand Command = Given();

    [Fact]
    public void A_table_has_a_line_for_each_in_columns_with_what_to_type() => Assert.Equal(
        """
        ok       interface  interface ovpn is up
        warning  DNS        nameserver ✓ ?[2J is odd; type: bti-supervise --check --interface ovpn --dns 8.8.8.8
        problem  route      IPv4 has no route; type: ip route add default dev ovpn

        """,
        CheckReport.Table(Findings, Command, isColoured: false));

    [Fact]
    public void Colours_are_around_the_state_only() =>
        Assert.StartsWith("\e[32mok\e[0m       interface  interface ovpn is up\n", CheckReport.Table(Findings, Command, isColoured: true), StringComparison.Ordinal);

    [Fact]
    public void The_JSON_document_has_the_same()
    {
        using var document = JsonDocument.Parse(CheckReport.Json(Findings, Command));

        Assert.False(document.RootElement.GetProperty("ok").GetBoolean());
        JsonElement[] findings = [.. document.RootElement.GetProperty("findings").EnumerateArray()];
        Assert.Equal(["ok", "warning", "problem"], findings.Select(each => each.GetProperty("state").GetString()));
        Assert.Equal(
            [null, "bti-supervise --check --interface ovpn --dns 8.8.8.8", "ip route add default dev ovpn"],
            findings.Select(each => each.GetProperty("remedy").GetString()));
    }

    [Theory]
    [InlineData("-i ovpn --exclude 10.0.0.0/8,loopback --check", "--exclude", null, "bti-supervise --check --interface ovpn")]
    [InlineData("-i ovpn -x 10.0.0.0/8 --exclude loopback -v --check", "--dns", "1.1.1.1", "bti-supervise --check --interface ovpn --dns 1.1.1.1 --exclude 10.0.0.0/8,loopback --verbose")]
    [InlineData("--check --log-file=a'b", "--interface", "ovpn", @"bti-supervise --check --interface ovpn --log-file 'a'\''b'")]
    public void A_remedy_is_the_same_command_with_another_option(string words, string option, string? value, string typed)
    {
        Setting setting = Setting.All.Single(each => each.Option == option);

        Assert.Equal(typed, Given(words).With(setting, value));
    }

    [Fact]
    public void A_variable_that_sets_what_is_left_out_is_emptied()
    {
        var command = new CheckedCommand(CommandLine.Parse(["--check"]).Given, name => name == "BIND_EXCLUDE" ? "0.0.0.0/0" : null);

        Assert.Equal("BIND_EXCLUDE= bti-supervise --check", command.With(Setting.Exclude, null));
    }

    private static CheckedCommand Given(string words = "-i ovpn --check") => new(CommandLine.Parse(words.Split(' ')).Given, _ => null);
}
