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
/// slower, because it then goes to sleep before the program runs, and the two are moved from one processor to another. While two receive,
/// their callers make processors scarce, and whether a raised priority helps is tried (<see cref="ReceiverTrial"/>).
/// </summary>
internal sealed unsafe class ReceiverPriority : IDisposable
{
    private const int CapSysNice = 23;
    private const int Hurried = -10;

    /// <summary>For each of two: with more, they keep their callers from the processor, which then sleep and are woken again.</summary>
    private const int HurriedTwo = -5;

    private const long HurryMilliseconds = 1000;

    /// <summary>It is looked at once in this number of samples, which is every 100 ms: a shorter wait tells nothing.</summary>
    private const int Samples = 20;

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

    /// <summary>Whether it may be raised.</summary>
    public bool IsPossible { get; } = Capabilities.Has(CapSysNice);

    private readonly ProcessorShortage shortage = new(Environment.ProcessorCount);
    private RunnableTasks? tasks;
    private Receiver? receiver, second;
    private DescriptorHandle? statistics;
    private long hurriedUntil;
    private bool isRaised;

    /// <summary>Gives this thread the usual priority, where it was started by a receiver that has a raised one.</summary>
    public static void Reset() => _ = Native.setpriority(Native.PRIO_PROCESS, 0, Usual);

    /// <summary>Does what the setup says. Without one, looks at how long the receiver had to wait for a processor lately.</summary>
    /// <param name="onDuty">The receiver on duty.</param>
    /// <param name="helper">The one that helps; null for none.</param>
    /// <param name="setup">The setup that was chosen; null for none.</param>
    public void Sample(Receiver onDuty, Receiver? helper, ReceiverSetup? setup)
    {
        if (!IsPossible || onDuty.Tid == 0 || helper is { Tid: 0 })
        {
            return;
        }

        if (receiver != onDuty || second != helper)
        {
            Set(false);
            (receiver, second) = (onDuty, helper);
            Restart();
        }

        bool isShort = helper is null && IsShort();
        Set(setup is ReceiverSetup chosen ? chosen != ReceiverSetup.Two : isShort);
    }

    public void Dispose()
    {
        tasks?.Dispose();
        statistics?.Dispose();
    }

    private void Restart()
    {
        hurriedUntil = 0;
        statistics?.Dispose();
        statistics = DescriptorHandle.Open(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{receiver!.Tid}/schedstat"), LibC.O_CLOEXEC);
        shortage.Restart(Delay());
    }

    /// <summary>Whether the receiver has had to wait for a processor within the last second.</summary>
    private bool IsShort()
    {
        tasks ??= new();
        shortage.Add(tasks.Count - 1);
        if (shortage.Samples == Samples && shortage.Conclude(Delay()))
        {
            hurriedUntil = Environment.TickCount64 + HurryMilliseconds;
        }

        return Environment.TickCount64 < hurriedUntil;
    }

    /// <summary>Gives all that receive a raised priority, or the usual one.</summary>
    private void Set(bool raise)
    {
        if (raise != isRaised)
        {
            isRaised = raise;
            int usual = Usual;
            int nice = raise ? Math.Min(second is null ? Hurried : HurriedTwo, usual) : usual;
            _ = Native.setpriority(Native.PRIO_PROCESS, receiver!.Tid, nice);
            _ = second is null ? 0 : Native.setpriority(Native.PRIO_PROCESS, second.Tid, nice);
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
