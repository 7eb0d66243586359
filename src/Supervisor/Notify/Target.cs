using BindToInterface.Policy;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Notify;

/// <summary>
/// The process that made a call, and its descriptors. What was duplicated, or read of its memory, may be
/// another's if the target died meanwhile and its id was given away; nothing may be done with it before
/// <see cref="IsWaiting"/>, or at least <see cref="IsCaller"/>, has said that it is not.
/// </summary>
internal sealed class Target(Listener listener, int pidfds) : IDisposable
{
    private readonly PidfdCache pidfds = new(pidfds);
    private bool isKnownThread;

    /// <summary>Whether all that was read so far is the caller's, and the caller still in its call.</summary>
    public bool IsWaiting(in TrappedCall call) => listener.IsWaiting(call);

    /// <summary>
    /// Whether all that was read before the last <see cref="Duplicate"/>, and what that gave, is the caller's. A
    /// thread that called before is known without asking; it may have begun to die since, which is no matter where
    /// what is done next is done to its socket alone.
    /// </summary>
    public bool IsCaller(in TrappedCall call) => isKnownThread || listener.IsWaiting(call);

    /// <summary>Duplicates a descriptor. EBADF is the program's mistake; EPERM and the like are ours to report.</summary>
    public Errno Duplicate(in TrappedCall call, int descriptor, out DuplicatedSocket socket)
    {
        Errno error = pidfds.Duplicate(call.Tid, descriptor, out int duplicate, out isKnownThread);
        socket = new DuplicatedSocket(duplicate);
        return error;
    }

    /// <summary>Closes what is kept of threads that called.</summary>
    public void Forget() => pidfds.Clear();

    public void Dispose() => pidfds.Dispose();
}
