using BindToInterface.Supervisor.Proc;

namespace BindToInterface.Supervisor.Supervision;

/// <summary>
/// Makes sure that one call does not stop all others: if a receiver is busy with one call for five to ten milliseconds,
/// another one takes its duty over. If the call waited for something, more such calls are likely (a program with many threads). So
/// for a second each receiver hands its duty on before it handles what it received. The watch sleeps while no calls come.
/// </summary>
internal sealed class ReceiverWatch(NotifyLoop loop, LongCalls longCalls)
{
    private const int StackSize = 128 * 1024;
    private const int SampleMilliseconds = 5;
    private const int AlertMilliseconds = 1000;
    private const int QuietSamples = 20;

    private readonly object sleeping = new();
    private int asleep;
    private long alertUntil;
    private volatile bool isAlert;

    /// <summary>Whether a receiver is to hand its duty on before it handles a call.</summary>
    public bool IsAlert => isAlert;

    /// <summary>Starts watching. If no thread can be started, there is no watch.</summary>
    public void Start()
    {
        var thread = new Thread(Run, StackSize) { IsBackground = true, Name = "watch" };
        try
        {
            thread.Start();
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            // RLIMIT_NPROC: another receiver, to take the duty over, could not be started either.
        }
    }

    /// <summary>A call was received. Costs a look at a flag, but for the first call after a quiet time.</summary>
    public void Busy()
    {
        if (Volatile.Read(ref asleep) != 0)
        {
            lock (sleeping)
            {
                asleep = 0;
                Monitor.Pulse(sleeping);
            }
        }
    }

    private void Run()
    {
        using var priority = new ReceiverPriority();
        var load = new ReceiverLoad(loop);
        var affinity = new ReceiverAffinity();
        (Receiver? receiver, int progress) before = default;
        int quiet = 0;
        while (true)
        {
            if (quiet >= QuietSamples && !isAlert && !longCalls.AreWaiting)
            {
                load.Rest();
                priority.Sample(loop.OnDuty, loop.Helper, load.Setup);
                affinity.Sample(loop.OnDuty, loop.Helper);
                SleepUntilBusy(before.progress);
                quiet = 0;
            }

            Thread.Sleep(SampleMilliseconds);
            Receiver receiver = loop.OnDuty;
            (Receiver, int) now = (receiver, receiver.Progress);
            bool isHandling = (now.Item2 & 1) != 0;
            quiet = now == before && !isHandling ? quiet + 1 : 0;
            bool isStuck = now == before && isHandling;
            // A receiver that only waits for a processor is late, but the next call will not take long because of that.
            bool waits = isStuck && !TaskState.IsRunnable(receiver.Tid);
            if (isStuck && loop.TryRelieve(receiver) && waits)
            {
                alertUntil = Environment.TickCount64 + AlertMilliseconds;
            }

            longCalls.Sample();
            load.Sample(priority.IsPossible);
            priority.Sample(loop.OnDuty, loop.Helper, load.Setup);
            affinity.Sample(loop.OnDuty, loop.Helper);
            isAlert = Environment.TickCount64 < alertUntil;
            before = now;
        }
    }

    private void SleepUntilBusy(int progress)
    {
        lock (sleeping)
        {
            // A receiver counts first and then looks at the flag. Here the flag is set first. Interlocked, so that one of both sees the other.
            Interlocked.Exchange(ref asleep, 1);
            while (asleep != 0 && loop.OnDuty.Progress == progress)
            {
                Monitor.Wait(sleeping);
            }

            asleep = 0;
        }
    }
}
