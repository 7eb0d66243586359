using System.Buffers.Text;

namespace BindToInterface.Supervisor.Proc;

/// <summary>A link of /proc that names an inode, such as "socket:[1234]" or "net:[4026531840]".</summary>
internal static class InodeLink
{
    /// <summary>Reads the inode; false for a link of another kind.</summary>
    /// <param name="link">The link.</param>
    /// <param name="kind">What stands before the bracket.</param>
    /// <param name="inode">The inode.</param>
    public static bool TryParse(ReadOnlySpan<byte> link, ReadOnlySpan<byte> kind, out uint inode)
    {
        inode = 0;
        return link.StartsWith(kind) && link[kind.Length..].StartsWith(":["u8)
            && Utf8Parser.TryParse(link[(kind.Length + 2)..], out inode, out int length)
            && link[(kind.Length + 2 + length)..].SequenceEqual("]"u8);
    }
}
