namespace BindToInterface.Supervisor.Logging;

/// <summary>How many decisions there were for an interface, by what they are counted as.</summary>
/// <param name="interfaceName">The interface by which they were to leave; null for those that name none.</param>
internal sealed class InterfaceCounts(string? interfaceName)
{
    // A thread adds to its own counts only. Room on both sides keeps them out of the cache lines of other threads' counts.
    private const int Room = 8;

    private readonly long[] counts = new long[Room + (int)CountedDecision.Redirected + 1 + Room];

    /// <summary>The interface; null where there is none.</summary>
    public string? Interface => interfaceName;

    public long this[CountedDecision what] => Volatile.Read(ref counts[Room + (int)what]);

    public void Add(CountedDecision what, long count = 1) => counts[Room + (int)what] += count;

    public void Add(InterfaceCounts others)
    {
        for (CountedDecision what = 0; what <= CountedDecision.Redirected; what++)
        {
            Add(what, others[what]);
        }
    }
}
