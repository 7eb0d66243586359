using BindToInterface.Policy;
using BindToInterface.Policy.Plans;
using BindToInterface.Supervisor.Sockets;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// What is known of a socket, and mostly never changes, by its cookie: a number that the kernel gives to no other socket until it is booted
/// again. One system call then tells type, protocol and network namespace. A table of fixed size, which all threads share without a lock:
/// each place is one number, with the cookie and all that is known.
/// </summary>
internal sealed class KnownSockets
{
    private const int Size = 1024;

    private const int TypeBits = 4, ProtocolBits = 9, FlagBits = 2;

    /// <summary>How many bits a place has for what is known. A cookie that does not fit beside them is not remembered.</summary>
    private const int FactBits = TypeBits + ProtocolBits + 3 * FlagBits;

    private readonly ulong[] places = new ulong[Size];

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
    /// <param name="isLookedUp">Whether it may have been met before, so that asking for its cookie is worth while.</param>
    public Entry Look(in DuplicatedSocket socket, bool isLookedUp)
    {
        Entry entry = isLookedUp ? Find(CookieOf(socket)) : default;
        if (socket.Copy is SocketCopy copy)
        {
            // It was made here.
            (entry.Type, entry.IsOfOurNamespace) = (copy.Type, true);
        }

        return entry;
    }

    /// <summary>Keeps what was found out.</summary>
    public void Remember(in Entry entry)
    {
        if (entry.Cookie != 0 && entry.Cookie >> (64 - FactBits) == 0)
        {
            Volatile.Write(ref places[entry.Cookie % Size], Pack(entry));
        }
    }

    /// <summary>Keeps what is known of a socket that was made here.</summary>
    public void Made(ulong cookie, in SocketRequest request)
    {
        int? protocol = request.Protocol != 0 ? request.Protocol : request.Type switch
        {
            Linux.SOCK_STREAM => Linux.IPPROTO_TCP,
            Linux.SOCK_DGRAM => Linux.IPPROTO_UDP,
            _ => null,
        };
        Remember(new()
        {
            Cookie = cookie,
            Type = request.Type,
            Protocol = protocol,
            IsTcp = request.Type == Linux.SOCK_STREAM && protocol == Linux.IPPROTO_TCP,
            IsOfOurNamespace = true,
        });
    }

    /// <summary>What is known of the socket that has a cookie.</summary>
    public Entry Find(ulong cookie)
    {
        ulong place = Volatile.Read(ref places[cookie % Size]);
        return place >> FactBits == cookie ? Unpack(place) : new Entry { Cookie = cookie };
    }

    /// <summary>SO_COOKIE; 0 where the kernel tells none.</summary>
    public static ulong CookieOf(in DuplicatedSocket socket) => socket.GetLongOption(Linux.SOL_SOCKET, LibC.SO_COOKIE) ?? 0;

    private static ulong Pack(in Entry entry)
    {
        // 0 means that it is not known.
        ulong protocol = entry.Protocol is int number && number >= 0 && number < (1 << ProtocolBits) - 1 ? (ulong)number + 1 : 0;
        ulong facts = ((((protocol << FlagBits) | Pack(entry.IsTcp)) << FlagBits) | Pack(entry.IsOfOurNamespace)) << FlagBits | Pack(entry.WasServer);
        return entry.Cookie << FactBits | facts << TypeBits | (uint)entry.Type & ((1 << TypeBits) - 1);
    }

    private static Entry Unpack(ulong place)
    {
        ulong facts = place >> TypeBits;
        int protocol = (int)(facts >> (3 * FlagBits)) & ((1 << ProtocolBits) - 1);
        return new()
        {
            Cookie = place >> FactBits,
            Type = (int)(place & ((1 << TypeBits) - 1)),
            Protocol = protocol == 0 ? null : protocol - 1,
            IsTcp = Flag(facts >> (2 * FlagBits)),
            IsOfOurNamespace = Flag(facts >> FlagBits),
            WasServer = Flag(facts) == true,
        };
    }

    private static ulong Pack(bool? flag) => flag is bool value ? value ? 2UL : 1UL : 0;

    private static bool? Flag(ulong bits) => (bits & ((1 << FlagBits) - 1)) switch { 0 => null, 1 => false, _ => true };
}
