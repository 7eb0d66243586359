using BindToInterface.Policy;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;
using BindToInterface.Supervisor.Target;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>What goes with the payload of a message that the supervisor sends: an address, and control messages.</summary>
/// <param name="name">The address; empty for none.</param>
/// <param name="control">Its control messages, in 64-bit layout.</param>
/// <param name="isUnix">Whether the socket is a Unix one.</param>
/// <param name="isIp">Whether it is an IP one.</param>
/// <param name="sender">Who the message is from; null to let the kernel say so.</param>
/// <param name="descriptors">Duplicates of the descriptors that it passes on.</param>
internal readonly unsafe ref struct LocalMessage(
    ReadOnlySpan<byte> name, ReadOnlySpan<byte> control, bool isUnix, bool isIp, UnixCredentials? sender, ReadOnlySpan<int> descriptors)
{
    private readonly ReadOnlySpan<byte> name = name;
    private readonly ReadOnlySpan<byte> control = control;
    private readonly ReadOnlySpan<int> descriptors = descriptors;

    /// <summary>Whether POLLOUT tells when there is room: only a Unix socket that is connected waits for its receiver.</summary>
    public bool WakesForRoom => isUnix && name.IsEmpty;

    /// <summary>Sends a payload, or a part of one, without waiting.</summary>
    /// <param name="call">The call.</param>
    /// <param name="socket">The duplicate of its socket.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="flags">The MSG_ flags.</param>
    /// <param name="isFirst">Whether it is not a later part.</param>
    /// <param name="sent">How much was sent.</param>
    /// <param name="failed">What failed, where it was not the send.</param>
    public Errno Send(in Notification call, in DuplicatedSocket socket, iovec payload, int flags, bool isFirst, out nint sent, out string? failed)
    {
        sent = 0;
        failed = null;
        Span<byte> written = stackalloc byte[UnixControl.MaximumLength];
        ReadOnlySpan<byte> messages = !isUnix ? (isFirst ? control : default) : written[..UnixControl.Write(isFirst ? descriptors : default, sender, written)];
        // Who may send to the file of a Unix socket, and what netlink and others do, goes by who the sender is.
        if (isUnix ? !LocalPath.IsPath(name) : isIp && messages.IsEmpty)
        {
            return socket.Send(name, messages, payload, flags, out sent);
        }

        Errno error = Impersonation.Begin(
            call.Tid, takesCapabilities: true, out Impersonation acting, out failed, kept: isUnix ? SenderCredentials.Needed : 0);
        using (acting)
        {
            if (error != Errno.None)
            {
                return error;
            }

            error = LocalPath.Open(call, name, stackalloc byte[Sockaddr.MaximumLength], out LocalPath path, out failed);
            using (path)
            {
                return error == Errno.None ? socket.Send(path.Sockaddr, messages, payload, flags, out sent) : error;
            }
        }
    }
}
