using BindToInterface.Supervisor.Logging;
using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor.Tests.Logging;

public sealed class LateLoggerFactoryTests
{
    [Fact]
    public void Nothing_is_set_up_before_a_line_is_written()
    {
        var lines = new Lines();
        ILogger logger = Factory(LogLevel.Warning, lines).CreateLogger("bti-supervise");

        logger.Started("program", 1);
        Assert.Equal(0, lines.Factories);

        logger.InterfaceMissing("ovpn");
        logger.DnsPortAlone(53);
        Assert.Equal(1, lines.Factories);
        Assert.Equal(2, lines.Written);
    }

    [Theory]
    [InlineData("bti-supervise", LogLevel.Debug, LogLevel.Debug)]
    [InlineData("bti-supervise", LogLevel.Error, LogLevel.Error)]
    [InlineData("Microsoft.Extensions.Hosting", LogLevel.Debug, LogLevel.Warning)]
    [InlineData("Microsoft.Extensions.Hosting", LogLevel.Error, LogLevel.Error)]
    public void Lines_are_written_from_a_level_on(string category, LogLevel minimum, LogLevel lowest)
    {
        ILogger logger = Factory(minimum, new Lines()).CreateLogger(category);

        Assert.True(logger.IsEnabled(lowest));
        Assert.False(logger.IsEnabled(lowest - 1));
        Assert.False(logger.IsEnabled(LogLevel.None));
    }

    private static LateLoggerFactory Factory(LogLevel minimum, Lines lines) => new(minimum, () =>
    {
        lines.Factories++;
        return lines;
    });

    private sealed class Lines : ILoggerFactory, ILogger
    {
        public int Factories { get; set; }

        public int Written { get; private set; }

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written++;
    }
}
