using System.Diagnostics;
using BindToInterface.Policy;

namespace BindToInterface.Supervisor.Logging;

/// <summary>What became of a call.</summary>
/// <param name="Kind">What is known.</param>
/// <param name="Error">The errno of <see cref="ResultKind.Failed"/>.</param>
/// <param name="Why">Why the result is not known, for a person.</param>
/// <param name="Time">When that was known (Stopwatch.GetTimestamp); 0 for at once.</param>
internal readonly record struct CallResult(ResultKind Kind, Errno Error = Errno.None, string Why = "", long Time = 0)
{
    /// <summary>Why the result is not known.</summary>
    public string Reason => string.IsNullOrEmpty(Why) ? "the kernel carried the call out" : Why;

    public static CallResult Unknown(string why) => new(ResultKind.Unknown, Why: why);

    public static CallResult Failed(Errno error) => new(ResultKind.Failed, error, Time: Stopwatch.GetTimestamp());

    public static CallResult Established => new(ResultKind.Established, Time: Stopwatch.GetTimestamp());
}
