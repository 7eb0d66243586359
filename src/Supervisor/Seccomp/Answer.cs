using BindToInterface.Policy;

namespace BindToInterface.Supervisor.Seccomp;

/// <summary>What a trapped call is answered with.</summary>
internal readonly record struct Answer
{
    private Answer(AnswerKind kind, long value, Errno error)
    {
        Kind = kind;
        Value = value;
        Error = error;
    }

    /// <summary>The kernel carries the call out as it stands.</summary>
    public static Answer Continue => new(AnswerKind.Continue, 0, Errno.None);

    /// <summary>The call has to wait; for what is said by the handler's <see cref="WaitRequest"/>.</summary>
    public static Answer Block => new(AnswerKind.Block, 0, Errno.None);

    /// <summary>The target is gone, or its call was interrupted: there is nobody to answer.</summary>
    public static Answer Nobody => new(AnswerKind.Nobody, 0, Errno.None);

    public AnswerKind Kind { get; }

    public long Value { get; }

    public Errno Error { get; }

    /// <summary>The supervisor made the call, and this is its result.</summary>
    public static Answer Result(long value) => new(AnswerKind.Result, value, Errno.None);

    /// <summary>The call fails.</summary>
    public static Answer Fail(Errno error) => new(AnswerKind.Result, 0, error);
}
