using System.Text;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Proc;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Check;

/// <summary>
/// Tries, on this very process, the calls without which no socket of the program could be judged, so that a
/// sandbox that refuses them is named at the start and not by a program whose connections all fail.
/// </summary>
internal static unsafe class Prerequisites
{
    public const int CapSysPtrace = 19;

    private static readonly (string Name, Func<Errno> Try)[] Needed =
        [("pidfd_open", TryPidfdOpen), ("pidfd_getfd", TryPidfdGetfd), ("process_vm_readv", () => TryProcessVm(isWrite: false))];

    /// <exception cref="StartException">One is refused; the message says what to add.</exception>
    public static void Check()
    {
        Throw(YamaFault(YamaScope(), () => Capabilities.Has(CapSysPtrace)));
        foreach ((string name, Func<Errno> attempt) in Needed)
        {
            Throw(Fault(name, attempt()));
        }
    }

    /// <summary>Tries them all, and the one by which the program's memory is written.</summary>
    public static IReadOnlyList<(string Name, Errno Error)> Results() =>
        [.. Needed.Select(call => (call.Name, call.Try())), ("process_vm_writev", TryProcessVm(isWrite: true))];

    /// <summary>Yama's setting; null in a kernel without Yama.</summary>
    public static string? YamaScope() =>
        SmallFile.Read("/proc/sys/kernel/yama/ptrace_scope") is byte[] content ? Encoding.ASCII.GetString(content).Trim() : null;

    /// <summary>Yama's ptrace_scope 2 wants CAP_SYS_PTRACE for looking into children, 3 forbids it (Yama.rst).</summary>
    public static string? YamaFault(string? scope, Func<bool> mayTrace) => scope == "3" || (scope == "2" && !mayTrace())
        ? $"kernel.yama.ptrace_scope is {scope}, which forbids looking into the program; "
            + (scope == "3" ? "boot with 0, 1 or 2" : "set it to 1 or 0, or run with CAP_SYS_PTRACE")
        : null;

    /// <summary>What follows from the error of a call, and what to do; null where there is none.</summary>
    public static string? Fault(string call, Errno error) => error switch
    {
        Errno.None => null,
        Errno.EMFILE or Errno.ENFILE => $"{call}: {error}: too many open files; raise the limit (ulimit -n)",
        Errno.ENOSYS => $"{call}: ENOSYS: this kernel, or a sandbox around bti-supervise, does not have it; Linux 5.9 or newer is needed, and a seccomp profile must allow pidfd_open, pidfd_getfd, process_vm_readv and process_vm_writev",
        _ => $"{call}: {error}: refused here, so that sockets cannot be bound; in a container add the capability SYS_PTRACE (docker run --cap-add SYS_PTRACE), in a systemd unit add SystemCallFilter=seccomp pidfd_open pidfd_getfd process_vm_readv process_vm_writev",
    };

    private static void Throw(string? fault)
    {
        if (fault is not null)
        {
            throw new StartException(fault);
        }
    }

    private static Errno TryPidfdOpen()
    {
        using var pidfd = new DescriptorHandle(Native.pidfd_open(LibC.getpid(), 0));
        return pidfd.IsInvalid ? Native.LastError : Errno.None;
    }

    private static Errno TryPidfdGetfd()
    {
        using var pidfd = new DescriptorHandle(Native.pidfd_open(LibC.getpid(), 0));
        // The pidfd itself is a descriptor that surely exists.
        using var duplicate = new DescriptorHandle(Native.pidfd_getfd(pidfd.Descriptor, pidfd.Descriptor));
        return duplicate.IsInvalid ? Native.LastError : Errno.None;
    }

    private static Errno TryProcessVm(bool isWrite)
    {
        long here = 1, there = 0;
        var local = new iovec { iov_base = &here, iov_len = sizeof(long) };
        var remote = new iovec { iov_base = &there, iov_len = sizeof(long) };
        nint done = isWrite
            ? Native.process_vm_writev(LibC.getpid(), &local, 1, &remote, 1, 0)
            : Native.process_vm_readv(LibC.getpid(), &local, 1, &remote, 1, 0);
        return done == sizeof(long) ? Errno.None : Native.LastError;
    }
}
