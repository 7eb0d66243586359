using BindToInterface.Supervisor.Configuration;

namespace BindToInterface.Supervisor.Tests.Configuration;

public sealed class HelpTests
{
    private static readonly string[] Lines = HelpText.Make().Split('\n');

    [Fact]
    public void No_line_is_longer_than_100_columns() => Assert.All(Lines, line => Assert.InRange(line.Length, 0, 100));

    [Fact]
    public void It_begins_with_the_usage() => Assert.Equal("Usage: bti-supervise [OPTIONS] [--] PROGRAM [ARG...]", Lines[0]);

    [Fact]
    public void Each_option_is_there_with_its_variable() => Assert.All(Setting.All, setting =>
    {
        Assert.Contains(Lines, line => line.Contains(setting.Option, StringComparison.Ordinal));
        if (setting.Variable is not null)
        {
            Assert.Contains(Lines, line => line.Contains($"[{setting.Variable}]", StringComparison.Ordinal));
        }
    });

    [Theory]
    [InlineData("  -i, --interface NAME          send IP traffic out through this interface only [BIND_INTERFACE]")]
    [InlineData("  -v, --verbose                 one line per decision; -vv for more")]
    [InlineData("  --version                     show the version")]
    public void A_line_is_as_wide_as_its_column(string line) => Assert.Contains(line, Lines);

    [Fact]
    public void No_line_ends_with_a_blank() => Assert.All(Lines, line => Assert.Equal(line.TrimEnd(), line));

    [Fact]
    public void There_are_two_examples() => Assert.Equal(2, Lines.Count(line => line.StartsWith("  bti-supervise --", StringComparison.Ordinal)));
}
