using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Seccomp;

/// <summary>Installs the filter on the calling thread, from which its children inherit it.</summary>
internal static unsafe class InstalledFilter
{
    private static readonly Lazy<bool> IsKillable = new(() => Knows(Native.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV));

    /// <summary>Whether a call that was received is interrupted by fatal signals alone (Linux 5.19).</summary>
    public static bool OnlyFatalSignalsInterrupt => IsKillable.Value;

    /// <summary>Whether the kernel knows a flag.</summary>
    public static bool Knows(uint flag) =>
        Native.seccomp(Native.SECCOMP_SET_MODE_FILTER, Native.SECCOMP_FILTER_FLAG_NEW_LISTENER | flag, null) < 0 && Native.LastError == Errno.EFAULT;

    /// <summary>
    /// Installs, and returns the listener. no_new_privs is set only where the kernel asks for it, that is without CAP_SYS_ADMIN.
    /// A supervisor that has this capability does not set it, so that sudo and ping work for the program.
    /// </summary>
    /// <exception cref="StartException">The kernel refused, for the reason in the message.</exception>
    public static DescriptorHandle Install(ReadOnlySpan<SockFilter> filter)
    {
        int listener = TryInstall(filter, out Errno error);
        if (error == Errno.EACCES)
        {
            if (Native.prctl(Native.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
            {
                throw new StartException($"prctl(PR_SET_NO_NEW_PRIVS): {Native.LastError}: a sandbox around bti-supervise refuses this call; allow it there");
            }

            listener = TryInstall(filter, out error);
        }

        return listener >= 0 ? new DescriptorHandle(listener) : throw new StartException(error switch
        {
            Errno.EBUSY => "another seccomp supervisor watches this process already, and the kernel allows only one: "
                + "do not run bti-supervise below bti-supervise or below another program that uses a seccomp listener",
            Errno.EINVAL or Errno.ENOSYS => $"seccomp: {error}: this kernel has no seccomp user notification; Linux 5.9 or newer is needed",
            _ => $"seccomp: {error}: installing a filter is refused here; in a container's seccomp profile allow the call seccomp, in a systemd unit add SystemCallFilter=seccomp pidfd_open pidfd_getfd process_vm_readv process_vm_writev",
        });
    }

    private static int TryInstall(ReadOnlySpan<SockFilter> filter, out Errno error)
    {
        // SPEC_ALLOW: before 5.16 a filter otherwise slows the program down by disabling speculation.
        const uint Flags = Native.SECCOMP_FILTER_FLAG_NEW_LISTENER | Native.SECCOMP_FILTER_FLAG_SPEC_ALLOW;
        int listener = TryInstall(filter, Flags | Native.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, out error);
        return error == Errno.EINVAL ? TryInstall(filter, Flags, out error) : listener;
    }

    private static int TryInstall(ReadOnlySpan<SockFilter> filter, uint flags, out Errno error)
    {
        fixed (SockFilter* instructions = filter)
        {
            var program = new SockFprog { Len = (ushort)filter.Length, Filter = instructions };
            int listener = Native.seccomp(Native.SECCOMP_SET_MODE_FILTER, flags, &program);
            error = listener < 0 ? Native.LastError : Errno.None;
            return listener;
        }
    }
}
