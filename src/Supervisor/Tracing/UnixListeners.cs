using System.Globalization;
using BindToInterface.Supervisor.Proc;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Tracing;

/// <summary>
/// Who has a Unix socket open by its path (/proc/net/unix, proc(5)). Asked where the socket that was connected to it does not tell.
/// The processes of other users may be hidden. For one thread.
/// </summary>
internal sealed class UnixListeners
{
    private const int Capacity = 256;

    // Columns of a line: address, references, protocol, flags, type, state, inode, path.
    private const int InodeColumn = 6;
    private const int Columns = 8;

    private readonly Dictionary<uint, UnixPeer?> owners = [];

    /// <summary>Whether a socket is bound to a path, and whose it is.</summary>
    /// <param name="path">The path, or an abstract name with its at sign.</param>
    /// <param name="owner">The first process that has it open; null where none can be seen.</param>
    public bool TryFind(string path, out UnixPeer? owner)
    {
        owner = null;
        if (InodeOf(path) is not uint inode)
        {
            return false;
        }

        if (!owners.TryGetValue(inode, out owner))
        {
            if (owners.Count == Capacity)
            {
                owners.Clear();
            }

            owner = OwnerOf(inode);
            owners.Add(inode, owner);
        }

        return true;
    }

    private static uint? InodeOf(string path)
    {
        try
        {
            foreach (string line in File.ReadLines("/proc/net/unix"))
            {
                string[] columns = line.Split(' ', Columns, StringSplitOptions.RemoveEmptyEntries);
                if (columns.Length == Columns && columns[^1] == path && uint.TryParse(columns[InodeColumn], NumberStyles.None, CultureInfo.InvariantCulture, out uint inode))
                {
                    return inode;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }

        return null;
    }

    private static UnixPeer? OwnerOf(uint inode)
    {
        try
        {
            return OwnDescriptors.Read(() => Search(inode));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static UnixPeer? Search(uint inode)
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && HeldSockets.Of(pid).Any(socket => socket.Inode == inode))
            {
                return UnixPeer.Of(pid);
            }
        }

        return null;
    }
}
