namespace BindToInterface.Supervisor.Logging;

/// <summary>A TCP connection that is under way, of a program that does not wait for it. What comes of it is found out once, by whoever learns it first.</summary>
internal sealed class PendingResult(ulong cookie)
{
    private readonly Lock gate = new();
    private CallResult? result;

    /// <summary>SO_COOKIE of its socket.</summary>
    public ulong Cookie => cookie;

    /// <summary>What became of it; null while that is not known.</summary>
    public CallResult? Result
    {
        get
        {
            lock (gate)
            {
                return result;
            }
        }
    }

    /// <summary>Takes note of what became of it, unless that is known.</summary>
    public void Resolve(in CallResult known)
    {
        lock (gate)
        {
            result ??= known;
        }
    }
}
