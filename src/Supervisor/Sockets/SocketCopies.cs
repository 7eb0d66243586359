using BindToInterface.Policy;
using BindToInterface.Supervisor.Proc;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>
/// The sockets that were made for the program, by inode: used where no descriptor of the program can be duplicated. A link in
/// /proc/TID/fd tells the inode. A copy is closed when the socket connects or listens, since a stream socket needs it no
/// longer; and when the program has closed the socket, which is found out by <see cref="Sweep"/>.
/// </summary>
/// <param name="processes">The processes that may have such a socket. An IOException says that they cannot be told.</param>
/// <param name="limit">How many descriptors this process may have at the moment.</param>
internal sealed class SocketCopies(Func<IEnumerable<int>> processes, Func<int> limit)
{
    /// <summary>How many sockets may be known before those that are gone are looked for.</summary>
    private const int UsualCount = 1024;

    /// <summary>How many descriptors are left for all else. A supervisor that has run for a while uses some twenty.</summary>
    private const int Reserve = 64;

    private readonly Dictionary<uint, SocketCopy> sockets = [];
    private readonly Lock gate = new();
    private readonly Lock sweeping = new();
    private int kept, forgottenAt = UsualCount, crowdedAt = Usable(limit()) / 2;

    /// <summary>Told when there is a copy, and there was none before.</summary>
    public event Action? Began;

    /// <summary>How many copies are open.</summary>
    public int Kept
    {
        get
        {
            lock (gate)
            {
                return kept;
            }
        }
    }

