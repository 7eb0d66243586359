using BindToInterface.Supervisor.Supervision;

namespace BindToInterface.Supervisor.Tests.Supervision;

/// <summary>When a receiver may have a higher priority than other threads.</summary>
public class ProcessorShortageTests
{
    private const long Millisecond = 1_000_000;

    [Fact]
    public void A_program_that_takes_turns_with_the_receiver_is_no_shortage() =>
        Assert.False(Concludes(delay: 50 * Millisecond, [1, 2, 2, 1, 2, 2, 1, 1, 2, 2]));

    [Fact]
    public void More_threads_than_processors_are_one() =>
        Assert.True(Concludes(delay: 50 * Millisecond, [3, 3, 4, 3, 2, 3, 3, 5, 3, 3]));

    [Fact]
    public void They_are_none_for_a_receiver_that_does_not_wait() =>
        Assert.False(Concludes(delay: 10 * Millisecond, [3, 3, 4, 3, 2, 3, 3, 5, 3, 3]));

    [Fact]
    public void What_is_seen_half_of_the_time_is_a_moment() =>
        Assert.False(Concludes(delay: 50 * Millisecond, [3, 3, 3, 3, 3, 2, 2, 2, 2, 2]));

    [Fact]
    public void Where_the_threads_are_not_known_the_wait_counts() =>
        Assert.True(Concludes(delay: 50 * Millisecond, [null, null, null, null, null, null, null, null, null, null]));

    [Fact]
    public void Each_conclusion_begins_anew()
    {
        var shortage = new ProcessorShortage(processors: 2);
        shortage.Add(3);
        Assert.True(shortage.Conclude(5 * Millisecond));

        shortage.Add(3);
        Assert.Equal(1, shortage.Samples);
        // It has not waited since.
        Assert.False(shortage.Conclude(5 * Millisecond));
    }

    private static bool Concludes(long delay, int?[] runnable)
    {
        var shortage = new ProcessorShortage(processors: 2);
        shortage.Restart(delay: 7 * Millisecond);
        foreach (int? count in runnable)
        {
            shortage.Add(count);
        }

        return shortage.Conclude(7 * Millisecond + delay);
    }
}
