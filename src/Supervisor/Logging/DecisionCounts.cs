using BindToInterface.Policy.Routes;

namespace BindToInterface.Supervisor.Logging;

/// <summary>
/// The decisions of one thread, counted. Only that thread adds, so that this needs no lock, and allocates nothing but once for
/// each interface. Any thread may read.
/// </summary>
internal sealed class DecisionCounts
{
    private volatile InterfaceCounts[] rows = [new InterfaceCounts(null)];

    /// <summary>A row for each interface, that of decisions which name none first.</summary>
    public IReadOnlyList<InterfaceCounts> Rows => rows;

    /// <summary>How many calls could not be judged.</summary>
    public long Failures => rows[0][CountedDecision.Failed];

    /// <summary>A destination was judged.</summary>
    public void Judged(in Verdict verdict) => Add(verdict.Interface, KindOf(verdict), verdict.Rewritten);

    /// <summary>A call could not be judged.</summary>
    public void Failed() => rows[0].Add(CountedDecision.Failed);

    /// <summary>Adds a decision.</summary>
    public void Add(string? interfaceName, CountedDecision what, bool isRedirected)
    {
        InterfaceCounts row = RowOf(interfaceName);
        row.Add(what);
        if (isRedirected)
        {
            row.Add(CountedDecision.Redirected);
        }
    }

    /// <summary>What a verdict is counted as.</summary>
    public static CountedDecision KindOf(in Verdict verdict) => verdict.Kind switch
    {
        VerdictKind.Pass => CountedDecision.Passed,
        VerdictKind.Exclude => CountedDecision.Excluded,
        VerdictKind.Bind => CountedDecision.Bound,
        _ => CountedDecision.Refused,
    };

    private InterfaceCounts RowOf(string? interfaceName)
    {
        InterfaceCounts[] current = rows;
        foreach (InterfaceCounts row in current)
        {
            // Usually the very string that the policy has.
            if (row.Interface == interfaceName)
            {
                return row;
            }
        }

        var added = new InterfaceCounts(interfaceName);
        rows = [.. current, added];
        return added;
    }
}
