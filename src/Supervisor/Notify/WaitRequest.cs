using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Notify;

/// <summary>What a call has to wait for before it is handled again.</summary>
/// <param name="Call">The call, decoded, with what is done of it.</param>
/// <param name="Events">POLLIN or POLLOUT on its socket; 0 where it waits for nothing, but takes long.</param>
internal readonly record struct WaitRequest(TrappedCall Call, short Events)
{
    /// <summary>The option that bounds the wait: SO_RCVTIMEO or SO_SNDTIMEO.</summary>
    public int TimeoutOption => IsReceive ? LibC.SO_RCVTIMEO : LibC.SO_SNDTIMEO;

    public bool IsReceive => Events == LibC.POLLIN;

    /// <summary>The answer where the socket's timeout is over: as the kernel's, what was sent counts.</summary>
    public Answer TimedOut => Call.Done > 0 ? Answer.Result(Call.Done) : Answer.Fail(Errno.EAGAIN);

    /// <summary>
    /// The answer where a signal is to be delivered. The kernel makes EINTR or a restart of ERESTARTSYS, as the program's
    /// SA_RESTART says, but only in the thread that it has marked; where the socket has a timeout it says EINTR itself
    /// (sock_intr_errno).
    /// </summary>
    /// <param name="hasTimeout">Whether the socket has a timeout.</param>
    /// <param name="isOwn">Whether the signal is surely this thread's.</param>
    public Answer Interrupted(bool hasTimeout, bool isOwn) => Call.Done > 0 ? Answer.Result(Call.Done)
        : Answer.Fail(isOwn && !hasTimeout ? Errno.ERESTARTSYS : Errno.EINTR);
}
