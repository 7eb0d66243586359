using BindToInterface.EndToEnd;
using BindToInterface.Supervisor.Logging;
using Serilog.Events;
using Serilog.Parsing;

namespace BindToInterface.Supervisor.Tests.Logging;

/// <summary>The file of --log-file.</summary>
public sealed class FileSinkTests : IDisposable
{
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void Lines_are_appended_to_what_is_there()
    {
        string path = scratch.File("log");
        File.WriteAllText(path, "before\n");
        using FileSink sink = Sink(path);

        Emit(sink, "one");
        Emit(sink, "two");

        Assert.Equal("before\none\ntwo\n", File.ReadAllText(path));
    }

    [Fact]
    public void Where_the_name_leads_to_another_file_that_one_is_opened()
    {
        string path = scratch.File("log");
        using FileSink sink = Sink(path);
        Emit(sink, "old");
        File.Move(path, scratch.File("log.1"));

        Emit(sink, "new");

        Assert.Equal("old\n", File.ReadAllText(scratch.File("log.1")));
        Assert.Equal("new\n", File.ReadAllText(path));
    }

    [Fact]
    public void What_is_emitted_after_the_end_is_lost_without_a_word()
    {
        string path = scratch.File("log");
        FileSink sink = Sink(path);
        sink.Dispose();

        Emit(sink, "late");

        Assert.Empty(File.ReadAllText(path));
    }

    [Theory]
    [InlineData("", "Is a directory")]
    [InlineData("nowhere/log", "No such file or directory")]
    public void A_file_that_cannot_be_opened_is_named_with_the_option_and_the_reason(string name, string reason)
    {
        StartException refusal = Assert.Throws<StartException>(() => Sink(scratch.File(name)));

        Assert.StartsWith($"--log-file: '{scratch.File(name)}' cannot be written: {reason}; ", refusal.Message, StringComparison.Ordinal);
    }

    private static FileSink Sink(string path) => new(new LineFormatter(""), path, "--log-file");

    private static void Emit(FileSink sink, string text) =>
        sink.Emit(new LogEvent(DateTimeOffset.UnixEpoch, LogEventLevel.Warning, null, new MessageTemplateParser().Parse(text), []));
}
