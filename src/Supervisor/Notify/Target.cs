using BindToInterface.Policy;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Notify;

/// <summary>
/// The process that made a call, and its descriptors. What was duplicated, or read of its memory, may be
/// another's if the target died meanwhile and its id was given away; nothing may be done with it before
/// <see cref="IsWaiting"/> has said that the call still waits.
/// </summary>
internal sealed class Target(Listener listener) : IDisposable
{
    private readonly PidfdCache pidfds = new();

    /// <summary>Whether all that was read so far is the caller's.</summary>
    public bool IsWaiting(in TrappedCall call) => listener.IsWaiting(call);

    /// <summary>Duplicates a descriptor. EBADF is the program's mistake; EPERM and the like are ours to report.</summary>
    public Errno Duplicate(in TrappedCall call, int descriptor, out DuplicatedSocket socket)
    {
        Errno error = pidfds.Duplicate(call.Tid, descriptor, out int duplicate);
        socket = new DuplicatedSocket(duplicate);
        return error;
    }

    public void Dispose() => pidfds.Dispose();
}
