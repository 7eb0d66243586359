using Tmds.Linux;

namespace BindToInterface.Supervisor.Supervision;

/// <summary>
/// Has two receivers that receive at the same time keep to a processor each, where there are two (sched_setaffinity(2)). A call wakes a
/// receiver on the program's processor, and an answer the program on the receiver's, so that else both receivers come to share one again
/// and again. With more processors there is more room, and what this gains there was not measured.
/// </summary>
internal sealed unsafe class ReceiverAffinity
{
    private const int Processors = 2;

    private (Receiver OnDuty, Receiver Helper)? both;
    private bool areApart;

    /// <summary>The processors that this process may use: those of its first thread, which keeps them. None where they cannot be told.</summary>
    private static cpu_set_t Usual
    {
        get
        {
            cpu_set_t usual;
            return LibC.sched_getaffinity(LibC.getpid(), sizeof(cpu_set_t), &usual) == 0 ? usual : default;
        }
    }

    /// <summary>Looks at who receives.</summary>
    /// <param name="onDuty">The receiver on duty.</param>
    /// <param name="helper">The one that helps; null for none.</param>
    public void Sample(Receiver onDuty, Receiver? helper)
    {
        (Receiver, Receiver)? now = helper is { Tid: not 0 } ? (onDuty, helper) : null;
        if (now == both)
        {
            return;
        }

        cpu_set_t usual = Usual;
        if (areApart && both is var (first, second))
        {
            Keep(first.Tid, usual);
            Keep(second.Tid, usual);
        }

        both = now;
        areApart = now is not null && LibC.CPU_COUNT(&usual) == Processors;
        if (areApart)
        {
            int lowest = 0;
            while (!LibC.CPU_ISSET(lowest, &usual))
            {
                lowest++;
            }

            cpu_set_t one = default, other;
            LibC.CPU_SET(lowest, &one);
            LibC.CPU_XOR(&other, &usual, &one);
            Keep(onDuty.Tid, one);
            Keep(helper!.Tid, other);
        }
    }

    /// <summary>Has this thread use all processors that the process may use, where it was started by one that keeps to one.</summary>
    public static void Reset() => Keep(0, Usual);

    /// <summary>Where that is refused (a sandbox, other processors for the control group), the thread goes on where it may.</summary>
    private static void Keep(int tid, cpu_set_t processors) => _ = LibC.sched_setaffinity(tid, sizeof(cpu_set_t), &processors);
}
