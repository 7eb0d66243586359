namespace BindToInterface.Supervisor.Supervision;

/// <summary>
/// Tries with which setup receivers answer most calls. That depends on who else wants the processors. A second receiver may be one more
/// that waits for a processor, and a raised priority may keep the threads that are answered from theirs. What was found holds for some
/// seconds.
/// </summary>
internal sealed class ReceiverTrial
{
    private const int Rounds = 2;
    private const long TurnMilliseconds = 25;
    private const long ResultMilliseconds = 2000;

    /// <summary>What chance may do is no gain.</summary>
    private const double SmallestGain = 1.1;

    private readonly List<ReceiverSetup> setups = [];
    private readonly List<double> rates = [];
    private int turn = -1, callsBefore;
    private long since;

    /// <summary>The setup that is to be used now, if any was added.</summary>
    public ReceiverSetup Setup { get; private set; }

    private bool IsTrying => turn < Rounds * setups.Count;

    /// <summary>Adds how far the receivers are.</summary>
    /// <param name="now">The time in milliseconds.</param>
    /// <param name="calls">How many calls they have received until now. It may wrap around.</param>
    /// <param name="possible">The setups to try. The first one remains if no other gains.</param>
    public void Add(long now, int calls, ReadOnlySpan<ReceiverSetup> possible)
    {
        long elapsed = now - since;
        if (turn < 0 || !possible.Contains(Setup) || (!IsTrying && elapsed >= ResultMilliseconds))
        {
            setups.Clear();
            setups.AddRange(possible);
            rates.Clear();
            rates.AddRange(Enumerable.Repeat(0.0, setups.Count));
            Begin(0, now, calls);
        }
        else if (IsTrying && elapsed >= TurnMilliseconds)
        {
            rates[turn % setups.Count] += (double)(calls - callsBefore) / elapsed;
            Begin(turn + 1, now, calls);
        }
    }

    /// <summary>There is nothing to do for a while. A result is kept, and a trial begins anew.</summary>
    public void Interrupt() => turn = IsTrying ? -1 : turn;

    private void Begin(int next, long now, int calls)
    {
        (turn, since, callsBefore) = (next, now, calls);
        Setup = setups[IsTrying ? turn % setups.Count : Best()];
    }

    private int Best()
    {
        int best = rates.IndexOf(rates.Max());
        return rates[best] > SmallestGain * rates[0] ? best : 0;
    }
}
