namespace BindToInterface.Supervisor.Configuration;

/// <summary>Guesses what a user meant by a word that is not known.</summary>
internal static class Spelling
{
    private const int CloseEnough = 2;

    /// <summary>The known word that is closest to a word, and close enough to be meant.</summary>
    public static string? Closest(string word, IEnumerable<string> known) => known
        .Select(each => (Word: each, Distance: Distance(word, each)))
        .Where(each => each.Distance <= CloseEnough)
        .OrderBy(each => each.Distance)
        .FirstOrDefault().Word;

    public static bool IsClose(string word, string known) => Distance(word, known) <= CloseEnough;

    /// <summary>How many letters are to be changed, added or taken away (Levenshtein).</summary>
    private static int Distance(string from, string to)
    {
        if (Math.Abs(from.Length - to.Length) > CloseEnough)
        {
            return int.MaxValue;
        }

        int[] above = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 1; i <= from.Length; i++)
        {
            int[] row = new int[to.Length + 1];
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                row[j] = Math.Min(Math.Min(row[j - 1], above[j]) + 1, above[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1));
            }

            above = row;
        }

        return above[^1];
    }
}
