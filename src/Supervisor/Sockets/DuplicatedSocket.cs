using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>
/// A target's socket, duplicated for the length of one call. Not a SafeHandle: the hot path allocates
/// nothing, and a duplicate kept longer would hold back the FIN of a socket that the program closes.
/// </summary>
internal readonly unsafe struct DuplicatedSocket(int descriptor) : IDisposable
{
    private readonly int descriptor = descriptor;

    /// <summary>The copy of a socket that was made for the program, which was borrowed.</summary>
    public DuplicatedSocket(SocketCopy copy)
        : this(copy.Descriptor) => Copy = copy;

    /// <summary>A Unix datagram socket of the supervisor's own, in the place of one that cannot be duplicated.</summary>
    public static Errno Local(out DuplicatedSocket socket)
    {
        socket = new DuplicatedSocket(LibC.socket(Linux.AF_UNIX, Linux.SOCK_DGRAM | Linux.SOCK_CLOEXEC, 0));
        return socket.descriptor >= 0 ? Errno.None : Native.LastError;
    }

    public int Descriptor => descriptor;

    /// <summary>What was borrowed; null for a duplicate of its own.</summary>
    public SocketCopy? Copy { get; }

    /// <summary>Reads the local address. ENOTSOCK says that it is no socket.</summary>
    public Errno GetLocal(out LocalAddress local)
    {
        byte* address = stackalloc byte[Sockaddr.MaximumLength];
        uint length = Sockaddr.MaximumLength;
        Errno error = LibC.getsockname(descriptor, (sockaddr*)address, (socklen_t*)&length) == 0 ? Errno.None : Native.LastError;
        local = error == Errno.None ? LocalAddress.Read(new ReadOnlySpan<byte>(address, (int)length)) : default;
        return error;
    }

    /// <summary>Its inode, which the links in /proc/PID/fd name. A link of this process tells it, too, in 3 µs instead of 0.5.</summary>
    public Errno GetInode(out uint inode)
    {
        byte nothing = 0;
        statx status = default;
        Errno error = LibC.statx(descriptor, &nothing, LibC.AT_EMPTY_PATH, LibC.STATX_INO, &status) == 0 ? Errno.None : Native.LastError;
        inode = (uint)status.stx_ino;
        return error;
    }

    /// <summary>Reads the address that the socket is connected to; false where it is not.</summary>
    public bool TryGetPeer(out Sockaddr peer)
    {
        byte* address = stackalloc byte[Sockaddr.MaximumLength];
        uint length = Sockaddr.MaximumLength;
        bool connected = LibC.getpeername(descriptor, (sockaddr*)address, (socklen_t*)&length) == 0;
        peer = connected ? Sockaddr.Parse(new ReadOnlySpan<byte>(address, (int)length)) : default;
        return connected;
    }

    /// <summary>
    /// Whether it is connected. getpeername does not report a peer with port 0, and its route (IP_MTU) is only a cache, which
    /// IP_TOS or SO_MARK drops. So a datagram or raw socket is used to send a message with invalid control messages, which the
    /// kernel always refuses: with EDESTADDRREQ if there is no peer, with EINVAL if there is one. Nothing is sent, and the
    /// socket does not change.
    /// </summary>
    public bool IsConnected() => TryGetPeer(out _) || Type switch
    {
        // A connected socket has a port. One without a port would get one from this test.
        Linux.SOCK_DGRAM => GetLocal(out LocalAddress local) == Errno.None && local.Endpoint.Port != 0
            // Before Linux 5.18 ICMPv6 sockets read no control messages, and would send. But a connected one has a source.
            && (GetOption(Linux.SOL_SOCKET, LibC.SO_PROTOCOL) == Linux.IPPROTO_ICMPV6 ? local.HasSource : WouldSendToPeer()),
        Linux.SOCK_RAW => WouldSendToPeer(),
        _ => false,
    };

    private bool WouldSendToPeer()
    {
        const byte EchoRequest = 8;
        // An echo request for ping sockets, which check that first; nothing for others.
        byte* data = stackalloc byte[8];
        new Span<byte>(data, 8).Clear();
        bool isPing = Type == Linux.SOCK_DGRAM && GetOption(Linux.SOL_SOCKET, LibC.SO_PROTOCOL) == Linux.IPPROTO_ICMP;
        data[0] = EchoRequest;
        var payload = new iovec { iov_base = data, iov_len = isPing ? 8u : 0u };
        byte* control = stackalloc byte[AbiLayout.Bits64.CmsghdrLength];
        new Span<byte>(control, AbiLayout.Bits64.CmsghdrLength).Clear();
        var message = new msghdr
        {
            msg_iov = &payload,
            msg_iovlen = 1,
            msg_control = control,
            msg_controllen = (uint)AbiLayout.Bits64.CmsghdrLength,
        };
        // MSG_PROBE: if a kernel accepts such a message, it sends nothing. MSG_MORE: data that is corked on the socket stays there.
        int flags = Native.MSG_PROBE | LibC.MSG_MORE | LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL;
        return LibC.sendmsg(descriptor, &message, flags) >= 0 || Native.LastError != Errno.EDESTADDRREQ;
    }

    /// <summary>connect(2).</summary>
    public Errno Connect(ReadOnlySpan<byte> address)
    {
        fixed (byte* start = address)
        {
            return LibC.connect(descriptor, (sockaddr*)start, (uint)address.Length) == 0 ? Errno.None : Native.LastError;
        }
    }

    /// <summary>listen(2).</summary>
    public Errno Listen(int backlog) => LibC.listen(descriptor, backlog) == 0 ? Errno.None : Native.LastError;

    /// <summary>Sends a message without waiting, and without a SIGPIPE for the supervisor. The payload is always copied (MSG_ZEROCOPY is left out).</summary>
    public Errno Send(ReadOnlySpan<byte> address, ReadOnlySpan<byte> control, iovec payload, int flags, out nint sent)
    {
        fixed (byte* name = address, messages = control)
        {
            var message = new msghdr
            {
                msg_name = name,
                msg_namelen = (uint)address.Length,
                msg_iov = &payload,
                msg_iovlen = 1,
                msg_control = messages,
                msg_controllen = (uint)control.Length,
            };
            sent = (nint)(long)LibC.sendmsg(descriptor, &message, (flags & ~Linux.MSG_ZEROCOPY) | LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL);
            return sent >= 0 ? Errno.None : Native.LastError;
        }
    }

    /// <summary>setsockopt(2).</summary>
    public Errno SetOption(int level, int name, ReadOnlySpan<byte> value)
    {
        fixed (byte* bytes = value)
        {
            return LibC.setsockopt(descriptor, level, name, bytes, (uint)value.Length) == 0 ? Errno.None : Native.LastError;
        }
    }

    /// <summary>Reads an int option; null where the socket does not have it.</summary>
    public int? GetOption(int level, int name)
    {
        int value = 0;
        uint length = sizeof(int);
        return LibC.getsockopt(descriptor, level, name, &value, (socklen_t*)&length) == 0 ? value : null;
    }

    /// <summary>Reads a 64-bit option; null where the socket, or the kernel, does not have it.</summary>
    public ulong? GetLongOption(int level, int name)
    {
        ulong value = 0;
        uint length = sizeof(ulong);
        return LibC.getsockopt(descriptor, level, name, &value, (socklen_t*)&length) == 0 ? value : null;
    }

    /// <summary>SO_TYPE.</summary>
    public int Type => GetOption(Linux.SOL_SOCKET, LibC.SO_TYPE) ?? 0;

    /// <summary>Whether the program writes the IP headers of what it sends (IP_HDRINCL, IPV6_HDRINCL).</summary>
    public bool WritesHeaders(IpFamily family) => Type == Linux.SOCK_RAW
        && (family == IpFamily.IPv4 ? GetOption(Linux.SOL_IP, Linux.IP_HDRINCL) : GetOption(Linux.SOL_IPV6, Linux.IPV6_HDRINCL)) == 1;

    /// <summary>The state of a TCP socket (TCP_INFO); null where it is none.</summary>
    public byte? TcpState
    {
        get
        {
            // The first byte of struct tcp_info.
            byte state = 0;
            uint length = sizeof(byte);
            return LibC.getsockopt(descriptor, Linux.IPPROTO_TCP, LibC.TCP_INFO, &state, (socklen_t*)&length) == 0 ? state : null;
        }
    }

    /// <summary>Whether calls on it return at once.</summary>
    public bool IsNonBlocking => (LibC.fcntl(descriptor, LibC.F_GETFL, 0) & LibC.O_NONBLOCK) != 0;

    /// <summary>SO_SNDTIMEO or SO_RCVTIMEO in milliseconds; null for none.</summary>
    public long? GetTimeout(int option)
    {
        // struct timeval.
        long* value = stackalloc long[2] { 0, 0 };
        uint length = 2 * sizeof(long);
        return LibC.getsockopt(descriptor, Linux.SOL_SOCKET, option, value, (socklen_t*)&length) == 0 && (value[0] | value[1]) != 0
            ? Math.Min(value[0], long.MaxValue / 4000) * 1000 + (value[1] + 999) / 1000
            : null;
    }

    /// <summary>Until the result is disposed of, connect and sends of this socket do not wait, whatever O_NONBLOCK says.</summary>
    public SendTimeout WithoutWaiting() => new(descriptor);

    public void Dispose()
    {
        if (Copy is not null)
        {
            Copy.Return();
        }
        else if (descriptor >= 0)
        {
            _ = LibC.close(descriptor);
        }
    }
}
