using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Logging;

namespace BindToInterface.Supervisor.Tracing;

/// <summary>
/// Which socket has sent datagrams where: the first one counts as a connection, and is told of. Those that were used last are
/// remembered; after that many others the next one counts again. Safe to use from any thread.
/// </summary>
internal sealed class Flows
{
    private const int Capacity = 4096;

    private readonly RecentSet<(ulong Cookie, Endpoint Destination, VerdictKind Kind)> known = new(Capacity);
    private readonly Lock gate = new();

    /// <summary>Whether a socket has sent there before, with that verdict.</summary>
    public bool Contains(ulong cookie, in Verdict verdict)
    {
        lock (gate)
        {
            return known.Contains((cookie, verdict.Destination, verdict.Kind));
        }
    }

    /// <summary>Takes note of a send: whether a socket has not sent there before, with that verdict.</summary>
    public bool Add(ulong cookie, in Verdict verdict)
    {
        lock (gate)
        {
            return known.Add((cookie, verdict.Destination, verdict.Kind));
        }
    }
}
