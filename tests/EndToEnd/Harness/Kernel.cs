using System.Diagnostics;
using System.Runtime.InteropServices;

namespace BindToInterface.EndToEnd;

/// <summary>
/// What this machine's kernel can do, tried once. What it cannot is a reason to skip, whatever BTI_TESTS_MUST_RUN says:
/// no package would provide it. BTI_TESTS_KERNEL_LACKS, a list of names of <see cref="KernelFeature"/> separated by
/// commas, makes it lack these: for tests of the tests.
/// </summary>
internal static partial class Kernel
{
    private const int AF_INET = 2;
    private const int SOCK_STREAM = 1;
    private const int SOCK_DGRAM = 2;
    private const int IPPROTO_UDPLITE = 136;
    private const int IPPROTO_MPTCP = 262;

    private static readonly string[] Pretended =
        (Environment.GetEnvironmentVariable("BTI_TESTS_KERNEL_LACKS") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries);

    private static readonly Dictionary<KernelFeature, Lazy<bool>> Tried = Enum.GetValues<KernelFeature>().ToDictionary(
        feature => feature,
        feature => new Lazy<bool>(() => !Pretended.Contains(feature.ToString(), StringComparer.OrdinalIgnoreCase) && Try(feature)));

    /// <summary>Why tests that need these cannot run, or null where they can.</summary>
    public static string? ReasonToSkip(params IEnumerable<KernelFeature> needed) =>
        needed.Where(feature => !Tried[feature].Value).Select(Words).FirstOrDefault();

    private static string Words(KernelFeature feature) => feature switch
    {
        KernelFeature.Programs32 => "this kernel runs no 32-bit programs",
        KernelFeature.Int80 => "this kernel takes no 32-bit calls (int 0x80) of 64-bit programs",
        KernelFeature.MultipathTcp => "this kernel has no MPTCP",
        KernelFeature.UdpLite => "this kernel has no UDP-Lite",
        KernelFeature.IoUring => "this kernel has no io_uring",
        KernelFeature.Ipv6 => "this kernel has IPv6 switched off",
        KernelFeature.NetworkNamespaces => "this kernel makes no network namespaces",
        KernelFeature.Nftables => "this kernel has no nftables",
        _ => throw new ArgumentOutOfRangeException(nameof(feature)),
    };

    private static bool Try(KernelFeature feature) => feature switch
    {
        KernelFeature.Programs32 => Runs("probe32", "int main(void) { return 0; }", "-m32"),
        KernelFeature.Int80 => Runs("probe80", "int main(void) { int pid; __asm__ volatile(\"int $0x80\" : \"=a\"(pid) : \"a\"(20) : \"memory\"); return pid <= 0; }"),
        KernelFeature.MultipathTcp => Opens(SOCK_STREAM, IPPROTO_MPTCP),
        KernelFeature.UdpLite => Opens(SOCK_DGRAM, IPPROTO_UDPLITE),
        KernelFeature.IoUring => Runs(
            "probering",
            "#include <sys/syscall.h>\n#include <unistd.h>\nint main(void) { static char parameters[120]; return syscall(SYS_io_uring_setup, 1, parameters) < 0; }"),
        KernelFeature.Ipv6 => File.Exists("/proc/net/if_inet6"),
        KernelFeature.NetworkNamespaces => InNamespace("true"),
        // Where the tool is missing, that is a package's matter.
        KernelFeature.Nftables => !Prerequisites.IsInstalled("nft") || InNamespace("nft", "add table inet probe"),
        _ => throw new ArgumentOutOfRangeException(nameof(feature)),
    };

    /// <summary>Whether a C program ends well. Where it does not compile, that is a package's matter, and told by the tests themselves.</summary>
    private static bool Runs(string name, string code, params string[] flags)
    {
        using var scratch = new Scratch();
        var (source, program) = (scratch.File($"{name}.c"), scratch.File(name));
        File.WriteAllText(source, code);
        return EndsWith(0, "gcc", [.. flags, "-o", program, source]) is not true || EndsWith(0, program) is true;
    }

    private static bool InNamespace(params string[] words) =>
        EndsWith(0, "unshare", [.. Environment.IsPrivilegedProcess ? (string[])[] : ["--user", "--map-root-user"], "--net", "--", .. words]) is not false;

    /// <summary>Null where there is no such program; false also where the kernel does not run it.</summary>
    private static bool? EndsWith(int status, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";
        try
        {
            using var process = Process.Start(start)!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == status;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return File.Exists(program) ? false : null;
        }
    }

    private static bool Opens(int type, int protocol)
    {
        var descriptor = socket(AF_INET, type, protocol);
        return descriptor >= 0 && close(descriptor) == 0;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);
}
