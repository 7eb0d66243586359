namespace BindToInterface.Supervisor.Filter;

/// <summary>
/// The system calls that the filter knows, whatever their number on an architecture. Where it compares several numbers one after
/// the other, the order is that of this list: what programs call often stands first.
/// </summary>
internal enum SystemCall
{
    None,
    Connect,
    Sendto,
    Sendmsg,
    Sendmmsg,
    Recvfrom,
    Setsockopt,
    Getsockopt,
    Socket,
    Socketpair,

    /// <summary>i386: one entry for all of the above, with its arguments in memory.</summary>
    Socketcall,
    IoUringSetup,
    IoUringEnter,
    IoUringRegister,
    RequestKey,
}
