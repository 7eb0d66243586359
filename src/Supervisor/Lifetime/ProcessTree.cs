using System.Buffers.Text;
using System.Globalization;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Proc;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>What the kernel, by /proc above all, tells of the processes around this one (proc(5), stat).</summary>
internal static class ProcessTree
{
    /// <summary>Whether a process is stopped by a signal.</summary>
    public static bool IsStopped(int pid) => Find(pid) is { State: 'T' };

    /// <summary>Whether a process is of this process's group.</summary>
    public static bool IsOfOwnGroup(int pid) => LibC.getpgid(pid) == LibC.getpgid(0);

    /// <summary>Every child of this process, adopted ones included.</summary>
    /// <param name="isWhole">Whether it is an IOException, and not none, if they cannot be told: no process can open a file.</param>
    public static IEnumerable<int> ChildrenOfThisProcess(bool isWhole = false)
    {
        int self = LibC.getpid();
        return All(isWhole).Where(process => process.Parent == self && process.State != 'Z').Select(process => process.Pid);
    }

    /// <summary>
    /// How many processes descend from this one, those of <paramref name="without"/> and theirs apart. As their
    /// subreaper this process is the parent of every one whose own parent has ended.
    /// </summary>
    public static int CountDescendants(IReadOnlySet<int> without) => Descendants(without).Count;

    /// <summary>The processes that descend from this one, those of <paramref name="without"/> and theirs apart.</summary>
    /// <param name="without">Processes that do not count.</param>
    /// <param name="isWhole">As for <see cref="ChildrenOfThisProcess"/>.</param>
    public static IReadOnlyCollection<int> Descendants(IReadOnlySet<int> without, bool isWhole = false)
    {
        ILookup<int, ProcessStat> children = All(isWhole).Where(process => process.State != 'Z').ToLookup(process => process.Parent);
        var parents = new Queue<int>([LibC.getpid()]);
        List<int> found = [];
        while (parents.TryDequeue(out int parent))
        {
            foreach (ProcessStat child in children[parent].Where(child => !without.Contains(child.Pid)))
            {
                parents.Enqueue(child.Pid);
                found.Add(child.Pid);
            }
        }

        return found;
    }

    /// <summary>The name of a process, for messages.</summary>
    public static string NameOf(int pid) => Find(pid)?.Name.OneLine() ?? "?";

    /// <summary>Whether this process has no child. One call instead of a walk through /proc.</summary>
    public static unsafe bool HasNoChild()
    {
        Siginfo child = default;
        return Native.waitid(Native.P_ALL, 0, &child, Native.WEXITED | Native.WNOHANG | Native.WNOWAIT) != 0 && Native.LastError == Errno.ECHILD;
    }

    /// <summary>The children that this process has when it is executed; exec leaves them to its first thread.</summary>
    public static unsafe HashSet<int> FormerChildren()
    {
        HashSet<int> children = [];
        if (HasNoChild())
        {
            return children;
        }

        byte* buffer = stackalloc byte[4096];
        // Nothing on a kernel without CONFIG_PROC_CHILDREN.
        using var file = DescriptorHandle.Open(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{LibC.getpid()}/children"), LibC.O_CLOEXEC);
        nint filled = file.IsInvalid ? 0 : (nint)(long)LibC.read(file.Descriptor, buffer, 4096);
        for (var rest = new ReadOnlySpan<byte>(buffer, (int)Math.Max(0, filled)); Utf8Parser.TryParse(rest, out int pid, out int length);)
        {
            children.Add(pid);
            rest = rest[length..].TrimStart((byte)' ');
        }

        return children;
    }

    /// <summary>
    /// The process groups of this session that have a stopped process and that nobody but this process could continue:
    /// one of them is its child, and none of them has another parent in the session and outside of the group.
    /// </summary>
    public static IEnumerable<int> StoppedOrphanedGroups()
    {
        int self = LibC.getpid(), session = LibC.getsid(0), own = LibC.getpgid(0);
        Dictionary<int, ProcessStat> all = All().Where(process => process.State != 'Z').ToDictionary(process => process.Pid);
        bool HasParent(ProcessStat member) =>
            member.Parent != self && all.TryGetValue(member.Parent, out ProcessStat parent) && parent.Session == session && parent.Group != member.Group;

        return [.. all.Values
            .Where(process => process.Parent == self && process.Session == session && process.Group != own)
            .GroupBy(process => process.Group)
            .Where(group => all.Values.Any(member => member.Group == group.Key && member.State == 'T')
                && !all.Values.Any(member => member.Group == group.Key && HasParent(member)))
            .Select(group => group.Key)];
    }

    /// <summary>The other process groups of this session.</summary>
    public static IEnumerable<int> OtherGroups()
    {
        int session = LibC.getsid(0), own = LibC.getpgid(0);
        return [.. All().Where(process => process.Session == session && process.Group != own).Select(process => process.Group).Distinct()];
    }

    /// <summary>
    /// Makes this process's group the terminal's foreground group if no process of that is left: keys would reach
    /// nobody, while whoever waits for this process takes the terminal back only when it ends.
    /// </summary>
    public static void TakeTerminalFromDeadGroup()
    {
        using var terminal = DescriptorHandle.Open("/dev/tty", LibC.O_RDWR | LibC.O_NOCTTY | LibC.O_CLOEXEC);
        int group = terminal.IsInvalid ? -1 : LibC.tcgetpgrp(terminal.Descriptor);
        if (group > 0 && LibC.kill(-group, 0) != 0 && Native.LastError == Errno.ESRCH)
        {
            // A process of the background gets SIGTTOU for this, which is blocked.
            _ = LibC.tcsetpgrp(terminal.Descriptor, LibC.getpgid(0));
        }
    }

    private static List<ProcessStat> All(bool isWhole = false)
    {
        try
        {
            return OwnDescriptors.Read(ReadAll);
        }
        catch (IOException) when (!isWhole)
        {
            return [];
        }
    }

    private static ProcessStat? Find(int pid)
    {
        try
        {
            return OwnDescriptors.Read(() => Read(pid));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static List<ProcessStat> ReadAll()
    {
        List<ProcessStat> all = [];
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && Read(pid) is ProcessStat process)
            {
                all.Add(process);
            }
        }

        return all;
    }

    /// <summary>Reads what the kernel tells of a process: null where it has ended, or is hidden. A shortage of descriptors is an IOException.</summary>
    private static ProcessStat? Read(int pid)
    {
        try
        {
            // pid (name) state ppid pgrp session …, and the name may hold blanks and parentheses.
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            int nameEnd = stat.LastIndexOf(')');
            string[] fields = stat[(nameEnd + 2)..].Split(' ');
            int Number(int field) => int.Parse(fields[field], CultureInfo.InvariantCulture);
            return new ProcessStat(pid, stat[(stat.IndexOf('(') + 1)..nameEnd], fields[0][0], Number(1), Number(2), Number(3));
        }
        catch (Exception exception) when (exception is (IOException or UnauthorizedAccessException) && !DescriptorShortage.IsCauseOf(exception))
        {
            return null;
        }
    }

    private readonly record struct ProcessStat(int Pid, string Name, char State, int Parent, int Group, int Session);
}
