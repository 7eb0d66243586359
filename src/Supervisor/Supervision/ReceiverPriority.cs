using System.Buffers.Text;
using System.Globalization;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Proc;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Supervision;

/// <summary>
/// Raises the priority of the receiver on duty above that of ordinary threads while processors are scarce
/// (<see cref="ProcessorShortage"/>), if that is allowed (CAP_SYS_NICE). A program waits for the receiver, and a signal that comes before
/// the receiver has received the call interrupts it. The priority is not raised always: while processors are free it makes the receiver
/// slower, because it then goes to sleep before the program runs, and the two are moved from one processor to another.
/// </summary>
internal sealed unsafe class ReceiverPriority : IDisposable
{
    private const int CapSysNice = 23;
    private const int Hurried = -10;
    private const long HurryMilliseconds = 1000;

    /// <summary>It is looked at once in this number of samples, which is every 100 ms: a shorter wait tells nothing.</summary>
    private const int Samples = 20;

    /// <summary>The same while calls come faster than one receiver takes them (<see cref="ReceiverLoad"/>), which tells much.</summary>
    private const int LoadedSamples = 5;

    /// <summary>The nice value of the supervisor, which its first thread keeps.</summary>
    public static int Usual
    {
        get
        {
            SchedAttr attributes = default;
            _ = Native.sched_getattr(LibC.getpid(), &attributes, (uint)sizeof(SchedAttr), 0);
            return attributes.Nice;
        }
    }

    private readonly bool isPossible = Capabilities.Has(CapSysNice);
    private readonly ProcessorShortage shortage = new(Environment.ProcessorCount);
    private RunnableTasks? tasks;
    private Receiver? receiver;
    private DescriptorHandle? statistics;
    private long? hurriedUntil;

    /// <summary>Gives this thread the usual priority, where it was started by a receiver that has a raised one.</summary>
    public static void Reset() => _ = Native.setpriority(Native.PRIO_PROCESS, 0, Usual);

    /// <summary>Looks at how long the receiver had to wait for a processor lately.</summary>
    /// <param name="onDuty">The receiver.</param>
    /// <param name="isLoaded">Whether calls come faster than one receiver takes them.</param>
    public void Sample(Receiver onDuty, bool isLoaded)
    {
        if (!isPossible || onDuty.Tid == 0)
        {
            return;
        }

        tasks ??= new();
        if (receiver != onDuty)
        {
            Calm();
            receiver = onDuty;
            statistics?.Dispose();
            statistics = DescriptorHandle.Open(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{onDuty.Tid}/schedstat"), LibC.O_CLOEXEC);
            shortage.Restart(Delay());
        }

        shortage.Add(tasks.Count - 1);
        if (shortage.Samples < (isLoaded ? LoadedSamples : Samples))
        {
            return;
        }

        if (shortage.Conclude(Delay(), isLoaded))
        {
            if (hurriedUntil is null)
            {
                _ = Native.setpriority(Native.PRIO_PROCESS, receiver.Tid, Math.Min(Hurried, Usual));
            }

            hurriedUntil = Environment.TickCount64 + HurryMilliseconds;
        }
        else if (Environment.TickCount64 >= hurriedUntil)
        {
            Calm();
        }
    }

    public void Dispose()
    {
        tasks?.Dispose();
        statistics?.Dispose();
    }

    /// <summary>Gives the receiver its usual priority back.</summary>
    private void Calm()
    {
        if (hurriedUntil is not null)
        {
            _ = Native.setpriority(Native.PRIO_PROCESS, receiver!.Tid, Usual);
            hurriedUntil = null;
        }
    }

    /// <summary>The second number of schedstat (Documentation/scheduler/sched-stats.rst): the time spent waiting on a run queue.</summary>
    private long Delay()
    {
        byte* text = stackalloc byte[64];
        nint length = statistics!.IsInvalid ? 0 : (nint)(long)LibC.pread(statistics.Descriptor, text, 64, 0);
        ReadOnlySpan<byte> words = new(text, (int)Math.Max(0, length));
        int blank = words.IndexOf((byte)' ');
        return blank >= 0 && Utf8Parser.TryParse(words[(blank + 1)..], out long waited, out _) ? waited : 0;
    }
}
