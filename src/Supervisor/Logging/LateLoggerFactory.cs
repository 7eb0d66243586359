using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor.Logging;

/// <summary>
/// Sets the log up when its first line is written. Most runs write none, and a program must not wait for what Serilog prepares
/// (0.2 ms). The level is compared here.
/// </summary>
/// <param name="minimum">The level from which on lines are written.</param>
/// <param name="create">Sets the log up; it writes all that it gets.</param>
internal sealed class LateLoggerFactory(LogLevel minimum, Func<ILoggerFactory> create) : ILoggerFactory
{
    private readonly LogLevel minimum = minimum;
    private readonly Lazy<ILoggerFactory> factory = new(create);

    /// <summary>Sets the log up now.</summary>
    public void Create() => _ = factory.Value;

    public ILogger CreateLogger(string categoryName) => new LateLogger(this, categoryName);

    public void AddProvider(ILoggerProvider provider) => factory.Value.AddProvider(provider);

    public void Dispose()
    {
        if (factory.IsValueCreated)
        {
            factory.Value.Dispose();
        }
    }

    private sealed class LateLogger(LateLoggerFactory owner, string category) : ILogger
    {
        // The host's own "Hosting starting" tells a user nothing.
        private readonly LogLevel minimum =
            category.StartsWith("Microsoft.", StringComparison.Ordinal) && owner.minimum < LogLevel.Warning ? LogLevel.Warning : owner.minimum;

        private ILogger? logger;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= minimum && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                logger ??= owner.factory.Value.CreateLogger(category);
                logger.Log(logLevel, eventId, state, exception, formatter);
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;
    }
}
