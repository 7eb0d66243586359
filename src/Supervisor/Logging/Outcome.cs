using BindToInterface.Supervisor.Seccomp;

namespace BindToInterface.Supervisor.Logging;

/// <summary>What a handler returns: the answer, and what was decided, to be published once the call is answered.</summary>
/// <param name="Response">The answer.</param>
/// <param name="Decision">What was decided; null where nothing was, or where nobody wants to know.</param>
internal readonly record struct Outcome(Response Response, Decision? Decision = null)
{
    /// <summary>sendmmsg: what was decided of its messages. The thread's own list, until its next call.</summary>
    public List<Decision>? OfMessages { get; init; }

    /// <summary>Whether there is anything to publish.</summary>
    public bool IsDecided => Decision is not null || OfMessages is { Count: > 0 };

    public static implicit operator Outcome(Response response) => new(response);
}
