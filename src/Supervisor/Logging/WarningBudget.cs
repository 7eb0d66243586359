namespace BindToInterface.Supervisor.Logging;

/// <summary>
/// Decides which warnings are shown: each one once for a name and a reason, and a limited number for one program, whatever
/// names it gives itself. A program cannot suppress warnings about another one, and cannot fill the memory. Not for several
/// threads at once.
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
        /// <summary>It was shown before, or the limit is reached.</summary>
        Silent,
        Tell,
        /// <summary>The limit is reached with this one: say that further ones are not shown.</summary>
        TellOfSilence,
    }

    /// <summary>Whether this warning was shown already.</summary>
    public bool WasTold(string name, string reason) => told.Contains((name, reason));

    /// <summary>Decides on a warning that was not shown yet.</summary>
    /// <param name="name">The name of the program's process, which it can change.</param>
    /// <param name="reason">The subject of the warning.</param>
    /// <param name="program">The program itself (its executable file), which it cannot change.</param>
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
