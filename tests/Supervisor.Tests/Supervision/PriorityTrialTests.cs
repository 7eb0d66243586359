using BindToInterface.Supervisor.Supervision;

namespace BindToInterface.Supervisor.Tests.Supervision;

/// <summary>Whether a raised priority lets receivers answer more calls is tried.</summary>
public class PriorityTrialTests
{
    private const int Sample = 5;
    private const int Trial = 100;
    private const int Result = 2000;

    private readonly PriorityTrial trial = new();
    private long now = 1000;
    private int calls = int.MaxValue - 5000;

    [Fact]
    public void Both_are_tried_in_turn()
    {
        List<bool> seen = Pass(Trial, usual: 100, raised: 100);

        Assert.Equal(Trial / Sample / 2, seen.Count(isRaised => isRaised));
        Assert.False(seen[0]);
    }

    [Theory]
    [InlineData(100, 150, true)]
    [InlineData(100, 105, false)]
    [InlineData(100, 50, false)]
    [InlineData(0, 0, false)]
    public void What_gave_more_calls_is_kept(int usual, int raised, bool isRaised)
    {
        Pass(Trial, usual, raised);

        Assert.Equal([isRaised], Pass(Result - Sample, usual, raised).Distinct());
    }

    [Fact]
    public void It_is_tried_again_and_may_end_in_another_way()
    {
        Pass(Trial, usual: 100, raised: 150);
        Assert.True(trial.IsRaised);

        Pass(Result + Trial + Sample, usual: 100, raised: 100);

        Assert.Equal([false], Pass(Result / 2, usual: 100, raised: 100).Distinct());
    }

    [Fact]
    public void A_late_sample_does_not_count_as_more()
    {
        trial.Add(now, calls);
        // The raised turns last three times as long, and three times as many calls come.
        foreach (int turn in (int[])[25, 75, 25, 75])
        {
            trial.Add(now += turn, calls += 10 * turn);
        }

        Assert.False(trial.IsRaised);
    }

    [Fact]
    public void It_can_begin_anew()
    {
        Pass(Trial, usual: 100, raised: 150);

        trial.Restart();

        Assert.False(trial.IsRaised);
    }

    /// <summary>What there was to see at each sample, while so many calls came in each.</summary>
    private List<bool> Pass(int milliseconds, int usual, int raised)
    {
        List<bool> seen = [];
        trial.Add(now, calls);
        for (int passed = 0; passed < milliseconds; passed += Sample)
        {
            seen.Add(trial.IsRaised);
            calls += trial.IsRaised ? raised : usual;
            trial.Add(now += Sample, calls);
        }

        return seen;
    }
}
