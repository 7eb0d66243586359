namespace BindToInterface.Supervisor.Supervision;

/// <summary>
/// Whether there is work for a second receiver: the calls of several threads keep receivers busy. It is looked at now and then. The answer
/// is yes after some looks in a row, and no after many that mostly saw nothing.
/// </summary>
internal sealed class ReceiverDemand
{
    private const int Row = 5;
    private const int Many = 20;

    /// <summary>More than this number of threads are many.</summary>
    private const int FewCallers = 3;

    private readonly HashSet<int> callers = new(FewCallers + 1);
    private int looks, busy;
    private bool wasOneCaller;

    /// <summary>The answer.</summary>
    public bool IsThere { get; private set; }

    /// <summary>Whether the calls that led to the answer came from two or three threads.</summary>
    public bool HasFewCallers { get; private set; }

    private bool HaveSeveralCalled => callers.Count > 1;

    /// <summary>
    /// Whether the answer may soon be yes: the next looks, within a few milliseconds, tell. A thread that was alone is not looked at so
    /// often, since each look disturbs it.
    /// </summary>
    public bool IsLikely => !IsThere && looks > 0 && (HaveSeveralCalled || !wasOneCaller);

    /// <summary>Adds what was seen.</summary>
    /// <param name="isBusy">Whether a call was there, received or not.</param>
    /// <param name="latest">
    /// The threads whose calls receivers have received last; 0 for a receiver that has received none since the last look. If none has, they
    /// only wait for a processor, or for what a call needs.
    /// </param>
    public void Add(bool isBusy, (int First, int Second) latest)
    {
        Note(latest.First);
        Note(latest.Second);
        looks++;
        busy += isBusy && latest != (0, 0) ? 1 : 0;
        if (IsThere ? looks == Many : looks == Row || busy < looks)
        {
            Conclude(HaveSeveralCalled && (IsThere ? 2 * busy >= looks : busy == Row));
        }
    }

    /// <summary>Begins anew.</summary>
    public void Forget()
    {
        Conclude(false);
        wasOneCaller = false;
    }

    private void Note(int tid)
    {
        if (tid != 0 && callers.Count <= FewCallers)
        {
            callers.Add(tid);
        }
    }

    private void Conclude(bool isThere)
    {
        wasOneCaller = !HaveSeveralCalled && (wasOneCaller || busy == looks);
        HasFewCallers = callers.Count <= FewCallers;
        IsThere = isThere;
        (looks, busy) = (0, 0);
        callers.Clear();
    }
}
