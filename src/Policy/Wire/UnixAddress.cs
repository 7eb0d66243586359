using System.Text;

namespace BindToInterface.Policy.Wire;

/// <summary>The address of a Unix socket (unix(7)).</summary>
public static class UnixAddress
{
    private const int PathOffset = 2;

    /// <summary>A sockaddr_un in text: a path up to its null byte, or an abstract name after an at sign, as ss(8) writes it.</summary>
    /// <param name="sockaddr">The bytes that the program passed, of the length that it passed.</param>
    public static string TextOf(ReadOnlySpan<byte> sockaddr)
    {
        ReadOnlySpan<byte> path = sockaddr.Length > PathOffset ? sockaddr[PathOffset..] : [];
        if (path is [0, .. var name])
        {
            return $"@{Encoding.UTF8.GetString(name)}";
        }

        int end = path.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? path : path[..end]);
    }
}
