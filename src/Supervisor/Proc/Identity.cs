using BindToInterface.Policy;

namespace BindToInterface.Supervisor.Proc;

/// <summary>
/// What the kernel ties to a socket of the thread that makes it: its user (owner matches and uid rules), its group and groups
/// (ping_group_range), and whether it may make a raw socket.
/// </summary>
internal readonly struct Identity
{
    private const int UsualGroups = 64;

    // The groups that were read last, by any thread: mostly they are the same again, and no memory is needed for them.
    private static uint[]? latest;

    /// <summary>Where Uid and Gid have the effective id, and that of the file system, which sockets go by.</summary>
    private const int Effective = 1, FileSystem = 3;

    private Identity(uint user, uint group, uint[] groups, ulong capabilities)
    {
        User = user;
        Group = group;
        Groups = groups;
        Capabilities = capabilities;
    }

    /// <summary>This process's own.</summary>
    public static Identity Ours { get; } = Read(Environment.ProcessId, out Identity ours) == Errno.None ? ours : throw new StartException("/proc/self/status cannot be read; mount /proc");

    public uint User { get; }

    public uint Group { get; }

    public uint[] Groups { get; }

    /// <summary>The effective ones, a bit for each.</summary>
    public ulong Capabilities { get; }

    /// <summary>Reads what a thread has.</summary>
    /// <returns>None; ESRCH where the thread is gone or hidden; EMFILE.</returns>
    public static Errno Read(int tid, out Identity identity)
    {
        ProcessStatus status = ProcessStatus.Of(tid, stackalloc byte[ProcessStatus.UsualLength]);
        Span<uint> users = stackalloc uint[4], groupIds = stackalloc uint[4], some = stackalloc uint[UsualGroups];
        bool isRead = status.List("Uid"u8, users) == users.Length && status.List("Gid"u8, groupIds) == groupIds.Length;
        int count = status.List("Groups"u8, some);
        Span<uint> all = count <= UsualGroups ? some[..count] : new uint[count];
        if (count > UsualGroups)
        {
            status.List("Groups"u8, all);
        }

        uint[] groups = latest is uint[] same && all.SequenceEqual(same) ? same : (latest = all.ToArray());
        identity = new(users[FileSystem], groupIds[Effective], groups, status.Bits("CapEff"u8));
        return isRead ? Errno.None : status.Error is Errno.None or Errno.ENOENT ? Errno.ESRCH : status.Error;
    }

    /// <summary>Whether user and groups are the same.</summary>
    public bool IsSameUser(in Identity other) => User == other.User && Group == other.Group && Groups.AsSpan().SequenceEqual(other.Groups);
}
