using BindToInterface.Policy;
using BindToInterface.Supervisor.Sockets;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// What is known of a socket, and mostly never changes, by its cookie: a number that the kernel gives to no other socket until it is booted
/// again. One system call then tells type, protocol and network namespace. A table of fixed size, for one thread.
/// </summary>
internal sealed class KnownSockets
{
    private const int Size = 256;

    private readonly Entry[] entries = new Entry[Size];

    /// <summary>What is known of a socket. Cookie 0: it has none, and nothing is remembered.</summary>
    public struct Entry
    {
        public ulong Cookie;

        /// <summary>SO_TYPE; 0 where it is not known.</summary>
        public int Type;

        public int? Protocol;

        public bool? IsTcp, IsOfOurNamespace;

        /// <summary>Whether it turned out to be a server's, which is bound to no device. It may be bound later, other than the rest.</summary>
        public bool WasServer;
    }

    /// <summary>What is known of a socket at first sight.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="hasPort">Whether it has a port, and so is looked up: it has been, or will be, used more than once.</param>
    public Entry Look(in DuplicatedSocket socket, bool hasPort)
    {
        Entry entry = hasPort ? Find(socket) : default;
        if (socket.Copy is SocketCopy copy)
        {
            // It was made here.
            (entry.Type, entry.IsOfOurNamespace) = (copy.Type, true);
        }

        return entry;
    }

    /// <summary>Looks a socket up.</summary>
    public Entry Find(in DuplicatedSocket socket)
    {
        ulong cookie = socket.GetLongOption(Linux.SOL_SOCKET, LibC.SO_COOKIE) ?? 0;
        ref Entry entry = ref entries[cookie % Size];
        return entry.Cookie == cookie ? entry : new Entry { Cookie = cookie };
    }

    /// <summary>Keeps what was found out.</summary>
    public void Remember(in Entry entry)
    {
        if (entry.Cookie != 0)
        {
            entries[entry.Cookie % Size] = entry;
        }
    }
}
