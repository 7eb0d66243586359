using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>A TCP connection that was started on behalf of a program, which waits for it in its connect.</summary>
/// <param name="Decision">What was decided, to be published once it is known what became of it; null where nothing is to be.</param>
/// <param name="Sockaddr">The address that it goes to.</param>
/// <param name="Cookie">SO_COOKIE of the socket.</param>
internal sealed record HeldConnection(Decision? Decision, byte[] Sockaddr, ulong Cookie)
{
    /// <summary>Whether the kernel may carry the call out, and wait on.</summary>
    public bool MayGoOn { get; init; } = true;

    /// <summary>Strict mode: one that the kernel may not wait for, and that was told of.</summary>
    public static HeldConnection Held(ReadOnlySpan<byte> sockaddr) => new(null, sockaddr.ToArray(), 0) { MayGoOn = false };

    /// <summary>The outcome where the wait ends with this answer, and nothing more is known.</summary>
    public Outcome EndsWith(in Response answer) => answer.Kind switch
    {
        ResponseKind.Nobody => EndsWith(answer, CallResult.Unknown("the call was interrupted, or the program ended")),
        // The kernel waits on, and the socket is watched.
        ResponseKind.Continue => new(answer, Decision is Decision started
            ? started with { Seen = started.Seen with { Result = new(ResultKind.Started), Pending = new PendingResult(Cookie) } }
            : null),
        _ => EndsWith(answer, CallResult.Failed(answer.Error)),
    };

    /// <summary>The outcome with this answer and this result.</summary>
    public Outcome EndsWith(in Response answer, in CallResult result) =>
        new(answer, Decision is Decision decided ? decided with { Seen = decided.Seen with { Result = result } } : null);
}
