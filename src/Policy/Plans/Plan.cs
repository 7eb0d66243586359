using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;

namespace BindToInterface.Policy.Plans;

/// <summary>What is to be done with a call: the steps, and how it is then carried out. Made of facts alone.</summary>
public readonly record struct Plan
{
    private readonly Verdict verdict;

    /// <summary>A plan for what had not to be judged.</summary>
    /// <param name="way">How the call is carried out.</param>
    public Plan(Way way) => Way = way;

    /// <summary>A plan.</summary>
    /// <param name="way">How the call is carried out.</param>
    /// <param name="verdict">The verdict that the plan comes from.</param>
    /// <param name="steps">What is done before.</param>
    public Plan(Way way, in Verdict verdict, Steps steps = Steps.None)
    {
        Way = way;
        this.verdict = verdict;
        IsJudged = true;
        Steps = steps;
    }

    /// <summary>How the call is carried out.</summary>
    public Way Way { get; init; }

    /// <summary>Whether there is a verdict that the plan comes from.</summary>
    public bool IsJudged { get; }

    /// <summary>The verdict that the plan comes from; where nothing had to be judged, one that means nothing. Not a copy: it is large.</summary>
    [UnscopedRef]
    public ref readonly Verdict Verdict => ref verdict;

    /// <summary>What is done before.</summary>
    public Steps Steps { get; }

    /// <summary>The ifindex to leave by (<see cref="Way.Steered"/>); 0 leaves it to the routes.</summary>
    public uint Index { get; init; }

    /// <summary>The address to send from (<see cref="Way.Steered"/>); null for the socket's or the interface's own.</summary>
    public IpAddress? Source { get; init; }

    // Not inlined: each place where a plan is made has room for it on the stack, which is cleared for every call.
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static Plan Refused(in Verdict verdict) => new(Way.Refused, verdict);

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static Plan Refused(in Verdict verdict, Errno error, string reason, bool isLoud = false) => new(Way.Refused, verdict.Refuse(error, reason, isLoud));

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static Plan After(Steps steps, in Verdict verdict) => new(Way.Again, verdict, steps);
}
