namespace BindToInterface.Supervisor.Supervision;

/// <summary>
/// Has a second receiver help while the calls of several threads keep one busy. A program with one thread keeps it busy as well: it takes
/// turns with it on one processor. A second one would receive some of its calls on another processor, and these take longer. Where few
/// threads call, other programs decide whether a second one gains, and it is tried (<see cref="ReceiverTrial"/>).
/// </summary>
internal sealed class ReceiverLoad(NotifyLoop loop)
{
    private const int LookMilliseconds = 1;

    private readonly bool isPossible = Environment.ProcessorCount > 1;
    private readonly ReceiverDemand demand = new();
    private readonly ReceiverTrial trial = new();
    private (Receiver? Receiver, int Progress) first, second;
    private int calls;

    /// <summary>The setup that <see cref="ReceiverTrial"/> chose; null while one receiver is enough, or there is no second one.</summary>
    public ReceiverSetup? Setup { get; private set; }

    /// <summary>Looks at what receivers do; takes a few milliseconds if they are busy.</summary>
    /// <param name="mayHurry">Whether a raised priority is allowed.</param>
    public void Sample(bool mayHurry)
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

        if (demand.IsThere)
        {
            Try(mayHurry);
        }
        else
        {
            End();
        }
    }

    /// <summary>No calls come.</summary>
    public void Rest()
    {
        demand.Forget();
        End();
    }

    private void Try(bool mayHurry)
    {
        // The first is the one that remains if no other gains. Of many threads some always wait for a single receiver.
        ReadOnlySpan<ReceiverSetup> possible = (demand.HasFewCallers, mayHurry) switch
        {
            (true, true) => [ReceiverSetup.OneHurried, ReceiverSetup.Two, ReceiverSetup.TwoHurried],
            (true, false) => [ReceiverSetup.OneHurried, ReceiverSetup.Two],
            (false, true) => [ReceiverSetup.Two, ReceiverSetup.TwoHurried],
            (false, false) => [ReceiverSetup.Two],
        };
        calls += Since(ref first, loop.OnDuty) + (loop.Helper is Receiver helper ? Since(ref second, helper) : 0);
        trial.Add(Environment.TickCount64, calls, possible);
        if (trial.Setup == ReceiverSetup.OneHurried)
        {
            loop.EndHelp();
        }
        else if (loop.Helper is null)
        {
            loop.Help();
        }

        Setup = loop.Helper is null && trial.Setup != ReceiverSetup.OneHurried ? null : trial.Setup;
    }

    private void End()
    {
        trial.Interrupt();
        loop.EndHelp();
        Setup = null;
    }

    private void Look()
    {
        Receiver onDuty = loop.OnDuty;
        Receiver? helper = loop.Helper;
        bool isBusy = onDuty.IsBusy || helper is { IsBusy: true } || loop.HasCall;
        demand.Add(isBusy, (onDuty.TakeCaller(), helper?.TakeCaller() ?? 0));
    }

    /// <summary>How far a receiver has come since it was looked at last; 0 if that was another one.</summary>
    private static int Since(ref (Receiver? Receiver, int Progress) before, Receiver receiver)
    {
        int progress = receiver.Progress, since = before.Receiver == receiver ? progress - before.Progress : 0;
        before = (receiver, progress);
        return since;
    }
}
