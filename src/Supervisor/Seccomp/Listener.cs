using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Seccomp;

/// <summary>The seccomp listener: receives notifications and sends answers (seccomp_unotify(2)).</summary>
internal sealed unsafe class Listener : IDisposable
{
    private readonly DescriptorHandle descriptor;
    private readonly nuint notificationSize;
    private volatile bool handsAtOnce = true;

    public Listener(DescriptorHandle descriptor)
    {
        this.descriptor = descriptor;
        SeccompNotifSizes sizes = default;
        // A newer kernel may write more than this structure, but never more than the size that it reports here.
        int known = Native.seccomp(Native.SECCOMP_GET_NOTIF_SIZES, 0, &sizes) == 0 ? sizes.SeccompNotif : 0;
        notificationSize = (nuint)Math.Max(known, sizeof(SeccompNotif));

        // An answer then wakes the target on this processor instead of an idle one that is slow to wake.
        // Kernels before 6.6 do not know this flag, and refuse it. That does no harm.
        ulong flags = Native.SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP;
        _ = LibC.ioctl(descriptor.Descriptor, Native.SECCOMP_IOCTL_NOTIF_SET_FLAGS, (void*)flags);
    }

    /// <summary>Memory for one notification: each thread that receives has its own.</summary>
    public NotificationBuffer NewBuffer() => new(notificationSize);

    /// <summary>Waits for the next call. Several threads may wait; each call is given to one of them.</summary>
    /// <returns>
    /// None; ENOENT if the target was gone before its call could be received; any other error means that the listener has ended.
    /// </returns>
    public Errno Receive(NotificationBuffer buffer, out Notification call)
    {
        SeccompNotif* notification = buffer.Notification;
        Errno error;
        do
        {
            // The kernel requires zeroes.
            buffer.Clear();
            error = LibC.ioctl(descriptor.Descriptor, Native.SECCOMP_IOCTL_NOTIF_RECV, notification) == 0
                ? Errno.None
                : Native.LastError;
        }
        while (error == Errno.EINTR);

        call = error == Errno.None ? Notification.Decode(*notification) : default;
        return error;
    }

    /// <summary>Whether no task uses the filter any more. Then receiving always fails at once.</summary>
    public bool HasHungUp => (Poll() & LibC.POLLHUP) != 0;

    /// <summary>Whether a call is there that no thread has received yet.</summary>
    public bool HasCall => (Poll() & LibC.POLLIN) != 0;

    /// <summary>Whether the call still waits for its answer. If so, its thread id still means the thread that made it.</summary>
    public bool IsWaiting(in Notification call)
    {
        ulong id = call.Id;
        return LibC.ioctl(descriptor.Descriptor, Native.SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
    }

    /// <summary>Answers a call. ENOENT means that the call does not wait any more.</summary>
    public Errno Send(in Notification call, in Response answer)
    {
        var response = new SeccompNotifResp
        {
            Id = call.Id,
            Val = answer.Value,
            Error = -(int)answer.Error,
            Flags = answer.Kind == ResponseKind.Continue ? Native.SECCOMP_USER_NOTIF_FLAG_CONTINUE : 0,
        };
        while (LibC.ioctl(descriptor.Descriptor, Native.SECCOMP_IOCTL_NOTIF_SEND, &response) != 0)
        {
            if (Native.LastError is Errno error && error != Errno.EINTR)
            {
                return error;
            }
        }

        return Errno.None;
    }

    /// <summary>
    /// Gives the calling process a descriptor, under the lowest number that is free there and within its own limit, and answers the
    /// call with that number. Where the kernel cannot do both at once (before 5.14), a signal in between leaves the program with a
    /// descriptor that it does not know of.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="given">The descriptor of this process, which keeps it.</param>
    /// <param name="isCloseOnExec">Whether the program's is closed by exec.</param>
    /// <param name="number">The program's descriptor.</param>
    /// <returns>None: the call is answered. ENOENT: it does not wait any more. Else what the call is to be answered with: EMFILE.</returns>
    public Errno Hand(in Notification call, int given, bool isCloseOnExec, out int number)
    {
        var descriptors = new SeccompNotifAddfd { Id = call.Id, Source = (uint)given, NumberFlags = isCloseOnExec ? (uint)LibC.O_CLOEXEC : 0 };
        if (handsAtOnce)
        {
            descriptors.Flags = Native.SECCOMP_ADDFD_FLAG_SEND;
            Errno error = Add(ref descriptors, out number);
            if (error != Errno.EINVAL)
            {
                return error;
            }

            handsAtOnce = false;
            descriptors.Flags = 0;
        }

        Errno added = Add(ref descriptors, out number);
        return added == Errno.None ? Send(call, Response.Result(number)) : added;
    }

    public void Dispose() => descriptor.Dispose();

    private int Poll()
    {
        var poll = new pollfd { fd = descriptor.Descriptor, events = LibC.POLLIN };
        return Native.poll(&poll, 1, 0) > 0 ? poll.revents : 0;
    }

    private Errno Add(ref SeccompNotifAddfd descriptors, out int number)
    {
        fixed (SeccompNotifAddfd* argument = &descriptors)
        {
            while ((number = LibC.ioctl(descriptor.Descriptor, Native.SECCOMP_IOCTL_NOTIF_ADDFD, argument)) < 0)
            {
                if (Native.LastError is Errno error && error != Errno.EINTR)
                {
                    return error;
                }
            }
        }

        return Errno.None;
    }
}
