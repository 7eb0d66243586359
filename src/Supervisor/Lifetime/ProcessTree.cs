using System.Globalization;
using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>What /proc tells of processes around us (proc(5), stat).</summary>
internal static class ProcessTree
{
    /// <summary>Whether a process is stopped by a signal.</summary>
    public static bool IsStopped(int pid) => ReadStat(pid) is (_, 'T');

    /// <summary>Whether our parent does job control for us: of one session with us, and of another process group.</summary>
    public static bool IsJobOfShell()
    {
        int parent = Libc.getppid();
        return Libc.getsid(parent) == Libc.getsid(0) && Libc.getpgid(parent) != Libc.getpgid(0);
    }

    /// <summary>Every child of ours, adopted ones included.</summary>
    public static IEnumerable<int> ChildrenOfThisProcess()
    {
        int self = Environment.ProcessId;
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && ReadStat(pid) is (int parent, char state) && parent == self && state != 'Z')
            {
                yield return pid;
            }
        }
    }

    private static (int Parent, char State)? ReadStat(int pid)
    {
        try
        {
            // pid (name) state ppid …, and the name may hold blanks and parentheses.
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (int.Parse(fields[1], CultureInfo.InvariantCulture), fields[0][0]);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
