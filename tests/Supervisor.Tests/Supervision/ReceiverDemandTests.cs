using BindToInterface.Supervisor.Supervision;

namespace BindToInterface.Supervisor.Tests.Supervision;

/// <summary>When a second receiver has something to do.</summary>
public class ReceiverDemandTests
{
    private readonly ReceiverDemand demand = new();

    [Fact]
    public void Calls_of_several_threads_at_five_looks_are_enough()
    {
        Look(4, 7, 8);
        Assert.False(demand.IsThere);

        Look(1, 7);
        Assert.True(demand.IsThere);
    }

    [Fact]
    public void One_thread_is_never_enough()
    {
        Look(1000, 7);

        Assert.False(demand.IsThere);
    }

    [Fact]
    public void Another_thread_from_before_does_not_count()
    {
        Look(1, 8);
        LookInVain(1);
        Look(5, 7);

        Assert.False(demand.IsThere);
    }

    [Fact]
    public void A_look_that_sees_no_call_begins_anew()
    {
        Look(4, 7, 8);
        demand.Add(isBusy: false, (7, 0));
        Look(4, 7, 8);

        Assert.False(demand.IsThere);
    }

    [Fact]
    public void A_receiver_that_gets_no_further_is_not_busy()
    {
        Look(4, 7, 8);
        demand.Add(isBusy: true, (0, 0));
        Look(4, 7, 8);

        Assert.False(demand.IsThere);
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(9, false)]
    public void It_ends_when_most_looks_see_nothing(int busy, bool remains)
    {
        Begin();

        Look(busy, 7, 8);
        LookInVain(20 - busy);

        Assert.Equal(remains, demand.IsThere);
    }

    [Fact]
    public void It_ends_when_one_thread_is_left()
    {
        Begin();

        Look(20, 7);

        Assert.False(demand.IsThere);
    }

    [Fact]
    public void Each_receiver_may_have_a_thread_of_its_own()
    {
        Begin();

        for (int look = 0; look < 20; look++)
        {
            demand.Add(isBusy: true, (7, 8));
        }

        Assert.True(demand.IsThere);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(4, false)]
    [InlineData(64, false)]
    public void More_than_three_threads_are_many(int threads, bool areFew)
    {
        Look(5, [.. Enumerable.Range(7, threads)]);

        Assert.True(demand.IsThere);
        Assert.Equal(areFew, demand.HasFewCallers);
    }

    [Fact]
    public void Threads_that_call_no_longer_do_not_count()
    {
        Look(5, 7, 8, 9, 10);
        Assert.False(demand.HasFewCallers);

        Look(20, 7, 8);

        Assert.True(demand.HasFewCallers);
    }

    [Fact]
    public void It_is_likely_while_a_row_has_begun()
    {
        Assert.False(demand.IsLikely);
        Look(1, 7);
        Assert.True(demand.IsLikely);
        LookInVain(1);
        Assert.False(demand.IsLikely);

        Begin();
        Assert.False(demand.IsLikely);
    }

    [Fact]
    public void A_thread_that_was_alone_is_not_looked_at_so_often_until_there_is_another()
    {
        Look(5, 7);
        LookInVain(1);
        for (int look = 0; look < 20; look++)
        {
            Look(1, 7);
            Assert.False(demand.IsLikely);
        }

        Look(2, 7, 8);
        Assert.True(demand.IsLikely);
    }

    [Fact]
    public void After_a_rest_nothing_is_known_of_a_thread()
    {
        Look(5, 7);

        demand.Forget();

        Look(1, 7);
        Assert.True(demand.IsLikely);
    }

    [Fact]
    public void It_can_be_forgotten()
    {
        Begin();

        demand.Forget();

        Assert.False(demand.IsThere);
    }

    private void Begin()
    {
        Look(5, 7, 8);
        Assert.True(demand.IsThere);
    }

    /// <summary>As many looks, each at a receiver that has received a call of one of these threads in turn.</summary>
    private void Look(int times, params int[] callers)
    {
        for (int look = 0; look < times; look++)
        {
            demand.Add(isBusy: true, (callers[look % callers.Length], 0));
        }
    }

    private void LookInVain(int times)
    {
        for (int look = 0; look < times; look++)
        {
            demand.Add(isBusy: false, (0, 0));
        }
    }
}
