using BindToInterface.Supervisor.Supervision;
using static BindToInterface.Supervisor.Supervision.ReceiverSetup;

namespace BindToInterface.Supervisor.Tests.Supervision;

/// <summary>Which setup of receivers answers most calls is tried.</summary>
public class ReceiverTrialTests
{
    private const int Sample = 5;
    private const int Turn = 25;
    private const int Result = 2000;

    private readonly ReceiverTrial trial = new();
    private ReceiverSetup[] possible = [Two, TwoHurried];
    private long now = 1000;
    private int calls = int.MaxValue - 5000;

    private int Trial => 2 * Turn * possible.Length;

    [Theory]
    [InlineData(Two, TwoHurried)]
    [InlineData(OneHurried, Two)]
    [InlineData(OneHurried, Two, TwoHurried)]
    internal void Each_is_tried_twice_in_turn(params ReceiverSetup[] setups)
    {
        possible = setups;

        IEnumerable<ReceiverSetup> seen = Pass(Trial, 100, 100, 100).Chunk(Turn / Sample).Select(turn => Assert.Single(turn.Distinct()));

        Assert.Equal([.. setups, .. setups], seen);
    }

    [Theory]
    [InlineData(100, 150, 100, TwoHurried)]
    [InlineData(100, 150, 151, OneHurried)]
    [InlineData(100, 150, 149, TwoHurried)]
    [InlineData(100, 105, 109, Two)]
    [InlineData(100, 50, 50, Two)]
    [InlineData(0, 0, 0, Two)]
    internal void What_gave_more_calls_is_kept(int two, int twoHurried, int one, ReceiverSetup kept)
    {
        possible = [Two, TwoHurried, OneHurried];
        Pass(Trial, two, twoHurried, one);

        Assert.Equal([kept], Pass(Result - Sample, two, twoHurried, one).Distinct());
    }

    [Theory]
    [InlineData(105, OneHurried)]
    [InlineData(115, Two)]
    internal void The_first_one_remains_if_no_other_gains(int two, ReceiverSetup kept)
    {
        possible = [OneHurried, Two];

        Pass(Trial, two, 0, 100);

        Assert.Equal(kept, trial.Setup);
    }

    [Fact]
    public void One_alone_is_not_tried()
    {
        possible = [Two];

        Assert.Equal([Two], Pass(2 * Result, 100, 100, 100).Distinct());
    }

    [Fact]
    public void It_is_tried_again_and_may_end_in_another_way()
    {
        Pass(Trial, 100, 150, 0);
        Assert.Equal(TwoHurried, trial.Setup);

        Pass(Result + Trial + Sample, 100, 100, 0);

        Assert.Equal([Two], Pass(Result / 2, 100, 100, 0).Distinct());
    }

    [Fact]
    public void A_late_sample_does_not_count_as_more()
    {
        trial.Add(now, calls, possible);
        // The hurried turns last three times as long, and three times as many calls come.
        foreach (int turn in (int[])[Turn, 3 * Turn, Turn, 3 * Turn])
        {
            trial.Add(now += turn, calls += 10 * turn, possible);
        }

        Assert.Equal(Two, trial.Setup);
    }

    [Fact]
    public void All_turns_of_a_setup_count_together()
    {
        Pass(Trial / 2, 100, 300, 0);
        Pass(Trial / 2, 100, 50, 0);

        Assert.Equal(TwoHurried, trial.Setup);
    }

    [Fact]
    public void What_is_not_possible_any_more_ends_at_once()
    {
        possible = [OneHurried, Two];
        Pass(Trial, 50, 0, 100);
        Assert.Equal(OneHurried, trial.Setup);

        possible = [Two, TwoHurried];
        trial.Add(now, calls, possible);

        Assert.Equal(Two, trial.Setup);
    }

    [Fact]
    public void A_result_outlives_an_interruption()
    {
        Pass(Trial, 100, 150, 0);

        trial.Interrupt();
        now += Result / 2;

        Assert.Equal([TwoHurried], Pass(Result / 4, 0, 0, 0).Distinct());
    }

    [Fact]
    public void A_trial_begins_anew_after_an_interruption()
    {
        Pass(Trial - Turn, 100, 150, 0);
        Assert.Equal(TwoHurried, trial.Setup);

        trial.Interrupt();
        now += Result / 2;

        Assert.Equal([Two, TwoHurried, Two, TwoHurried], Pass(Trial, 100, 150, 0).Chunk(Turn / Sample).SelectMany(turn => turn.Distinct()));
    }

    /// <summary>What there was to see at each sample, while so many calls came in each.</summary>
    private List<ReceiverSetup> Pass(int milliseconds, int two, int twoHurried, int one)
    {
        List<ReceiverSetup> seen = [];
        trial.Add(now, calls, possible);
        for (int passed = 0; passed < milliseconds; passed += Sample)
        {
            seen.Add(trial.Setup);
            calls += trial.Setup switch { Two => two, TwoHurried => twoHurried, _ => one };
            trial.Add(now += Sample, calls, possible);
        }

        return seen;
    }
}
