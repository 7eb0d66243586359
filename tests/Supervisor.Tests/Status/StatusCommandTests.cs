using BindToInterface.Supervisor.Configuration;
using BindToInterface.Supervisor.Status;

namespace BindToInterface.Supervisor.Tests.Status;

public sealed class StatusCommandTests
{
    [Theory]
    [InlineData(4711, true)] // the supervisor
    [InlineData(4712, true)] // its program
    [InlineData(4800, true)] // a process below it
    [InlineData(1, false)]
    [InlineData(4000, false)]
    public void A_process_is_found_by_the_supervisor_above_it(int pid, bool isFound)
    {
        int? ParentOf(int process) => process switch { 4800 => 4799, 4799 => 4711, 4711 => 4000, 4000 => 1, 1 => 0, _ => null };

        Assert.Equal(isFound, StatusCommand.Of(pid, [Statuses.Shell, Statuses.Curl], ParentOf) == Statuses.Curl);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("99999999999")]
    public void What_is_no_process_id_is_refused(string process) =>
        Assert.Contains("is not a process id; accepted is a number", Assert.Throws<SettingsException>(() => StatusCommand.Run(process, asJson: false)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("--status", "")]
    [InlineData("--status 4711", "4711")]
    [InlineData("--status=4711", "4711")]
    [InlineData("--status 4711 --format json", "4711")]
    [InlineData("--format json --status", "")]
    [InlineData("--status --format json", "")]
    public void The_process_id_may_be_left_out(string line, string process)
    {
        CommandLine parsed = CommandLine.Parse(line.Split(' '));

        Assert.Equal((process, 0), (parsed.StatusOf, parsed.ProgramWords));
    }

    [Fact]
    public void Another_word_is_not_its_value() => Assert.Equal(1, CommandLine.Parse(["--status", "curl"]).ProgramWords);
}
