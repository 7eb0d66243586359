using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;

namespace BindToInterface.Supervisor.Tests.Logging;

public sealed class DecisionSinksTests
{
    private static readonly Outcome Decided = new(Response.Continue, new Decision(DecisionKind.Judged, default, default));

    [Fact]
    public void What_is_announced_is_waited_for()
    {
        var sink = new SlowSink();
        var sinks = new DecisionSinks([sink], (in Notification _) => true);
        sinks.Announce(Decided);
        new Thread(() => sinks.Publish(Decided)).Start();

        sinks.Drain();

        Assert.True(sink.HasHeard);
    }

    [Fact]
    public void What_carries_no_decision_is_not_published()
    {
        var sink = new SlowSink();
        var sinks = new DecisionSinks([sink], (in Notification _) => true);
        Outcome undecided = Response.Continue;
        sinks.Announce(undecided);
        sinks.Publish(undecided);

        sinks.Drain();

        Assert.False(sink.HasHeard);
    }

    private sealed class SlowSink : IDecisionSink
    {
        public bool HasHeard { get; private set; }

        public bool NamesCaller => false;

        public bool Wants(DecisionKind kind, in Verdict verdict) => true;

        public void Publish(in Decision decision)
        {
            Thread.Sleep(50);
            HasHeard = true;
        }
    }
}
