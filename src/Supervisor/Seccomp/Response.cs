using BindToInterface.Policy;

namespace BindToInterface.Supervisor.Seccomp;

/// <summary>What a stopped call is answered with.</summary>
internal readonly record struct Response
{
    private Response(ResponseKind kind, long value, Errno error)
    {
        Kind = kind;
        Value = value;
        Error = error;
    }

    /// <summary>The kernel carries the call out as it stands.</summary>
    public static Response Continue => new(ResponseKind.Continue, 0, Errno.None);

    /// <summary>The call has to wait; for what is said by the handler's <see cref="WaitRequest"/>.</summary>
    public static Response Block => new(ResponseKind.Block, 0, Errno.None);

    /// <summary>The target is gone, or its call was interrupted: there is nobody to answer.</summary>
    public static Response Nobody => new(ResponseKind.Nobody, 0, Errno.None);

    /// <summary>The call was answered already, with a descriptor (<see cref="Listener.Hand"/>).</summary>
    public static Response Answered => Nobody;

    public ResponseKind Kind { get; }

    public long Value { get; }

    public Errno Error { get; }

    /// <summary>The supervisor made the call, and this is its result.</summary>
    public static Response Result(long value) => new(ResponseKind.Result, value, Errno.None);

    /// <summary>The supervisor made the call, which returns 0 or an error.</summary>
    public static Response Of(Errno error) => error == Errno.None ? Result(0) : Fail(error);

    /// <summary>The call fails.</summary>
    public static Response Fail(Errno error) => new(ResponseKind.Result, 0, error);
}
