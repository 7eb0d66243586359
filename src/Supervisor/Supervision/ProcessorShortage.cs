namespace BindToInterface.Supervisor.Supervision;

/// <summary>
/// Whether processors are scarce for a receiver: it had to wait for one, and most of the time there were more threads that wanted one than
/// there are. The wait alone tells nothing: a program with one thread takes turns with the receiver on one processor, and while one of them
/// runs, the other waits.
/// </summary>
/// <param name="processors">How many processors there are.</param>
internal sealed class ProcessorShortage(int processors)
{
    /// <summary>How long a receiver may wait in each sample of five milliseconds, in nanoseconds: a quarter of the time.</summary>
    private const long MaximumDelay = 1_250_000;

    private int samples, crowded;
    private long before;

    /// <summary>How many samples there are.</summary>
    public int Samples => samples;

    /// <summary>Begins anew.</summary>
    /// <param name="delay">How long the receiver has waited for a processor until now, in nanoseconds.</param>
    public void Restart(long delay) => (samples, crowded, before) = (0, 0, delay);

    /// <summary>Counts a sample.</summary>
    /// <param name="runnable">How many threads want a processor, the one that looks not included; null where that is not known.</param>
    public void Add(int? runnable)
    {
        samples++;
        crowded += runnable is int count && count <= processors ? 0 : 1;
    }

    /// <summary>Says what the samples tell, and begins anew.</summary>
    /// <param name="delay">As for <see cref="Restart"/>.</param>
    public bool Conclude(long delay)
    {
        bool isShort = delay - before > samples * MaximumDelay && 2 * crowded > samples;
        Restart(delay);
        return isShort;
    }
}
