using System.Globalization;

namespace BindToInterface.Supervisor.Tracing;

/// <summary>Makes the lines of the summary: refused first, then excluded, then the rest; what is most frequent first.</summary>
internal static class SummaryText
{
    private const int MaximumWidth = 60;

    /// <summary>The lines, without their ends.</summary>
    /// <param name="apart">What was counted by program and destination.</param>
    /// <param name="others">What was counted together.</param>
    /// <param name="isDry">Whether nothing was changed.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<(SummaryKey Key, SummaryCounts Counts)> apart, SummaryCounts others, bool isDry)
    {
        var total = new SummaryCounts();
        total.Add(others);
        var rows = new Row[apart.Count];
        int programs = 0, destinations = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            (SummaryKey key, SummaryCounts counts) = apart[i];
            total.Add(counts);
            rows[i] = new Row(Rank(counts), key.Program.OneLine(), DestinationOf(key, counts), counts);
            programs = Math.Max(programs, rows[i].Program.Length);
            destinations = Math.Max(destinations, Math.Min(MaximumWidth, rows[i].Destination.Length));
        }

        Array.Sort(rows);
        foreach (Row row in rows)
        {
            yield return $"{row.Program.PadRight(programs)}  {row.Destination.PadRight(destinations)}  {InWords(row.Counts, isDry)}";
        }

        if (others.All > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"others, beyond {Summary.Capacity} destinations: {InWords(others, isDry)}");
        }

        yield return isDry
            ? string.Create(CultureInfo.InvariantCulture, $"dry run: {Connections(total.All - total.Unsupervised)} took the normal route: {total.Bound} would be bound, {total.Excluded} excluded, {total.Refused} would be refused")
            : string.Create(CultureInfo.InvariantCulture, $"{Connections(total.Left)} left by another interface: {total.Bound} bound, {total.Excluded} excluded, {total.Refused} refused");
    }

    private static int Rank(SummaryCounts counts) => counts.Elsewhere > 0 ? 4 : counts.Refused > 0 ? 3 : counts.Excluded > 0 ? 2 : counts.Unsupervised > 0 ? 1 : 0;

    private static string DestinationOf(in SummaryKey key, SummaryCounts counts) => (key.Subject.Length > 0
        ? counts.Peer is UnixPeer peer ? string.Create(CultureInfo.InvariantCulture, $"{key.Subject} ({peer.Program}[{peer.Process}])") : key.Subject
        : counts.Name is string name ? $"{key.Destination} ({name})" : key.Destination.ToString()).OneLine();

    private static string InWords(SummaryCounts counts, bool isDry)
    {
        List<string> words = [];
        Add(counts.Elsewhere, "left by another interface");
        Add(counts.Refused, isDry ? "would be refused" : "refused");
        Add(counts.Excluded, "excluded");
        Add(counts.Bound, isDry ? "would be bound" : "bound");
        Add(counts.Passed, "not bound");
        Add(counts.Unsupervised, "to a program that is not supervised");
        return string.Join(", ", words);

        void Add(long count, string word)
        {
            if (count > 0)
            {
                words.Add(string.Create(CultureInfo.InvariantCulture, $"{count} {word}"));
            }
        }
    }

    private static string Connections(long count) => count == 1 ? "1 connection" : string.Create(CultureInfo.InvariantCulture, $"{count} connections");

    /// <summary>A line; the one that a user looks for first is the least.</summary>
    private readonly record struct Row(int Rank, string Program, string Destination, SummaryCounts Counts) : IComparable<Row>
    {
        public int CompareTo(Row other)
        {
            int order = other.Rank.CompareTo(Rank);
            order = order == 0 ? other.Counts.All.CompareTo(Counts.All) : order;
            order = order == 0 ? string.CompareOrdinal(Program, other.Program) : order;
            return order == 0 ? string.CompareOrdinal(Destination, other.Destination) : order;
        }
    }
}
