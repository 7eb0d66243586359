namespace BindToInterface.Supervisor.Supervision;

/// <summary>
/// Whether there is work for a second receiver: the calls of several threads keep receivers busy. It is looked at now and then. The answer
/// is yes after some looks in a row, and no after many that mostly saw nothing.
/// </summary>
internal sealed class ReceiverDemand
{
    private const int Row = 5;
    private const int Many = 20;

    private int looks, busy, caller;
    private bool haveSeveralCallers, wasOneCaller;

    /// <summary>The answer.</summary>
    public bool IsThere { get; private set; }

    /// <summary>
    /// Whether the answer may soon be yes: the next looks, within a few milliseconds, tell. A thread that was alone is not looked at so
    /// often, since each look disturbs it.
    /// </summary>
    public bool IsLikely => !IsThere && looks > 0 && (haveSeveralCallers || !wasOneCaller);

    /// <summary>Adds what was seen.</summary>
    /// <param name="isBusy">Whether a call was there, received or not.</param>
    /// <param name="callers">
    /// The threads whose calls receivers have received last; 0 for a receiver that has received none since the last look. If none has, they
    /// only wait for a processor, or for what a call needs.
    /// </param>
    public void Add(bool isBusy, (int First, int Second) callers)
    {
        Note(callers.First);
        Note(callers.Second);
        looks++;
        busy += isBusy && callers != (0, 0) ? 1 : 0;
        if (IsThere ? looks == Many : looks == Row || busy < looks)
        {
            Conclude(haveSeveralCallers && (IsThere ? 2 * busy >= looks : busy == Row));
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
        haveSeveralCallers |= tid != 0 && caller != 0 && tid != caller;
        caller = tid == 0 ? caller : tid;
    }

    private void Conclude(bool isThere)
    {
        wasOneCaller = !haveSeveralCallers && (wasOneCaller || busy == looks);
        IsThere = isThere;
        (looks, busy, caller, haveSeveralCallers) = (0, 0, 0, false);
    }
}
