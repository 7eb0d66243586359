using BindToInterface.Supervisor.Configuration;
using BindToInterface.Supervisor.Logging;
using Serilog.Events;

namespace BindToInterface.Supervisor.Tracing;

/// <summary>Trace and summary of a run, as the settings ask for them.</summary>
internal sealed class Observation : IDisposable
{
    private readonly TraceWriter? trace;
    private readonly Summary? summary;
    private readonly Tracer tracer;

    private Observation(Settings settings)
    {
        Observer = new Observer { TellsResults = settings.Trace is not null && !settings.DryRun, IsDry = settings.DryRun };
        trace = settings.Trace is null ? null : new TraceWriter(settings);
        summary = settings.Summary ? new Summary(Observer.Names) : null;
        tracer = new Tracer(Observer, wantsAll: trace is not null, [.. new ITraceOutput?[] { trace, summary }.OfType<ITraceOutput>()]);
    }

    /// <summary>What the handlers note down.</summary>
    public Observer Observer { get; }

    /// <summary>What hears of decisions.</summary>
    public IEnumerable<IDecisionSink> Sinks => new IDecisionSink?[] { summary, tracer }.OfType<IDecisionSink>();

    /// <summary>What the settings ask for; null where that is nothing.</summary>
    /// <exception cref="StartException">The file cannot be written.</exception>
    public static Observation? Of(Settings settings) => settings.Observes ? new Observation(settings) : null;

    /// <summary>Starts to find out what becomes of connections, once the program has been started.</summary>
    public void Start() => tracer.Start();

    /// <summary>The run has ended: tells what is left to tell, and the summary.</summary>
    public void End()
    {
        tracer.End();
        if (summary is null)
        {
            return;
        }

        (IReadOnlyList<(SummaryKey, SummaryCounts)> apart, SummaryCounts others) = summary.Read();
        foreach (string line in SummaryText.Lines(apart, others, Observer.IsDry))
        {
            StandardError.Write($"{line}\n", LogEventLevel.Information);
            StandardError.Flush();
        }
    }

    public void Dispose()
    {
        tracer.Dispose();
        trace?.Dispose();
    }
}
