using System.Text;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Proc;
using BindToInterface.Supervisor.Target;

namespace BindToInterface.Supervisor.Check;

/// <summary>
/// What is needed to look into the program: the calls that are made for it, or, where a sandbox refuses these, files of /proc
/// and copies of the sockets (<see cref="TargetAccess"/>). What forbids both is named at the start, and not by a program whose
/// connections all fail.
/// </summary>
internal static class Prerequisites
{
    public const int CapSysPtrace = 19;

    /// <exception cref="StartException">The program cannot be looked into; the message says what to add.</exception>
    public static void Check()
    {
        Throw(YamaFault(YamaScope(), () => Capabilities.Has(CapSysPtrace)));
        foreach ((string name, Errno error) in Results())
        {
            Throw(Fault(name, error));
        }
    }

    /// <summary>The calls that are made where they are allowed, and the error of each.</summary>
    public static IReadOnlyList<(string Name, Errno Error)> Results() =>
        [("pidfd_open", TargetAccess.PidfdOpen), ("pidfd_getfd", TargetAccess.PidfdGetfd), ("process_vm_readv", TargetAccess.ProcessVmReadv)];

    /// <summary>Yama's setting; null in a kernel without Yama.</summary>
    public static string? YamaScope() =>
        SmallFile.Read("/proc/sys/kernel/yama/ptrace_scope") is byte[] content ? Encoding.ASCII.GetString(content).Trim() : null;

    /// <summary>Yama's ptrace_scope 2 wants CAP_SYS_PTRACE for looking into children, 3 forbids it (Yama.rst).</summary>
    public static string? YamaFault(string? scope, Func<bool> mayTrace) => scope == "3" || (scope == "2" && !mayTrace())
        ? $"kernel.yama.ptrace_scope is {scope}, which forbids looking into the program; "
            + (scope == "3" ? "boot with 0, 1 or 2" : "set it to 1 or 0, or run with CAP_SYS_PTRACE")
        : null;

    /// <summary>What this process lacks, and what to do; null where a call is allowed, or refused for good.</summary>
    public static string? Fault(string call, Errno error) => error is Errno.None || TargetAccess.IsRefusal(error)
        ? null
        : $"{call}: {error}: too many open files; raise the limit (ulimit -n)";

    private static void Throw(string? fault)
    {
        if (fault is not null)
        {
            throw new StartException(fault);
        }
    }
}
