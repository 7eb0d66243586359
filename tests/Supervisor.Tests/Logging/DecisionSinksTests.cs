using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;

namespace BindToInterface.Supervisor.Tests.Logging;

public sealed class DecisionSinksTests
{
    private static readonly Notification Ours = new(1, Environment.ProcessId, SystemCall.Connect, AbiLayout.Bits64, default(SeccompData.Arguments));

    [Fact]
    public void Each_sink_that_wants_a_decision_hears_of_it_once()
    {
        var all = new Sink { WantsAll = true };
        var none = new Sink();
        var sinks = new DecisionSinks([all, none], (in Notification _) => true);

        sinks.Publish(new Outcome(Response.Continue, Judged()));
        sinks.Publish(new Outcome(Response.Result(2)) { OfMessages = [Judged(), Judged()] });
        sinks.Publish(new Outcome(Response.Continue));

        Assert.Equal(3, all.Heard.Count);
        Assert.Empty(none.Heard);
    }

    [Fact]
    public void Who_called_is_read_only_where_a_sink_asks_for_it()
    {
        var counter = new Sink { WantsAll = true };
        var log = new Sink { WantsAll = true, NamesCaller = true };

        Assert.Null(new DecisionSinks([counter], (in Notification _) => true).Describe(Ours, Judged())!.Caller);
        Assert.Equal(Environment.ProcessId, new DecisionSinks([counter, log], (in Notification _) => true).Describe(Ours, Judged())!.Caller!.Process);
    }

    [Fact]
    public void What_was_read_of_a_process_is_not_used_once_its_call_no_longer_waits() =>
        Assert.Null(new DecisionSinks([new Sink { WantsAll = true, NamesCaller = true }], (in Notification _) => false).Describe(Ours, Judged()));

    [Fact]
    public void A_sink_that_is_off_costs_no_memory()
    {
        var sinks = new DecisionSinks([new Sink()], (in Notification _) => true);
        var outcome = new Outcome(Response.Continue);
        Verdict verdict = Judged().Verdict;
        sinks.Publish(outcome);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 1000; i++)
        {
            _ = sinks.Want(DecisionKind.Judged, verdict);
            sinks.Publish(outcome);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void What_is_announced_is_waited_for()
    {
        var sink = new Sink { WantsAll = true, Delay = 50 };
        var sinks = new DecisionSinks([sink], (in Notification _) => true);
        var outcome = new Outcome(Response.Continue, Judged());
        sinks.Announce(outcome);
        new Thread(() => sinks.Publish(outcome)).Start();

        sinks.Drain();

        Assert.Single(sink.Heard);
    }

    private static Decision Judged() => new(DecisionKind.Judged, Ours, new Verdict(VerdictKind.Bind, default) { Interface = "ovpn" });

    private sealed class Sink : IDecisionSink
    {
        public List<Decision> Heard { get; } = [];

        public bool WantsAll { get; init; }

        public bool NamesCaller { get; init; }

        public bool Wants(DecisionKind kind, in Verdict verdict) => WantsAll;

        public int Delay { get; init; }

        public void Publish(Decision decision)
        {
            Thread.Sleep(Delay);
            Heard.Add(decision);
        }
    }
}
