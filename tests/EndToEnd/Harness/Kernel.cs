namespace BindToInterface.EndToEnd;

/// <summary>
/// What this machine's kernel can do, each feature tried once. What it cannot is a reason to skip, whatever
/// BTI_TESTS_MUST_RUN says: no package would provide it. BTI_TESTS_KERNEL_LACKS, a list of names of
/// <see cref="KernelFeature"/> separated by commas, makes it lack these: for tests of the tests.
/// </summary>
internal static class Kernel
{
    private const int SOCK_STREAM = 1;
    private const int SOCK_DGRAM = 2;
    private const int IPPROTO_SCTP = 132;
    private const int IPPROTO_UDPLITE = 136;
    private const int IPPROTO_MPTCP = 262;

    private const string PerfLevel = "/proc/sys/kernel/perf_event_paranoid";

    /// <summary>What is told where a feature is missing, and how it is tried.</summary>
    private static readonly Dictionary<KernelFeature, (string Lack, Func<bool> Probe)> Features = new()
    {
        [KernelFeature.Programs32] = ("this kernel runs no 32-bit programs", () => KernelProbe.Runs("int main(void) { return 0; }", "-m32")),
        [KernelFeature.Int80] = ("this kernel takes no 32-bit calls (int 0x80) of 64-bit programs", () => KernelProbe.Runs(
            "int main(void) { int pid; __asm__ volatile(\"int $0x80\" : \"=a\"(pid) : \"a\"(20) : \"memory\"); return pid <= 0; }")),
        [KernelFeature.MultipathTcp] = ("this kernel has no MPTCP", () => KernelProbe.Opens(SOCK_STREAM, IPPROTO_MPTCP)),
        [KernelFeature.Sctp] = ("this kernel has no SCTP", () => KernelProbe.Opens(SOCK_STREAM, IPPROTO_SCTP)),
        [KernelFeature.UdpLite] = ("this kernel has no UDP-Lite", () => KernelProbe.Opens(SOCK_DGRAM, IPPROTO_UDPLITE)),
        [KernelFeature.IoUring] = ("this kernel has no io_uring, or forbids it", () => KernelProbe.Runs(
            "#include <sys/syscall.h>\n#include <unistd.h>\nint main(void) { static char parameters[120]; return syscall(SYS_io_uring_setup, 1, parameters) < 0; }")),
        [KernelFeature.Ipv6] = ("this kernel has IPv6 switched off", () =>
            File.Exists("/proc/net/if_inet6") && KernelProbe.InNamespace("--net", "sh", "-c", "echo 0 >/proc/sys/net/ipv6/conf/all/disable_ipv6")),
        [KernelFeature.Ipv6Loopback] = ("the loopback interface has no IPv6 here (disable_ipv6)", () =>
            File.Exists("/proc/net/if_inet6") && File.ReadAllText("/proc/net/if_inet6").StartsWith(new string('0', 31) + "1 ", StringComparison.Ordinal)),
        [KernelFeature.NetworkNamespaces] = ("this kernel makes no network namespaces", () => KernelProbe.InNamespace("--net", "true")),
        [KernelFeature.UserNamespaces] = ("this kernel makes no user namespaces for ordinary users", KernelProbe.UserNamespaces),
        // Where the tool is missing, that is a package's matter.
        [KernelFeature.Nftables] = ("this kernel has no nftables", () =>
            !KernelProbe.IsInstalled("nft") || KernelProbe.InNamespace("--net", Repository.At("tests/lab/lab.sh"), "in-counters")),
        [KernelFeature.ControlGroups2] = ("this kernel has no control groups of version 2", () => KernelProbe.Mounts("cgroup2")),
        [KernelFeature.ControlGroups] = ("no control groups can be made here (/sys/fs/cgroup)", KernelProbe.MakesControlGroups),
        [KernelFeature.OverlayFiles] = ("this kernel has no overlayfs", () => KernelProbe.Mounts("overlay")),
        [KernelFeature.Fuse] = ("this kernel has no FUSE: /dev/fuse cannot be opened", () => KernelProbe.CanBeOpened("/dev/fuse")),
        [KernelFeature.Userfault] = ("this kernel has no userfaultfd (CONFIG_USERFAULTFD)", () => File.Exists("/proc/sys/vm/unprivileged_userfaultfd")),
        [KernelFeature.LastPid] = ("this kernel has no ns_last_pid (CONFIG_CHECKPOINT_RESTORE)", () => File.Exists("/proc/sys/kernel/ns_last_pid")),
        [KernelFeature.PerfEvents] = ($"this kernel has no perf events, or none for ordinary users ({PerfLevel})", () =>
            File.Exists(PerfLevel) && int.Parse(File.ReadAllText(PerfLevel), System.Globalization.CultureInfo.InvariantCulture) <= 2),
        [KernelFeature.Keyrings] = ("this kernel has no keyrings, or forbids them", () => KernelProbe.Runs(
            "#include <sys/syscall.h>\n#include <unistd.h>\nint main(void) { return syscall(SYS_keyctl, 0, -2, 1) < 0; }")),
    };

    private static readonly HashSet<KernelFeature> Pretended =
        [.. (Environment.GetEnvironmentVariable("BTI_TESTS_KERNEL_LACKS") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Named)];

    private static readonly Dictionary<KernelFeature, Lazy<bool>> Tried = Features.ToDictionary(
        feature => feature.Key,
        feature => new Lazy<bool>(() => !Pretended.Contains(feature.Key) && feature.Value.Probe()));

    /// <summary>Why tests that need these cannot run, or null where they can.</summary>
    public static string? ReasonToSkip(params IEnumerable<KernelFeature> needed) =>
        needed.Where(feature => !Tried[feature].Value).Select(feature => Features[feature].Lack).FirstOrDefault();

    /// <summary>What is told of a kernel that lacks this.</summary>
    internal static string Lack(KernelFeature feature) => Features[feature].Lack;

    /// <summary>A wrong name would pretend nothing, and look as if all were well.</summary>
    internal static KernelFeature Named(string name) =>
        Enum.TryParse<KernelFeature>(name.Trim(), ignoreCase: true, out var feature) && Enum.IsDefined(feature)
            ? feature
            : throw new ArgumentException($"BTI_TESTS_KERNEL_LACKS={name}: no such feature; there are {string.Join(", ", Enum.GetNames<KernelFeature>())}");
}
