using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;

namespace BindToInterface.Policy.Plans;

/// <summary>What is to be done with a call: the steps, and how it is then carried out. Made of facts alone.</summary>
/// <param name="Way">How the call is carried out.</param>
/// <param name="Verdict">The verdict that the plan comes from; null where nothing had to be judged.</param>
/// <param name="Steps">What is done before.</param>
public readonly record struct Plan(Way Way, Verdict? Verdict = null, Steps Steps = Steps.None)
{
    /// <summary>The ifindex to leave by (<see cref="Way.Steered"/>); 0 leaves it to the routes.</summary>
    public uint Index { get; init; }

    /// <summary>The address to send from (<see cref="Way.Steered"/>); null for the socket's or the interface's own.</summary>
    public IpAddress? Source { get; init; }

    internal static Plan Refused(in Verdict verdict) => new(Way.Refused, verdict);

    internal static Plan After(Steps steps, in Verdict verdict) => new(Way.Again, verdict, steps);
}
