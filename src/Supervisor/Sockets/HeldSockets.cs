using System.Globalization;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Proc;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>Which sockets processes have, by the links in /proc/PID/fd.</summary>
internal static class HeldSockets
{
    /// <summary>
    /// The sockets of a process; none where it has ended, or where the supervisor may not look into it. An IOException says that a descriptor
    /// lacks to look into it.
    /// </summary>
    public static IEnumerable<(int Descriptor, uint Inode)> Of(int pid)
    {
        IEnumerable<string> files;
        try
        {
            files = Directory.GetFiles(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd"));
        }
        catch (Exception exception) when (exception is (IOException or UnauthorizedAccessException) && !DescriptorShortage.IsCauseOf(exception))
        {
            yield break;
        }

        foreach (string file in files)
        {
            if (int.TryParse(Path.GetFileName(file.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor)
                && ThreadFile.SocketInode(pid, descriptor, out uint inode) == Errno.None)
            {
                yield return (descriptor, inode);
            }
        }
    }

    /// <summary>The sockets of some processes, by inode, and one that has it. An IOException as above.</summary>
    public static Dictionary<uint, (int Pid, int Descriptor)> Of(IEnumerable<int> pids)
    {
        Dictionary<uint, (int, int)> held = [];
        foreach (int pid in pids)
        {
            foreach ((int descriptor, uint inode) in Of(pid))
            {
                held[inode] = (pid, descriptor);
            }
        }

        return held;
    }
}
