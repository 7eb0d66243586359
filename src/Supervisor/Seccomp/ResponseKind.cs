namespace BindToInterface.Supervisor.Seccomp;

/// <summary>The kinds of <see cref="Response"/>.</summary>
internal enum ResponseKind
{
    /// <summary>A result or an error that the supervisor gives.</summary>
    Result,
    /// <summary>SECCOMP_USER_NOTIF_FLAG_CONTINUE.</summary>
    Continue,
    /// <summary>Not yet: the call has to wait.</summary>
    Block,
    /// <summary>Nobody waits for an answer, or the call was answered already.</summary>
    Nobody,
}
