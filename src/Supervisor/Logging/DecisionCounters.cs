namespace BindToInterface.Supervisor.Logging;

/// <summary>Counts the decisions of all threads. They are added up when somebody asks.</summary>
internal sealed class DecisionCounters
{
    private readonly Lock gate = new();
    private readonly List<DecisionCounts> threads = [];
    private readonly Dictionary<string, InterfaceCounts> ended = [];
    private long failed;

    /// <summary>The counts of one thread more.</summary>
    public DecisionCounts Begin()
    {
        var counts = new DecisionCounts();
        lock (gate)
        {
            threads.Add(counts);
        }

        return counts;
    }

    /// <summary>A thread ends. What it has counted stays.</summary>
    public void End(DecisionCounts counts)
    {
        lock (gate)
        {
            if (threads.Remove(counts))
            {
                AddTo(ended, counts.Rows);
            }
        }
    }

    /// <summary>A call that waited could not be judged. Any thread may say so.</summary>
    public void Failed() => Interlocked.Increment(ref failed);

    /// <summary>All that was counted: decisions that name no interface first, then each interface in the order of its name.</summary>
    public IReadOnlyList<InterfaceCounts> Sum()
    {
        var none = new InterfaceCounts(null);
        var sum = new Dictionary<string, InterfaceCounts> { [""] = none };
        lock (gate)
        {
            AddTo(sum, ended.Values);
            threads.ForEach(thread => AddTo(sum, thread.Rows));
        }

        none.Add(CountedDecision.Failed, Interlocked.Read(ref failed));
        return [.. sum.OrderBy(row => row.Key, StringComparer.Ordinal).Select(row => row.Value)];
    }

    private static void AddTo(Dictionary<string, InterfaceCounts> sum, IEnumerable<InterfaceCounts> rows)
    {
        foreach (InterfaceCounts row in rows)
        {
            string name = row.Interface ?? "";
            if (!sum.TryGetValue(name, out InterfaceCounts? total))
            {
                sum.Add(name, total = new InterfaceCounts(row.Interface));
            }

            total.Add(row);
        }
    }
}
