using BindToInterface.Policy.Addresses;

namespace BindToInterface.Supervisor.Logging;

/// <summary>What is seen of a call beside its verdict, where trace or summary ask for it.</summary>
internal readonly record struct Observed
{
    /// <summary>What became of the call.</summary>
    public CallResult Result { get; init; }

    /// <summary>Where what becomes of it is noted, while that is not known.</summary>
    public PendingResult? Pending { get; init; }

    /// <summary>When the call was handled first (Stopwatch.GetTimestamp); 0 where that was not noted.</summary>
    public long Begun { get; init; }

    /// <summary>The socket's address after the call; unspecified where it has none, or was not looked at.</summary>
    public Endpoint Local { get; init; }

    /// <summary>Whether a socket that was to be bound to the interface turned out not to be. It never should.</summary>
    public bool IsElsewhere { get; init; }

    /// <summary>Whether the call was only judged, and goes on as the program made it (--dry-run).</summary>
    public bool IsDry { get; init; }

    /// <summary>Whether the socket sent to the same destination before, with the same verdict.</summary>
    public bool IsRepeated { get; init; }
}
