namespace BindToInterface.Supervisor.Interop;

// linux/seccomp.h
internal static unsafe partial class Native
{
    public const uint SECCOMP_SET_MODE_FILTER = 1;
    public const uint SECCOMP_GET_NOTIF_SIZES = 3;

    public const uint SECCOMP_FILTER_FLAG_SPEC_ALLOW = 1 << 2;
    public const uint SECCOMP_FILTER_FLAG_NEW_LISTENER = 1 << 3;

    /// <summary>Since Linux 5.19: a call that was received is interrupted by fatal signals only.</summary>
    public const uint SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV = 1 << 5;

    public const uint SECCOMP_RET_ERRNO = 0x0005_0000;
    public const uint SECCOMP_RET_USER_NOTIF = 0x7fc0_0000;
    public const uint SECCOMP_RET_ALLOW = 0x7fff_0000;

    public const uint SECCOMP_USER_NOTIF_FLAG_CONTINUE = 1;

    /// <summary>Since Linux 5.14: the call is answered with the number of the descriptor, in one step.</summary>
    public const uint SECCOMP_ADDFD_FLAG_SEND = 1 << 1;

    /// <summary>Since Linux 6.6.</summary>
    public const ulong SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP = 1;

    public const int SECCOMP_IOCTL_NOTIF_RECV = unchecked((int)0xc050_2100);
    public const int SECCOMP_IOCTL_NOTIF_SEND = unchecked((int)0xc018_2101);
    public const int SECCOMP_IOCTL_NOTIF_ID_VALID = 0x4008_2102;
    public const int SECCOMP_IOCTL_NOTIF_ADDFD = 0x4018_2103;
    public const int SECCOMP_IOCTL_NOTIF_SET_FLAGS = 0x4008_2104;

    public const uint AUDIT_ARCH_X86_64 = 0xc000_003e;
    public const uint AUDIT_ARCH_I386 = 0x4000_0003;
    public const uint AUDIT_ARCH_AARCH64 = 0xc000_00b7;
    public const uint AUDIT_ARCH_ARM = 0x4000_0028;

    public static int seccomp(uint operation, uint flags, void* args) =>
        Call(SystemCallNumber.SYS_seccomp, (nint)operation, (nint)flags, (nint)args);
}
