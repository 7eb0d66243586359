using System.Diagnostics;
using System.Runtime.InteropServices;

namespace BindToInterface.EndToEnd;

/// <summary>
/// The ways to try what a kernel can do. Where a program is missing to try it with, the answer is that it can: the tests
/// themselves then name the package that is missing.
/// </summary>
internal static partial class KernelProbe
{
    private const int AF_INET = 2;

    private static readonly string[] AsUser = Environment.IsPrivilegedProcess
        ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--"]
        : [];

    /// <summary>Whether a C program compiles, runs and ends well.</summary>
    public static bool Runs(string code, params string[] flags)
    {
        using var scratch = new Scratch();
        var (source, program) = (scratch.File("probe.c"), scratch.File("probe"));
        File.WriteAllText(source, code);
        return Ends("gcc", [.. flags, "-o", program, source]) is not true || Ends(program) is true;
    }

    /// <summary>Whether a socket of IPv4 opens.</summary>
    public static bool Opens(int type, int protocol)
    {
        var descriptor = socket(AF_INET, type, protocol);
        return descriptor >= 0 && close(descriptor) == 0;
    }

    /// <summary>Whether a command ends well in namespaces of its own, as root there.</summary>
    public static bool InNamespace(string kind, params string[] words) =>
        Ends("unshare", [.. Environment.IsPrivilegedProcess ? (string[])[] : ["--user", "--map-root-user"], kind, "--", .. words]) is not false;

    public static bool UserNamespaces()
    {
        string[] words = [.. AsUser, "unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "true"];
        return Ends(words[0], words[1..]) is not false;
    }

    /// <summary>Whether root can mount a file system of this type. Others are not asked: what needs it needs root.</summary>
    public static bool Mounts(string type)
    {
        const string Script = "mount -t tmpfs tmpfs \"$1\" && cd \"$1\" && mkdir lower upper work at && mount -t $0 -o \"$2\" $0 at";
        using var scratch = new Scratch();
        return !Environment.IsPrivilegedProcess
            || InNamespace("--mount", "sh", "-c", Script, type, scratch.Folder, type == "overlay" ? "lowerdir=lower,upperdir=upper,workdir=work" : "rw");
    }

    public static bool MakesControlGroups()
    {
        return !Environment.IsPrivilegedProcess || Array.Exists(["/sys/fs/cgroup", "/sys/fs/cgroup/systemd"], CanMake);

        static bool CanMake(string hierarchy)
        {
            if (!File.Exists($"{hierarchy}/cgroup.procs"))
            {
                return false;
            }

            var group = $"{hierarchy}/bti-probe-{Environment.ProcessId}";
            try
            {
                Directory.CreateDirectory(group);
                Directory.Delete(group);
                return true;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    public static bool CanBeOpened(string device)
    {
        try
        {
            using var handle = File.OpenHandle(device, FileMode.Open, FileAccess.ReadWrite);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public static bool IsInstalled(string tool) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':').Any(folder => File.Exists(Path.Combine(folder, tool)));

    /// <summary>Whether a program ends with status 0. Null where there is no such program; false also where the kernel does not run it.</summary>
    private static bool? Ends(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";
        try
        {
            using var process = Process.Start(start)!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return File.Exists(program) ? false : null;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);
}
