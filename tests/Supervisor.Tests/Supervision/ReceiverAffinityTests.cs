using BindToInterface.Supervisor.Supervision;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Tests.Supervision;

/// <summary>That two receivers keep to a processor each is seen from outside: LoadTests.</summary>
public sealed unsafe class ReceiverAffinityTests
{
    [Fact]
    public void A_thread_that_kept_to_one_processor_uses_all_again() => ThisThread.IsAnother(_ =>
    {
        int usual = Count(Environment.ProcessId);
        cpu_set_t one = default;
        LibC.CPU_SET(FirstOf(Environment.ProcessId), &one);
        Assert.Equal(0, LibC.sched_setaffinity(0, sizeof(cpu_set_t), &one));
        Assert.Equal(1, Count(0));

        ReceiverAffinity.Reset();

        Assert.Equal(usual, Count(0));
    });

    private static int Count(int tid)
    {
        cpu_set_t processors = Of(tid);
        return LibC.CPU_COUNT(&processors);
    }

    private static int FirstOf(int tid)
    {
        cpu_set_t processors = Of(tid);
        int first = 0;
        while (!LibC.CPU_ISSET(first, &processors))
        {
            first++;
        }

        return first;
    }

    private static cpu_set_t Of(int tid)
    {
        cpu_set_t processors;
        Assert.Equal(0, LibC.sched_getaffinity(tid, sizeof(cpu_set_t), &processors));
        return processors;
    }
}
