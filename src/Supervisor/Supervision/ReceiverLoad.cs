using BindToInterface.Supervisor.Proc;

namespace BindToInterface.Supervisor.Supervision;

/// <summary>
/// Has a second receiver help while calls come faster than one takes them, which is where its thread never has to sleep for the next one. With
/// fewer calls a second receiver gains nothing: the answer wakes the program on the receiver's own processor.
/// </summary>
internal sealed class ReceiverLoad(NotifyLoop loop)
{
    /// <summary>It is looked at once in this number of samples, which is every 25 ms.</summary>
    private const int Samples = 5;

    /// <summary>How many calls in that time are many.</summary>
    private const int Many = 125;

    /// <summary>Of how many calls the receiver may have to sleep for one.</summary>
    private const int CallsPerSleep = 8;

    private const long HelpMilliseconds = 1000;

    private readonly bool isPossible = Environment.ProcessorCount > 1;
    private (Receiver? Receiver, int Progress, int? Sleeps) before;
    private long helpedUntil;
    private int samples;

    /// <summary>Looks at what the receiver on duty did lately.</summary>
    public void Sample(Receiver onDuty)
    {
        if (!isPossible || ++samples < Samples)
        {
            return;
        }

        samples = 0;
        int progress = onDuty.Progress;
        int calls = onDuty == before.Receiver ? (progress - before.Progress) / 2 : 0;
        // A look at /proc only where it could tell something.
        int? sleeps = calls >= Many ? ProcessStatus.Of(onDuty.Tid, stackalloc byte[ProcessStatus.UsualLength]).Number("voluntary_ctxt_switches"u8) : null;
        bool isBusy = sleeps - before.Sleeps < calls / CallsPerSleep;
        before = (onDuty, progress, sleeps);
        if (isBusy)
        {
            helpedUntil = Environment.TickCount64 + HelpMilliseconds;
            loop.Help();
        }
        else if (Environment.TickCount64 >= helpedUntil)
        {
            loop.EndHelp();
        }
    }

    /// <summary>No calls come.</summary>
    public void Rest()
    {
        before = default;
        loop.EndHelp();
    }
}
