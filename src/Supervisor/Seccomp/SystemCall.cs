namespace BindToInterface.Supervisor.Seccomp;

/// <summary>The system calls that the filter knows, whatever their number on an architecture.</summary>
internal enum SystemCall
{
    None,
    Socket,
    Socketpair,
    Bind,
    Listen,
    Connect,
    Sendto,
    Sendmsg,
    Sendmmsg,
    Recvfrom,
    Setsockopt,
    Getsockopt,

    /// <summary>i386: one entry for all of the above, with its arguments in memory.</summary>
    Socketcall,
    IoUringSetup,
    IoUringEnter,
    IoUringRegister,
    Recvmsg,
    Recvmmsg,
    Read,

    Clone,
    Clone3,

    /// <summary>The last one: the size of tables.</summary>
    RequestKey,
}
