using System.Text;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Proc;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Launch;

/// <summary>
/// Tries, on this very process, the calls without which no socket of the program could be judged, so that a
/// sandbox that refuses them is named at the start and not by a program whose connections all fail.
/// </summary>
internal static unsafe class Prerequisites
{
    /// <exception cref="StartException">One is refused; the message says what to add.</exception>
    public static void Check()
    {
        CheckYama();
        int self = LibC.getpid();
        int pidfd = Native.pidfd_open(self, 0);
        if (pidfd < 0)
        {
            throw Refused("pidfd_open", Native.LastError);
        }

        using var handle = new DescriptorHandle(pidfd);
        // The pidfd itself is a descriptor that surely exists.
        int duplicate = Native.pidfd_getfd(pidfd, pidfd);
        if (duplicate < 0)
        {
            throw Refused("pidfd_getfd", Native.LastError);
        }

        _ = LibC.close(duplicate);
        long from = 1, to = 0;
        var local = new iovec { iov_base = &to, iov_len = sizeof(long) };
        var remote = new iovec { iov_base = &from, iov_len = sizeof(long) };
        if (Native.process_vm_readv(self, &local, 1, &remote, 1, 0) != sizeof(long))
        {
            throw Refused("process_vm_readv", Native.LastError);
        }
    }

    /// <summary>Yama's ptrace_scope 2 wants CAP_SYS_PTRACE for looking into children, 3 forbids it (Yama.rst).</summary>
    private static void CheckYama()
    {
        const int CapSysPtrace = 19;
        const string Scope = "/proc/sys/kernel/yama/ptrace_scope";
        // There is none in a kernel without Yama.
        if (SmallFile.Read(Scope) is not byte[] content)
        {
            return;
        }

        string scope = Encoding.ASCII.GetString(content).Trim();
        if (scope == "3" || (scope == "2" && !Capabilities.Has(CapSysPtrace)))
        {
            throw new StartException(
                $"kernel.yama.ptrace_scope is {scope}, which forbids looking into the program; "
                + (scope == "3" ? "boot with 0, 1 or 2" : "set it to 1 or 0, or run with CAP_SYS_PTRACE"));
        }
    }

    private static StartException Refused(string call, Errno error) => new(error is Errno.EMFILE or Errno.ENFILE
        ? $"{call}: {error}: too many open files; raise the limit (ulimit -n)"
        : error == Errno.ENOSYS
        ? $"{call}: ENOSYS: this kernel, or a sandbox around bti-supervise, does not have it; Linux 5.9 or newer is needed, and a seccomp profile must allow pidfd_open, pidfd_getfd, process_vm_readv and process_vm_writev"
        : $"{call}: {error}: refused here, so that sockets cannot be bound; in a container add the capability SYS_PTRACE (docker run --cap-add SYS_PTRACE), in a systemd unit add SystemCallFilter=seccomp pidfd_open pidfd_getfd process_vm_readv process_vm_writev");
}
