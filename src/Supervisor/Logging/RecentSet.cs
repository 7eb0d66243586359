namespace BindToInterface.Supervisor.Logging;

/// <summary>The items that were added last, up to a number. The oldest are removed. Not for several threads at once.</summary>
internal sealed class RecentSet<T>(int capacity)
    where T : notnull
{
    private readonly HashSet<T> members = [];
    private readonly Queue<T> order = [];

    public bool Contains(T item) => members.Contains(item);

    /// <summary>Adds, and says whether it was not there.</summary>
    public bool Add(T item)
    {
        if (!members.Add(item))
        {
            return false;
        }

        if (order.Count == capacity)
        {
            members.Remove(order.Dequeue());
        }

        order.Enqueue(item);
        return true;
    }
}
