using System.Text.Json;
using BindToInterface.Supervisor.Logging;
using Serilog.Events;
using Serilog.Parsing;

namespace BindToInterface.Supervisor.Tests.Logging;

/// <summary>Texts that somebody else chose, in lines of the log.</summary>
public sealed class TextExtensionsTests
{
    /// <summary>Escapes, line breaks, C1 controls, bidirectional controls, separators, tags beyond the first plane.</summary>
    public static TheoryData<string> Obeyed =>
    [
        "\e[31m", "\n", "\r", "\0", "\t", "\u007f", "\u0085", "\u009b31m", "\u00ad", "\u061c", "\u200b", "\u200e", "\u200f", "\u2028", "\u2029",
        "\u202a", "\u202e", "\u2060", "\u2066", "\u2069", "\ufeff", "\U000e0041", "\U0001d173",
    ];

    [Theory]
    [MemberData(nameof(Obeyed))]
    public void What_a_terminal_or_a_reader_would_obey_is_not_in_a_line(string text)
    {
        string line = Render(new LineFormatter("log: "), $"a{text}b");

        Assert.StartsWith("log: a?", line, StringComparison.Ordinal);
        Assert.EndsWith("b\n", line, StringComparison.Ordinal);
        Assert.DoesNotContain(text, line[..^1], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Obeyed))]
    public void Json_escapes_it_and_loses_nothing(string text)
    {
        string line = Render(new JsonLineFormatter(), $"a{text}b");

        Assert.DoesNotContain(text, line[..^1], StringComparison.Ordinal);
        Assert.Equal($"a{text}b", JsonDocument.Parse(line).RootElement.GetProperty("Properties").GetProperty("Text").GetString());
    }

    [Theory]
    [InlineData(0xd800)]
    [InlineData(0xdbff)]
    [InlineData(0xdc00)]
    public void Half_of_a_pair_is_replaced(int unit)
    {
        // Not as a string: the test runner's own transport would replace it.
        string text = ((char)unit).ToString();
        Assert.Matches("^log: a[?]+b\n$", Render(new LineFormatter("log: "), $"a{text}b"));
        Assert.Matches("^a\ufffd+b$", JsonDocument.Parse(Render(new JsonLineFormatter(), $"a{text}b")).RootElement.GetProperty("Properties").GetProperty("Text").GetString()!);
    }

    [Theory]
    [InlineData("détour")]
    [InlineData("日本語 ✓")]
    [InlineData("😀 \"x\" {y}")]
    public void Other_texts_stay_what_they_are(string text)
    {
        Assert.Same(text, text.OneLine());
        Assert.Equal($"log: {text}\n", Render(new LineFormatter("log: "), text));
    }

    [Fact]
    public void What_an_exception_says_does_not_pass_for_a_line_of_its_own()
    {
        string text = Render(new LineFormatter("log: "), "x", new InvalidOperationException("wrong\nlog: forged\e[31m"));

        Assert.Equal("log: x", text.Split('\n')[0]);
        Assert.All(text.TrimEnd('\n').Split('\n').Skip(1), line => Assert.StartsWith("    ", line, StringComparison.Ordinal));
        Assert.DoesNotContain('\e', text);
    }

    private static string Render(Serilog.Formatting.ITextFormatter formatter, string text, Exception? exception = null)
    {
        var output = new StringWriter();
        formatter.Format(
            new LogEvent(DateTimeOffset.UnixEpoch, LogEventLevel.Warning, exception, new MessageTemplateParser().Parse("{Text}"),
                [new LogEventProperty("Text", new ScalarValue(text))]),
            output);
        return output.ToString();
    }
}
