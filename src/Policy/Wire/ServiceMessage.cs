using System.Globalization;
using System.Text;

namespace BindToInterface.Policy.Wire;

/// <summary>
/// The messages that a service sends to its manager (sd_notify(3)): lines of NAME=VALUE in a datagram to the
/// Unix socket that NOTIFY_SOCKET names.
/// </summary>
public static class ServiceMessage
{
    private const int PathOffset = 2;

    private static ReadOnlySpan<byte> MainPid => "MAINPID="u8;

    /// <summary>The sockaddr_un that a NOTIFY_SOCKET means: a path, or an abstract name after an @.</summary>
    /// <returns>null where it is none of the two (a vsock address), or too long.</returns>
    public static byte[]? SockaddrOf(string? notifySocket)
    {
        const int MaximumPath = 107;
        if (notifySocket is not ['/' or '@', ..] || Encoding.UTF8.GetByteCount(notifySocket) > MaximumPath)
        {
            return null;
        }

        byte[] path = Encoding.UTF8.GetBytes(notifySocket);
        if (path[0] == (byte)'@')
        {
            path[0] = 0;
        }

        return [.. BitConverter.GetBytes((ushort)1), .. path];
    }

    /// <summary>
    /// Whether a program's sockaddr is that socket. A path may end in a zero; an abstract name is as long as its
    /// address says.
    /// </summary>
    public static bool IsTo(ReadOnlySpan<byte> sockaddr, ReadOnlySpan<byte> notifySockaddr)
    {
        if (notifySockaddr.IsEmpty || sockaddr.Length <= PathOffset)
        {
            return false;
        }

        bool isAbstract = notifySockaddr[PathOffset] == 0;
        int end = isAbstract ? -1 : sockaddr[PathOffset..].IndexOf((byte)0);
        return (end < 0 ? sockaddr : sockaddr[..(PathOffset + end)]).SequenceEqual(notifySockaddr);
    }

    /// <summary>
    /// Copies a message with another main process: the manager's main process is the supervisor, whatever a
    /// program says of itself.
    /// </summary>
    /// <returns>The length of the copy, or -1 where it does not fit.</returns>
    public static int WithMainPid(ReadOnlySpan<byte> message, int pid, Span<byte> destination)
    {
        int written = 0;
        while (!message.IsEmpty)
        {
            int end = message.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? message : message[..(end + 1)];
            message = message[line.Length..];
            bool isMainPid = line.StartsWith(MainPid);
            ReadOnlySpan<byte> kept = isMainPid ? MainPid : line;
            if (!kept.TryCopyTo(destination[written..]))
            {
                return -1;
            }

            written += kept.Length;
            if (isMainPid)
            {
                if (!pid.TryFormat(destination[written..], out int digits, default, CultureInfo.InvariantCulture)
                    || (end >= 0 && written + digits == destination.Length))
                {
                    return -1;
                }

                written += digits;
                if (end >= 0)
                {
                    destination[written++] = (byte)'\n';
                }
            }
        }

        return written;
    }
}
