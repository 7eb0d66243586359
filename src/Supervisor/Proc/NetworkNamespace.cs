using BindToInterface.Policy;

namespace BindToInterface.Supervisor.Proc;

/// <summary>In which network namespace a thread makes its sockets.</summary>
internal static class NetworkNamespace
{
    private static readonly uint Ours = ThreadFile.NetworkNamespaceInode(Environment.ProcessId, out uint inode) == Errno.None ? inode : 0;

    /// <summary>Whether a thread is in this process's namespace. A thread that waits in a call cannot change it meanwhile.</summary>
    /// <returns>None; EACCES and the like where the thread may not be looked into; ENOENT where it is gone.</returns>
    public static Errno IsOurs(int tid, out bool isOurs)
    {
        Errno error = ThreadFile.NetworkNamespaceInode(tid, out uint inode);
        isOurs = error == Errno.None && inode == Ours;
        return error;
    }
}
