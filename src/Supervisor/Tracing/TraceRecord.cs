using System.Diagnostics;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;

namespace BindToInterface.Supervisor.Tracing;

/// <summary>A line of the trace: a decision, what became of it, and what is known besides.</summary>
/// <param name="Decision">What was decided.</param>
/// <param name="Result">What became of it.</param>
internal sealed record TraceRecord(Decision Decision, CallResult Result)
{
    /// <summary>When the program made the call.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The name that DNS told for the destination; null where none was seen.</summary>
    public string? Name { get; init; }

    /// <summary>The process at the other end of a Unix socket; null where it is not known.</summary>
    public UnixPeer? Peer { get; init; }

    /// <summary>Whether it is about a destination; else it is about a path or a call.</summary>
    public bool HasDestination => Decision.HasDestination;

    /// <summary>The name of the call, as in the manual.</summary>
    public string Call => FilterDump.NameOf(Decision.Call.SystemCall);

    /// <summary>How long it took until the result was known, in milliseconds; null where that was at once, or is not known.</summary>
    public double? Milliseconds => Decision.Seen.Begun != 0 && Result.Time != 0 ? Stopwatch.GetElapsedTime(Decision.Seen.Begun, Result.Time).TotalMilliseconds : null;

    /// <summary>The socket's own address; null where it is not known or has none.</summary>
    public Endpoint? Local => Decision.Seen.Local.Port != 0 && !Decision.Seen.Local.Address.IsUnspecified ? Decision.Seen.Local : null;

    /// <summary>The interface that the verdict is about; null where the connect goes to another program.</summary>
    public string? Interface => Decision.Kind == DecisionKind.UnixSocket ? null : Decision.Verdict.Interface;

    /// <summary>The verdict in a word.</summary>
    public string Verdict => Decision.Kind switch
    {
        DecisionKind.UnixSocket => "unsupervised",
        _ when Decision.Seen.IsElsewhere => "elsewhere",
        _ => Words.VerdictOf(Decision.Verdict.Kind),
    };
}
