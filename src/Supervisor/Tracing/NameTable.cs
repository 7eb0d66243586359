using BindToInterface.Policy.Addresses;

namespace BindToInterface.Supervisor.Tracing;

/// <summary>The names that DNS has told for addresses. Of each address the last, and of all those that were told last. Safe to use from any thread.</summary>
internal sealed class NameTable
{
    private const int Capacity = 4096;

    private readonly Dictionary<IpAddress, string> names = [];
    private readonly Queue<IpAddress> order = [];
    private readonly Lock gate = new();

    public void Add(IpAddress address, string name)
    {
        lock (gate)
        {
            if (!names.ContainsKey(address))
            {
                if (order.Count == Capacity)
                {
                    names.Remove(order.Dequeue());
                }

                order.Enqueue(address);
            }

            names[address] = name;
        }
    }

    /// <summary>The name of an address; null where none was seen.</summary>
    public string? Find(IpAddress address)
    {
        lock (gate)
        {
            return names.GetValueOrDefault(address);
        }
    }
}
