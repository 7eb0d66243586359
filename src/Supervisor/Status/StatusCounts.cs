using BindToInterface.Supervisor.Logging;

namespace BindToInterface.Supervisor.Status;

/// <summary>
/// How many decisions there were. Each is one of bound, excluded, passed, refused or failed. Redirected says how many of them
/// <c>--dns</c> has redirected.
/// </summary>
internal sealed record StatusCounts(long Bound, long Excluded, long Passed, long Refused, long Failed, long Redirected)
{
    /// <summary>The sum over all interfaces.</summary>
    public static StatusCounts Of(IReadOnlyList<InterfaceCounts> rows)
    {
        long Sum(CountedDecision what) => rows.Sum(row => row[what]);
        return new(
            Sum(CountedDecision.Bound), Sum(CountedDecision.Excluded), Sum(CountedDecision.Passed), Sum(CountedDecision.Refused),
            Sum(CountedDecision.Failed), Sum(CountedDecision.Redirected));
    }
}
