using BindToInterface.Policy;
using BindToInterface.Supervisor.Seccomp;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>What a call has to wait for before it is handled again.</summary>
/// <param name="Call">The call, decoded, and how much of it is done already.</param>
/// <param name="Events">POLLIN or POLLOUT on its socket; 0 if it waits for nothing, but takes long.</param>
internal readonly record struct WaitRequest(Notification Call, short Events)
{
    /// <summary>The message that waits for room, already judged; null where nothing is.</summary>
    public HeldMessage? Held { get; init; }

    /// <summary>Whether the socket does not tell when there is room, so that the call is handled again from time to time.</summary>
    public bool IsPolled { get; init; }

    /// <summary>The connection that the call waits for; null where it waits for something else.</summary>
    public HeldConnection? Connection { get; init; }

    /// <summary>The option that bounds the wait: SO_RCVTIMEO or SO_SNDTIMEO.</summary>
    public int TimeoutOption => IsReceive ? LibC.SO_RCVTIMEO : LibC.SO_SNDTIMEO;

    public bool IsReceive => Events == LibC.POLLIN;

    /// <summary>The answer if the socket's timeout is over: like the kernel's, what was sent until then.</summary>
    public Response TimedOut => Call.Done > 0 ? Response.Result(Call.Done) : Response.Fail(Connection is null ? Errno.EAGAIN : Errno.EINPROGRESS);

    /// <summary>
    /// The answer if a signal is to be delivered. The kernel turns ERESTARTSYS into EINTR or into a restart, as the program's
    /// SA_RESTART says, but only in the thread that it has marked. If the socket has a timeout, the kernel itself answers EINTR
    /// (sock_intr_errno).
    /// </summary>
    /// <param name="hasTimeout">Whether the socket has a timeout.</param>
    /// <param name="isOwn">Whether the signal is surely this thread's.</param>
    public Response Interrupted(bool hasTimeout, bool isOwn) => Call.Done > 0 ? Response.Result(Call.Done)
        : Response.Fail(isOwn && !hasTimeout ? Errno.ERESTARTSYS : Errno.EINTR);
}
