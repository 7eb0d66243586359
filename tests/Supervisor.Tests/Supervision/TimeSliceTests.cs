using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Supervision;

namespace BindToInterface.Supervisor.Tests.Supervision;

public sealed unsafe class TimeSliceTests
{
    [Fact]
    public void A_thread_takes_short_turns_and_the_usual_ones_again()
    {
        (ulong usual, ulong shortened, ulong reset, int nice) = OnAThread(() =>
        {
            ulong before = Attributes().Runtime;
            TimeSlice.Shorten();
            SchedAttr after = Attributes();
            TimeSlice.Reset();
            return (before, after.Runtime, Attributes().Runtime, after.Nice);
        });

        // Kernels before 6.12 have no slice of a thread's own, and report none.
        Assert.Equal(usual == 0 ? 0UL : 100_000UL, shortened);
        Assert.Equal(usual, reset);
        Assert.Equal(Attributes().Nice, nice);
    }

    private static SchedAttr Attributes()
    {
        SchedAttr attributes = default;
        Assert.Equal(0, Native.sched_getattr(0, &attributes, (uint)sizeof(SchedAttr), 0));
        return attributes;
    }

    private static T OnAThread<T>(Func<T> function)
    {
        T result = default!;
        var thread = new Thread(() => result = function());
        thread.Start();
        thread.Join();
        return result;
    }
}
