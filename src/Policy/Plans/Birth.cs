namespace BindToInterface.Policy.Plans;

/// <summary>What is to be done with a socket(2).</summary>
/// <param name="Way">How.</param>
/// <param name="Request">What the supervisor asks the kernel for.</param>
/// <param name="Interface">The interface that the socket is bound to before the program has it; null for none.</param>
public readonly record struct Birth(BirthWay Way, SocketRequest Request, string? Interface = null)
{
    /// <summary>The answer of <see cref="BirthWay.Refused"/>.</summary>
    public Errno Error { get; init; }
}
