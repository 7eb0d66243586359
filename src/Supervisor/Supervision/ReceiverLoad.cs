namespace BindToInterface.Supervisor.Supervision;

/// <summary>
/// Has a second receiver help while calls come faster than one takes them: whenever that is looked at, one waits to be received. With
/// fewer calls a second receiver gains nothing, and costs much: the answer wakes the program on the receiver's own processor. That the
/// receiver never sleeps tells nothing: a program with one thread, which takes turns with it on one processor, gives it no time to.
/// </summary>
internal sealed class ReceiverLoad(NotifyLoop loop)
{
    /// <summary>For so many samples in a row, which take 25 ms, a call has to wait.</summary>
    private const int Samples = 5;

    private const long HelpMilliseconds = 1000;

    private readonly bool isPossible = Environment.ProcessorCount > 1;
    private long helpedUntil;
    private int waiting;

    /// <summary>Looks whether a call waits to be received.</summary>
    public void Sample()
    {
        if (!isPossible)
        {
            return;
        }

        waiting = loop.HasCall ? waiting + 1 : 0;
        if (waiting >= Samples)
        {
            waiting = 0;
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
        waiting = 0;
        loop.EndHelp();
    }
}
