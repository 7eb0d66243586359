using BindToInterface.Supervisor.Configuration;

namespace BindToInterface.Supervisor.Tests.Configuration;

public sealed class HelpTests
{
    private static readonly string[] Lines = CommandLine.HelpText().Split('\n');

    [Fact]
    public void No_line_is_longer_than_100_columns() => Assert.All(Lines, line => Assert.InRange(line.Length, 0, 100));

    [Fact]
    public void Each_option_is_there_with_its_variable() => Assert.All(Setting.All, setting =>
    {
        Assert.Contains(Lines, line => line.Contains(setting.Option, StringComparison.Ordinal));
        Assert.Contains(Lines, line => line.Contains($"[{setting.Variable}]", StringComparison.Ordinal));
    });

    [Fact]
    public void There_are_two_examples() => Assert.Equal(2, Lines.Count(line => line.StartsWith("  bti-supervise --", StringComparison.Ordinal)));
}
