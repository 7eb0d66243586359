namespace BindToInterface.Policy.Routes;

/// <summary>
/// The policy that counts now. A call takes it once and is judged by that one alone, so that no call is judged by parts of two.
/// Safe to use from any thread.
/// </summary>
public sealed class CurrentPolicy(TrafficPolicy policy)
{
    private volatile TrafficPolicy current = policy;

    /// <summary>Another policy has taken the place of the one before; raised by the thread that replaces it.</summary>
    public event Action? Replaced;

    /// <summary>The policy that a call is judged by which begins now.</summary>
    public TrafficPolicy Take() => current;

    /// <summary>Has the calls that begin from now on judged by another policy.</summary>
    public void Replace(TrafficPolicy policy)
    {
        current = policy;
        Replaced?.Invoke();
    }
}