    /// <summary>How many sockets are known.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return sockets.Count;
            }
        }
    }

    /// <summary>Keeps a socket that is about to be handed over.</summary>
    public void Add(SocketCopy copy)
    {
        bool isFirst;
        SocketCopy? former;
        lock (gate)
        {
            // The kernel uses an inode's number again after four thousand millions of others.
            former = Remove(copy.Inode);
            sockets[copy.Inode] = copy;
            isFirst = kept++ == 0;
        }

        former?.Dispose();

        if (isFirst)
        {
            Began?.Invoke();
        }
    }

    /// <summary>
    /// Whether another copy may be kept. Each time that half of the descriptors which were left have become copies, those that nobody
    /// needs are closed. A program can open and close sockets so fast that all descriptors are used before the next sweep; then none would
    /// be left to look into a process by. So whoever makes a socket meanwhile waits.
    /// </summary>
    public bool TryMakeRoom()
    {
        if (!IsCrowded)
        {
            return true;
        }

        lock (sweeping)
        {
            if (IsCrowded)
            {
                Sweep(isPatient: true);
            }

            if (IsCrowded)
            {
                Sweep(isPatient: false);
            }

            int usable = Usable(limit());
            lock (gate)
            {
                crowdedAt = Math.Min(usable, kept + Math.Max(1, (usable - kept) / 2));
                return kept < usable;
            }
        }
    }

    /// <summary>It was handed over: from now on somebody has it.</summary>
    public void HandedOver(SocketCopy copy, int tid, int descriptor)
    {
        lock (gate)
        {
            copy.SeenAt((tid, descriptor));
        }
    }

    /// <summary>It could not be handed over.</summary>
    public void Remove(SocketCopy copy)
    {
        lock (gate)
        {
            Remove(copy.Inode);
        }

        copy.Dispose();
    }

    /// <summary>Borrows the copy of a socket for a call.</summary>
    /// <param name="inode">The socket's inode.</param>
    /// <param name="tid">The thread that called.</param>
    /// <param name="descriptor">Its descriptor.</param>
    /// <param name="copy">The socket; null where it was not made for the program.</param>
    /// <returns>Whether there is a copy, which is to be returned.</returns>
    public bool TryBorrow(uint inode, int tid, int descriptor, out SocketCopy? copy)
    {
        lock (gate)
        {
            if (!sockets.TryGetValue(inode, out copy) || !copy.TryBorrow())
            {
                return false;
            }

            copy.SeenAt((tid, descriptor));
            return true;
        }
    }

    /// <summary>Closes a copy that no call needs any more, once it is returned.</summary>
    /// <param name="copy">The socket.</param>
    /// <param name="boundTo">The interface that it is bound to; null for none.</param>
    public void Close(SocketCopy copy, string? boundTo)
    {
        lock (gate)
        {
            LetGo(copy, boundTo);
        }

        copy.Dispose();
    }

    /// <summary>
    /// Closes the copies of sockets that nobody has any more. The link where a socket was last seen is looked at first; all
    /// others are looked through only if one is not where it was.
    /// </summary>
    /// <param name="isPatient">
    /// Whether a socket must be missed twice: one that is handed from one process to another (SCM_RIGHTS) is in none for a moment.
    /// </param>
    /// <param name="concerns">Which copies are looked at; null for all.</param>
    public void Sweep(bool isPatient, Predicate<SocketCopy>? concerns = null)
    {
        // One after the other: when a sweep is over, what another one has taken out is closed as well (Free).
        lock (sweeping)
        {
            SweepAlone(isPatient, concerns);
        }
    }

    private void SweepAlone(bool isPatient, Predicate<SocketCopy>? concerns)
    {
        (SocketCopy Copy, (int Tid, int Descriptor) Holder, int Sightings)[] handedOver;
        SocketCopy[] former = [];
        lock (gate)
        {
            handedOver = [.. sockets.Values.Where(copy => copy.IsKept && copy.Holder.Tid != 0).Select(copy => (copy, copy.Holder, copy.Sightings))];
            if (sockets.Count >= forgottenAt)
            {
                former = [.. sockets.Values.Where(copy => !copy.IsKept)];
            }
        }

        // Without the lock: nobody who calls waits for what is read and closed here. A thousand sockets take several milliseconds.
        (SocketCopy Copy, int Sightings)[] missing =
            [.. handedOver.Where(each => concerns?.Invoke(each.Copy) != false && !IsHeld(each.Copy, each.Holder)).Select(each => (each.Copy, each.Sightings))];
        if (missing.Length == 0 && former.Length == 0)
        {
            return;
        }

        Dictionary<uint, (int Pid, int Descriptor)> held;
        try
        {
            held = OwnDescriptors.Read(() => HeldSockets.Of(processes()));
        }
        catch (IOException)
        {
            // No process can be looked into: of none can be said that it does not have a socket.
            return;
        }

        SocketCopy[] closed;
        lock (gate)
        {
            closed = [.. missing.Where(each => each.Sightings == each.Copy.Sightings && IsGone(each.Copy, held, isPatient)).Select(each => each.Copy)];
            foreach (SocketCopy copy in closed)
            {
                Remove(copy.Inode);
            }

            if (former.Length > 0)
            {
                foreach (SocketCopy gone in former.Where(copy => !held.ContainsKey(copy.Inode)))
                {
                    Remove(gone.Inode);
                }

                forgottenAt = Math.Max(UsualCount, 2 * sockets.Count);
            }
        }

        foreach (SocketCopy copy in closed)
        {
            copy.Dispose();
        }
    }

    /// <summary>Closes the copies of sockets with a port that nobody has any more: the program is about to bind to it.</summary>
    public void Free(ushort port) => Sweep(
        isPatient: false,
        copy => new DuplicatedSocket(copy.Descriptor).GetLocal(out LocalAddress local) == Errno.None && local.Endpoint.Port == port);

    private bool IsCrowded
    {
        get
        {
            lock (gate)
            {
                return kept >= crowdedAt;
            }
        }
    }

    /// <summary>How many of so many descriptors may be copies. The others are for all else, and for looking into processes.</summary>
    private static int Usable(int descriptors) => Math.Max(descriptors - Reserve, descriptors / 2);

    /// <summary>Whether a copy is to be closed that was not found, nor used meanwhile.</summary>
    private static bool IsGone(SocketCopy copy, Dictionary<uint, (int Pid, int Descriptor)> held, bool isPatient)
    {
        if (!copy.IsKept)
        {
            return false;
        }

        if (held.TryGetValue(copy.Inode, out (int, int) holder))
        {
            copy.SeenAt(holder);
            return false;
        }

        bool isGone = !isPatient || copy.IsMissed;
        copy.IsMissed = true;
        return isGone;
    }

    private static bool IsHeld(SocketCopy copy, (int Tid, int Descriptor) holder) =>
        ThreadFile.SocketInode(holder.Tid, holder.Descriptor, out uint inode) == Errno.None && inode == copy.Inode;

    private SocketCopy? Remove(uint inode)
    {
        if (sockets.Remove(inode, out SocketCopy? former))
        {
            LetGo(former, null);
        }

        return former;
    }

    private void LetGo(SocketCopy copy, string? boundTo)
    {
        if (copy.IsKept)
        {
            kept--;
            copy.LetGo(boundTo);
        }
    }
}
