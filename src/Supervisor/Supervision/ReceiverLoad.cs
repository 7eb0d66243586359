namespace BindToInterface.Supervisor.Supervision;

/// <summary>
/// Has a second receiver help while the calls of several threads keep one busy. A program with one thread keeps it busy as well: it takes
/// turns with it on one processor. A second one would receive some of its calls on another processor, and these take longer.
/// </summary>
internal sealed class ReceiverLoad(NotifyLoop loop)
{
    private const int LookMilliseconds = 1;

    private readonly bool isPossible = Environment.ProcessorCount > 1;
    private readonly ReceiverDemand demand = new();

    /// <summary>Looks at what receivers do; takes a few milliseconds if they are busy.</summary>
    public void Sample()
    {
        if (!isPossible)
        {
            return;
        }

        Look();
        while (demand.IsLikely)
        {
            Thread.Sleep(LookMilliseconds);
            Look();
        }

        if (!demand.IsThere)
        {
            loop.EndHelp();
        }
        else if (loop.Helper is null)
        {
            loop.Help();
        }
    }

    /// <summary>No calls come.</summary>
    public void Rest()
    {
        demand.Forget();
        loop.EndHelp();
    }

    private void Look()
    {
        Receiver first = loop.OnDuty;
        Receiver? second = loop.Helper;
        bool isBusy = first.IsBusy || second is { IsBusy: true } || loop.HasCall;
        demand.Add(isBusy, (first.TakeCaller(), second?.TakeCaller() ?? 0));
    }
}
