using BindToInterface.Policy;
using BindToInterface.Supervisor.Proc;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Target;

/// <summary>
/// The process that made a call, and its descriptors. If the target died meanwhile and its id got a new owner, then
/// descriptors that were duplicated, and memory that was read, belong to another process. Nothing may be done with them
/// before <see cref="IsWaiting"/>, or at least <see cref="IsCaller"/>, has said that they are the caller's.
/// </summary>
/// <param name="listener">Says whether a call waits.</param>
/// <param name="pidfds">How many pidfds are kept.</param>
/// <param name="copies">The copies of sockets, where descriptors cannot be duplicated; else null.</param>
internal sealed class TargetProcess(Listener listener, int pidfds, SocketCopies? copies) : IDisposable
{
    private readonly PidfdCache pidfds = new(pidfds);
    private bool isKnownThread;

    /// <summary>Whether the thread of the last <see cref="Duplicate"/> is the same as at an earlier call with its id.</summary>
    public bool IsKnownThread => isKnownThread;

    /// <summary>Whether everything that was read so far is the caller's, and the caller still waits in its call.</summary>
    public bool IsWaiting(in Notification call) => listener.IsWaiting(call);

    /// <summary>
    /// Whether everything that was read before the last <see cref="Duplicate"/>, and the duplicate itself, is the caller's. A
    /// thread that called before is known without asking the kernel. It may have begun to die since then, or another thread of
    /// its process may have executed a file: the pidfd of the first thread then means the new program (exchange_tids in the
    /// kernel's exec). That does not matter if the next step changes nothing but its socket. It is not enough to send what was
    /// read.
    /// </summary>
    public bool IsCaller(in Notification call) => isKnownThread || listener.IsWaiting(call);

    /// <summary>Duplicates a descriptor. EBADF is the program's mistake; EPERM and the like are reported by the supervisor.</summary>
    /// <remarks>
    /// Where copies are kept, ENOKEY says that there is none: the socket was not made for the program, or its copy was closed
    /// (<see cref="Former"/>).
    /// </remarks>
    public Errno Duplicate(in Notification call, int descriptor, out DuplicatedSocket socket)
    {
        if (copies is not null)
        {
            return Borrow(copies, call, descriptor, out socket);
        }

        Errno error = pidfds.Duplicate(call.Tid, descriptor, out int duplicate, out isKnownThread);
        socket = new DuplicatedSocket(duplicate);
        return error;
    }

    /// <summary>The socket that the last <see cref="Duplicate"/> was asked for, where its copy was closed; else null.</summary>
    public SocketCopy? Former { get; private set; }

    private Errno Borrow(SocketCopies kept, in Notification call, int descriptor, out DuplicatedSocket socket)
    {
        isKnownThread = false;
        Former = null;
        socket = new DuplicatedSocket(-1);
        Errno error = ThreadFile.SocketInode(call.Tid, descriptor, out uint inode);
        if (error != Errno.None)
        {
            return error == Errno.EACCES ? Errno.EPERM : error;
        }

        if (kept.TryBorrow(inode, call.Tid, descriptor, out SocketCopy? copy))
        {
            socket = new DuplicatedSocket(copy!);
            return Errno.None;
        }

        Former = copy;
        return Errno.ENOKEY;
    }

    /// <summary>Gives the caller a socket, and answers its call with the number; see <see cref="Listener.Hand"/>.</summary>
    public Errno Hand(in Notification call, in DuplicatedSocket socket, bool isCloseOnExec, out int number) =>
        listener.Hand(call, socket.Descriptor, isCloseOnExec, out number);

    /// <summary>Closes the pidfds of threads that called.</summary>
    public void Forget() => pidfds.Clear();

    public void Dispose() => pidfds.Dispose();
}
