using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Logging;

namespace BindToInterface.Supervisor.Tracing;

/// <summary>
/// Counts connections by program and destination. Each decision is counted as it is published, so that none is lost; the
/// destinations that are kept apart are limited in number, and what comes after them is counted together.
/// </summary>
internal sealed class Summary(NameTable names) : IDecisionSink, ITraceOutput
{
    /// <summary>How many destinations are counted apart.</summary>
    public const int Capacity = 10_000;

    private readonly Dictionary<SummaryKey, SummaryCounts> counts = [];
    private readonly SummaryCounts others = new();
    private readonly Lock gate = new();

    public bool NamesCaller => true;

    public bool Wants(DecisionKind kind, in Verdict verdict) => kind is DecisionKind.Judged or DecisionKind.ResolverDaemon or DecisionKind.Filtered;

    public void Publish(Decision decision)
    {
        if (!decision.Seen.IsRepeated && Wants(decision.Kind, decision.Verdict))
        {
            Count(decision, null);
        }
    }

    /// <summary>Connections to programs that are not supervised are found out later than they are decided.</summary>
    public void Tell(TraceRecord record)
    {
        if (record.Decision.Kind == DecisionKind.UnixSocket)
        {
            Count(record.Decision, record.Peer);
        }
    }

    public void Flush()
    {
        // It is written at the end.
    }

    public void TellLost(int count)
    {
        // Of these, only connections to Unix sockets are not counted.
    }

    /// <summary>What was counted: by program and destination, in any order; and the rest.</summary>
    public (IReadOnlyList<(SummaryKey Key, SummaryCounts Counts)> Apart, SummaryCounts Others) Read()
    {
        lock (gate)
        {
            return ([.. counts.Select(pair => (pair.Key, pair.Value))], others);
        }
    }

    private void Count(Decision decision, UnixPeer? peer)
    {
        Verdict verdict = decision.Verdict;
        bool hasDestination = decision.HasDestination;
        string? name = hasDestination ? names.Find(verdict.Destination.Address) : null;
        var key = new SummaryKey(
            decision.Caller?.Program ?? "?", hasDestination ? verdict.Destination : default, hasDestination ? "" : SubjectOf(decision));
        lock (gate)
        {
            if (!counts.TryGetValue(key, out SummaryCounts? entry))
            {
                entry = others;
                if (counts.Count < Capacity)
                {
                    counts.Add(key, entry = new SummaryCounts());
                }
            }

            if (entry != others)
            {
                entry.Name = name ?? entry.Name;
                entry.Peer = peer ?? entry.Peer;
            }

            Add(entry, decision);
        }
    }

    private static string SubjectOf(Decision decision) =>
        decision.Subject.Length > 0 ? decision.Subject : Seccomp.FilterDump.NameOf(decision.Call.SystemCall);

    private static void Add(SummaryCounts counts, Decision decision)
    {
        if (decision.Kind == DecisionKind.UnixSocket)
        {
            counts.Unsupervised++;
        }
        else if (decision.Seen.IsElsewhere)
        {
            counts.Elsewhere++;
        }
        else
        {
            switch (decision.Verdict.Kind)
            {
                case VerdictKind.Bind:
                    counts.Bound++;
                    break;
                case VerdictKind.Exclude:
                    counts.Excluded++;
                    break;
                case VerdictKind.Pass:
                    counts.Passed++;
                    break;
                default:
                    counts.Refused++;
                    break;
            }
        }
    }
}
