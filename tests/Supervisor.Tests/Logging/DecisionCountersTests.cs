using BindToInterface.Policy;
using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Logging;

namespace BindToInterface.Supervisor.Tests.Logging;

public sealed class DecisionCountersTests
{
    private static readonly Verdict Bound = new(VerdictKind.Bind, default) { Interface = "ovpn" };

    private readonly DecisionCounters counters = new();

    [Fact]
    public void Each_verdict_is_counted_as_what_it_is()
    {
        DecisionCounts counts = counters.Begin();
        counts.Judged(Bound);
        counts.Judged(Bound with { Rewritten = true });
        counts.Judged(Bound.Refuse(Errno.ENETUNREACH, "gone"));
        counts.Judged(new Verdict(VerdictKind.Exclude, default) { Rewritten = true });
        counts.Judged(new Verdict(VerdictKind.Pass, default));
        counts.Failed();

        Assert.Equal([(null, 1, 1, 0, 0, 1, 1), ("ovpn", 0, 0, 2, 1, 0, 1)], Sum());
    }

    [Fact]
    public void All_threads_are_added_up_and_those_that_have_ended_as_well()
    {
        Verdict other = Bound with { Interface = "corp0" };
        var threads = Enumerable.Range(0, 8).Select(number => new Thread(() =>
        {
            DecisionCounts counts = counters.Begin();
            for (int i = 0; i < 10_000; i++)
            {
                counts.Judged(i % 10 == 0 ? other : Bound);
            }

            counters.Failed();
            if (number % 2 == 0)
            {
                counters.End(counts);
                counters.End(counts);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Equal([(null, 0, 0, 0, 0, 8, 0), ("corp0", 0, 0, 8_000, 0, 0, 0), ("ovpn", 0, 0, 72_000, 0, 0, 0)], Sum());
    }

    [Fact]
    public void To_count_allocates_nothing()
    {
        DecisionCounts counts = counters.Begin();
        counts.Judged(Bound);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 1000; i++)
        {
            counts.Judged(Bound);
            counts.Failed();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private IEnumerable<(string?, long, long, long, long, long, long)> Sum() => counters.Sum().Select(row => (
        row.Interface, row[CountedDecision.Passed], row[CountedDecision.Excluded], row[CountedDecision.Bound],
        row[CountedDecision.Refused], row[CountedDecision.Failed], row[CountedDecision.Redirected]));
}
