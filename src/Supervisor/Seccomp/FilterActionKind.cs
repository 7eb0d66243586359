namespace BindToInterface.Supervisor.Seccomp;

/// <summary>What happens with a call.</summary>
internal enum FilterActionKind
{
    /// <summary>The kernel carries it out (SECCOMP_RET_ALLOW).</summary>
    Allow,

    /// <summary>It fails with an errno (SECCOMP_RET_ERRNO).</summary>
    Fail,

    /// <summary>It stops until the supervisor has answered (SECCOMP_RET_USER_NOTIF).</summary>
    Notify,
}
