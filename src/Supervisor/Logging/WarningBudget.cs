namespace BindToInterface.Supervisor.Logging;

/// <summary>
/// Which warnings are told: each once for a name and a reason, and so many of one program, whatever names it gives itself.
/// One program cannot silence another, nor fill the memory. Not for several threads at once.
/// </summary>
internal sealed class WarningBudget
{
    /// <summary>How many different warnings one program may cause.</summary>
    public const int PerProgram = 20;

    private const int MaximumKnown = 1000;

    private readonly RecentSet<(string Name, string Reason)> told = new(MaximumKnown);
    private readonly Dictionary<string, int> counts = [];
    private readonly Queue<string> order = [];

    public enum Decision
    {
        /// <summary>It was told before, or is one too many.</summary>
        Silent,
        Tell,
        /// <summary>The first one too many: that further ones are not told is told.</summary>
        TellOfSilence,
    }

    /// <summary>Whether this very warning was told.</summary>
    public bool WasTold(string name, string reason) => told.Contains((name, reason));

    /// <summary>Decides on a warning that was not told yet.</summary>
    /// <param name="name">The name that the program goes by.</param>
    /// <param name="reason">What is warned of.</param>
    /// <param name="program">What the program is, which it cannot choose as it likes.</param>
    public Decision Decide(string name, string reason, string program)
    {
        int count = CountOf(program);
        if (count >= PerProgram)
        {
            counts[program] = PerProgram + 1;
            return count == PerProgram ? Decision.TellOfSilence : Decision.Silent;
        }

        counts[program] = count + 1;
        return told.Add((name, reason)) ? Decision.Tell : Decision.Silent;
    }

    private int CountOf(string program)
    {
        if (counts.TryGetValue(program, out int count))
        {
            return count;
        }

        if (order.Count == MaximumKnown)
        {
            counts.Remove(order.Dequeue());
        }

        order.Enqueue(program);
        return 0;
    }
}
