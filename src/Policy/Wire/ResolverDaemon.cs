using System.Text;

namespace BindToInterface.Policy.Wire;

/// <summary>
/// The Unix sockets of daemons that resolve names for libc, by their own route: nscd (nscd(8)) and
/// systemd-resolved's varlink socket (nss-resolve(8)).
/// </summary>
public static class ResolverDaemon
{
    private const int PathOffset = 2;

    private static readonly byte[][] Sockets =
    [
        "/run/nscd/socket"u8.ToArray(),
        "/run/systemd/resolve/io.systemd.Resolve"u8.ToArray(),
    ];

    /// <summary>
    /// Whether a sockaddr_un (unix(7)) names such a socket, below /run or its older spelling /var/run, with
    /// or without repeated slashes and <c>.</c> components.
    /// </summary>
    public static bool IsNamedBy(ReadOnlySpan<byte> sockaddr) => SocketOf(sockaddr) is not null;

    /// <summary>The socket that <see cref="IsNamedBy"/> recognises, by its path below /run; null for none.</summary>
    public static string? SocketOf(ReadOnlySpan<byte> sockaddr)
    {
        ReadOnlySpan<byte> path = Path(sockaddr);
        if (path.Length == 0 || path[0] != '/')
        {
            return null;
        }

        Span<byte> plain = stackalloc byte[Sockaddr.MaximumLength];
        int length = Simplify(path, plain);
        ReadOnlySpan<byte> simple = plain[..length];
        ReadOnlySpan<byte> older = "/var"u8;
        if (simple.StartsWith(older) && simple.Length > older.Length && simple[older.Length] == '/')
        {
            simple = simple[older.Length..];
        }

        foreach (byte[] socket in Sockets)
        {
            if (simple.SequenceEqual(socket))
            {
                return Encoding.UTF8.GetString(socket);
            }
        }

        return null;
    }

    /// <summary>The path in text, for a log line.</summary>
    public static string PathOf(ReadOnlySpan<byte> sockaddr) => Encoding.UTF8.GetString(Path(sockaddr));

    private static ReadOnlySpan<byte> Path(ReadOnlySpan<byte> sockaddr)
    {
        ReadOnlySpan<byte> path = sockaddr.Length > PathOffset ? sockaddr[PathOffset..] : [];
        int end = path.IndexOf((byte)0);
        return end < 0 ? path : path[..end];
    }

    private static int Simplify(ReadOnlySpan<byte> path, Span<byte> result)
    {
        int length = 0;
        while (path.Length > 0)
        {
            path = path.TrimStart((byte)'/');
            int slash = path.IndexOf((byte)'/');
            ReadOnlySpan<byte> component = slash < 0 ? path : path[..slash];
            path = path[component.Length..];
            if (component.SequenceEqual(".."u8))
            {
                length = Math.Max(0, result[..length].LastIndexOf((byte)'/'));
            }
            else if (component.Length > 0 && !component.SequenceEqual("."u8))
            {
                result[length++] = (byte)'/';
                component.CopyTo(result[length..]);
                length += component.Length;
            }
        }

        return length;
    }
}
