using System.Text;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Proc;
using BindToInterface.Supervisor.Seccomp;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Check;

/// <summary>Tries what the kernel has, and what this process may do. Nothing of it stays.</summary>
internal static unsafe class HostProbe
{
    public static HostFacts Read()
    {
        (string? fault, bool wakesOnThisProcessor, bool handsAtOnce) = TryListener();
        return new HostFacts
        {
            Release = Encoding.ASCII.GetString(SmallFile.Read("/proc/sys/kernel/osrelease") ?? []).Trim(),
            Features = Features(wakesOnThisProcessor, handsAtOnce, fault is null),
            Calls = Prerequisites.Results(),
            ListenerFault = fault,
            YamaScope = Prerequisites.YamaScope(),
            Capabilities = Capabilities.Effective,
            // Docker and Podman leave these.
            IsContainer = File.Exists("/.dockerenv") || File.Exists("/run/.containerenv"),
        };
    }

    private static KernelFeature[] Features(bool wakesOnThisProcessor, bool handsAtOnce, bool hasListener)
    {
        using var socket = new DescriptorHandle(LibC.socket(Linux.AF_UNIX, Linux.SOCK_DGRAM | Linux.SOCK_CLOEXEC, 0));
        using var thread = new DescriptorHandle(Native.pidfd_open(Native.gettid(), Native.PIDFD_THREAD));
        List<KernelFeature> features =
        [
            new("a socket tells its network namespace (SO_NETNS_COOKIE)", "5.14", HasOption(socket.Descriptor, Native.SO_NETNS_COOKIE),
                "the namespace of the calling thread is used"),
            new("only fatal signals interrupt a stopped call (WAIT_KILLABLE_RECV)", "5.19", InstalledFilter.OnlyFatalSignalsInterrupt,
                "a signal may make a program repeat a datagram that was sent"),
            new("a thread has a pidfd of its own (PIDFD_THREAD)", "6.9", !thread.IsInvalid,
                "descriptors are looked up in the process, which is the same unless a thread has unshared them"),
        ];
        if (hasListener)
        {
            features.Insert(2, new("an answer wakes the program on the same processor (SYNC_WAKE_UP)", "6.6", wakesOnThisProcessor, "stopped calls take longer"));
            features.Insert(1, new("a socket that was made is handed over in one step (SECCOMP_ADDFD_FLAG_SEND)", "5.14", handsAtOnce,
                "in strict mode a signal may leave the program with a socket that it does not know of"));
        }

        return [.. features];
    }

    private static bool HasOption(int socket, int option)
    {
        ulong value;
        uint length = sizeof(ulong);
        return LibC.getsockopt(socket, Linux.SOL_SOCKET, option, &value, (socklen_t*)&length) == 0;
    }

    /// <summary>A flag that the kernel knows lets it look for the filter, of which there is none here: EFAULT.</summary>
    /// <summary>Installs a filter that allows everything, on a thread that ends at once and takes it along.</summary>
    private static (string? Fault, bool WakesOnThisProcessor, bool HandsAtOnce) TryListener()
    {
        (string? Fault, bool WakesOnThisProcessor, bool HandsAtOnce) found = default;
        var thread = new Thread(() =>
        {
            try
            {
                using DescriptorHandle listener = InstalledFilter.Install([new SockFilter(BpfAssembler.ReturnImmediate, 0, 0, Native.SECCOMP_RET_ALLOW)]);
                ulong flags = Native.SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP;
                // A flag that the kernel knows lets it look for the descriptor, which is none: EBADF.
                var nothing = new SeccompNotifAddfd { Flags = Native.SECCOMP_ADDFD_FLAG_SEND, Source = uint.MaxValue };
                found.HandsAtOnce = LibC.ioctl(listener.Descriptor, Native.SECCOMP_IOCTL_NOTIF_ADDFD, &nothing) < 0 && Native.LastError == Errno.EBADF;
                found.WakesOnThisProcessor = LibC.ioctl(listener.Descriptor, Native.SECCOMP_IOCTL_NOTIF_SET_FLAGS, (void*)flags) == 0;
            }
            catch (StartException exception)
            {
                found.Fault = exception.Message;
            }
        });
        thread.Start();
        thread.Join();
        return found;
    }
}
