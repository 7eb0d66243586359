using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Target;

/// <summary>
/// How the supervisor gets at memory and descriptors of a program: by the calls that are made for it, or, where a sandbox
/// refuses these as Docker's default profile does, by files of /proc and by copies of the sockets. Tried once, on this very
/// process.
/// </summary>
internal static unsafe class TargetAccess
{
    /// <summary>The error of pidfd_open.</summary>
    public static Errno PidfdOpen { get; } = TryPidfdOpen();

    /// <summary>The error of pidfd_getfd.</summary>
    public static Errno PidfdGetfd { get; } = TryPidfdGetfd();

    /// <summary>The error of process_vm_readv.</summary>
    public static Errno ProcessVmReadv { get; } = TryProcessVmReadv();

    /// <summary>Whether descriptors cannot be duplicated, so that the supervisor keeps a copy of each socket from its birth.</summary>
    public static bool KeepsCopies { get; } = IsRefusal(PidfdOpen) || IsRefusal(PidfdGetfd);

    /// <summary>Whether memory is read through /proc/TID/mem.</summary>
    public static bool ReadsMemoryFile { get; } = IsRefusal(ProcessVmReadv);

    /// <summary>What duplicates a descriptor, for messages.</summary>
    public static string DescriptorCall => KeepsCopies ? "reading /proc/PID/fd" : "pidfd_getfd";

    /// <summary>What reads memory, for messages.</summary>
    public static string MemoryCall => ReadsMemoryFile ? "opening /proc/PID/mem" : "process_vm_readv";

    /// <summary>Whether an error says that a call is not to be had here, and not that this process lacks something now.</summary>
    public static bool IsRefusal(Errno error) => error is not (Errno.None or Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM);

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

    private static Errno TryProcessVmReadv()
    {
        long here = 1, there = 0;
        var local = new iovec { iov_base = &here, iov_len = sizeof(long) };
        var remote = new iovec { iov_base = &there, iov_len = sizeof(long) };
        return Native.process_vm_readv(LibC.getpid(), &local, 1, &remote, 1, 0) == sizeof(long) ? Errno.None : Native.LastError;
    }
}
