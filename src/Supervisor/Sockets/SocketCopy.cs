using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>
/// A socket that the supervisor made for the program, and its own descriptor of it. That is lent to a call, and closed when
/// nothing can need it any more: it would hold back the FIN, and the port, of a socket that the program closes. What is
/// known of the socket stays. Guarded by <see cref="SocketCopies"/>.
/// </summary>
/// <param name="inode">The socket's inode.</param>
/// <param name="type">SO_TYPE.</param>
/// <param name="isIp">Whether it sends IP packets.</param>
/// <param name="descriptor">The supervisor's descriptor.</param>
internal sealed class SocketCopy(uint inode, int type, bool isIp, DescriptorHandle descriptor) : IDisposable
{
    public uint Inode { get; } = inode;

    public int Type { get; } = type;

    public bool IsIp { get; } = isIp;

    /// <summary>The supervisor's descriptor, for whoever has borrowed it.</summary>
    public int Descriptor => descriptor.Descriptor;

    /// <summary>Whether the descriptor may still be borrowed.</summary>
    public bool IsKept { get; private set; } = true;

    /// <summary>The interface that it was bound to as it was let go; null for none.</summary>
    public string? Interface { get; private set; }

    /// <summary>A thread that had it, and by which descriptor; 0 while it is not handed over.</summary>
    public (int Tid, int Descriptor) Holder { get; private set; }

    /// <summary>Changes when it is seen somewhere.</summary>
    public int Sightings { get; private set; }

    /// <summary>Whether nobody was found to have it when that was last looked for.</summary>
    public bool IsMissed { get; set; }

    /// <summary>A thread has it.</summary>
    public void SeenAt((int Tid, int Descriptor) holder) => (Holder, IsMissed, Sightings) = (holder, false, Sightings + 1);

    /// <summary>Borrows the descriptor, which is open until <see cref="Return"/>.</summary>
    public bool TryBorrow()
    {
        bool isOpen = false;
        if (IsKept)
        {
            descriptor.DangerousAddRef(ref isOpen);
        }

        return isOpen;
    }

    /// <summary>Gives the descriptor back. It is closed now if it is not kept.</summary>
    public void Return() => descriptor.DangerousRelease();

    /// <summary>The descriptor is not lent any more, and is to be closed.</summary>
    /// <param name="boundTo">The interface that the socket is bound to by now; null for none.</param>
    public void LetGo(string? boundTo) => (IsKept, Interface) = (false, boundTo);

    /// <summary>Closes the descriptor, as soon as nobody has borrowed it.</summary>
    public void Dispose() => descriptor.Dispose();
}
