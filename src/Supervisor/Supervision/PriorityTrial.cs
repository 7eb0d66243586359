namespace BindToInterface.Supervisor.Supervision;

/// <summary>
/// Tries whether two receivers with a raised priority answer more calls. That depends on who else wants the processors: beside other
/// programs they do, and beside the threads that they answer they may not. What was found holds for some seconds.
/// </summary>
internal sealed class PriorityTrial
{
    private const int Turns = 4;
    private const long TurnMilliseconds = 25;
    private const long ResultMilliseconds = 2000;

    /// <summary>What chance may do is no gain.</summary>
    private const double SmallestGain = 1.1;

    private int turn = -1, callsBefore;
    private long since;
    private double usual, raised;

    /// <summary>Whether the priority is to be raised now.</summary>
    public bool IsRaised { get; private set; }

    /// <summary>Adds how far the receivers are.</summary>
    /// <param name="now">The time in milliseconds.</param>
    /// <param name="calls">How many calls they have received until now. It may wrap around.</param>
    public void Add(long now, int calls)
    {
        long elapsed = now - since;
        if (turn < 0 || (turn == Turns && elapsed >= ResultMilliseconds))
        {
            Begin(0, now, calls);
            (usual, raised) = (0, 0);
            IsRaised = false;
        }
        else if (turn < Turns && elapsed >= TurnMilliseconds)
        {
            double rate = (double)(calls - callsBefore) / elapsed;
            (usual, raised) = IsRaised ? (usual, raised + rate) : (usual + rate, raised);
            Begin(turn + 1, now, calls);
            IsRaised = turn == Turns ? raised > SmallestGain * usual : turn % 2 == 1;
        }
    }

    /// <summary>Begins anew.</summary>
    public void Restart() => (turn, IsRaised) = (-1, false);

    private void Begin(int next, long now, int calls) => (turn, since, callsBefore) = (next, now, calls);
}
