using BindToInterface.Policy;
using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Proc;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;
using BindToInterface.Supervisor.Target;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// Strict mode: sets an option of a socket on its duplicate, to the value that was judged, with no more rights than the program has.
/// </summary>
internal sealed unsafe class OptionSetter(HandlerContext context)
{
    /// <summary>SO_ATTACH_REUSEPORT_CBPF; IPT_BASE_CTL (linux/netfilter_ipv4/ip_tables.h); and where IPv6 options begin again (linux/in6.h).</summary>
    private const int AttachReuseportFilter = 51, FirstOfNetfilter = 64, EndOfNetfilter = 67;

    /// <summary>More than any option has.</summary>
    private const int MaximumLength = 4096;

    /// <summary>What the kernel takes of IP_OPTIONS.</summary>
    private const int MaximumIpOptions = 40;

    /// <summary>Sets it.</summary>
    /// <param name="socket">The call.</param>
    /// <param name="value">As much of the value as was judged.</param>
    public Response Set(ref SocketCall socket, ReadOnlySpan<byte> value)
    {
        Notification call = socket.Call;
        if (call.SystemCall != SystemCall.Setsockopt)
        {
            // SCTP's connect by getsockopt: the socket is bound.
            return Response.Continue;
        }

        (int level, int name, int length) = (call.Int(1), call.Int(2), call.Int(4));
        if (socket.IsIp && NamesNoInterface(level, name, value) is bool isForMany)
        {
            return Own(ref socket, isForMany);
        }

        if ((level, name) == (Linux.SOL_IP, Linux.IP_OPTIONS) && length > MaximumIpOptions)
        {
            return Response.Fail(Errno.EINVAL);
        }

        Span<byte> number = stackalloc byte[sizeof(int)];
        if (value.IsEmpty && length > 0)
        {
            // Of these the value decides nothing: the headers of a raw socket.
            number = number[..Math.Min(length, sizeof(int))];
            Errno error = TargetMemory.Read(call, call.Word(3), number);
            return error != Errno.None ? context.CannotRead(call, error).Response
                : context.Target.IsWaiting(call) ? Set(socket, level, name, number)
                : Response.Nobody;
        }

        return Set(socket, level, name, SocketOptionValue.IsGroup(level, name) ? ToNative(value, call.Layout) : value);
    }

    /// <summary>Sets an option whose value says nothing of the way of packets.</summary>
    public Outcome SetAny(ref SocketCall socket)
    {
        Notification call = socket.Call;
        (int level, int name, int length) = (call.Int(1), call.Int(2), call.Int(4));
        if (length < 0)
        {
            return Response.Fail(Errno.EINVAL);
        }

        if (HasPointers(level, name))
        {
            return Response.Fail(Errno.EPERM);
        }

        Span<byte> value = stackalloc byte[Math.Min(length, MaximumLength)];
        Errno error = TargetMemory.Read(call, call.Word(3), value);
        if (error != Errno.None)
        {
            return context.CannotRead(call, error);
        }

        if (!context.Target.IsWaiting(call))
        {
            return Response.Nobody;
        }

        Span<byte> time = stackalloc byte[2 * sizeof(long)];
        bool isTime = level == Linux.SOL_SOCKET && (name == LibC.SO_RCVTIMEO || name == LibC.SO_SNDTIMEO) && call.Layout == AbiLayout.Bits32 && length >= 2 * sizeof(int);
        if (isTime)
        {
            BitConverter.TryWriteBytes(time, (long)BitConverter.ToInt32(value));
            BitConverter.TryWriteBytes(time[sizeof(long)..], (long)BitConverter.ToInt32(value[sizeof(int)..]));
        }

        error = Impersonation.Begin(call.Tid, takesCapabilities: true, out Impersonation acting, out string? failed);
        using (acting)
        {
            return failed is not null ? context.Unreachable(call, failed, error) : Response.Of(socket.Duplicate.SetOption(level, name, isTime ? time : value));
        }
    }

    /// <summary>Whether a value points to more memory (BPF programs, tables of netfilter). In a 32-bit program few need them.</summary>
    private static bool HasPointers(int level, int name) =>
        (level == Linux.SOL_SOCKET && (name == LibC.SO_ATTACH_FILTER || name == AttachReuseportFilter))
        || (level == Linux.SOL_IP && name >= FirstOfNetfilter)
        || (level == Linux.SOL_IPV6 && name is >= FirstOfNetfilter and < EndOfNetfilter);

    /// <summary>
    /// The program leaves the interface of its packets to the kernel, or names that of the policy: for one destination, or for many.
    /// null where it does neither.
    /// </summary>
    private static bool? NamesNoInterface(int level, int name, ReadOnlySpan<byte> value) => (level, name) switch
    {
        _ when value.Length < sizeof(int) => null,
        (Linux.SOL_IP, Linux.IP_UNICAST_IF) or (Linux.SOL_IPV6, Linux.IPV6_UNICAST_IF) => false,
        (Linux.SOL_IP, Linux.IP_MULTICAST_IF) or (Linux.SOL_IPV6, Linux.IPV6_MULTICAST_IF) when value.TrimStart((byte)0).IsEmpty => true,
        _ => null,
    };

    private Response Own(ref SocketCall socket, bool isForMany)
    {
        if (!isForMany)
        {
            // It is that already: a socket that is bound to a device takes no other.
            return Response.Result(0);
        }

        uint index = BirthPlan.InterfaceOf(socket.Policy) is string name ? context.Binder.IndexOf(name) : 0;
        Errno error = DatagramWay.SetMany(socket.Duplicate, socket.Family, socket.Type, index);
        return Response.Of(error);
    }

    /// <summary>A group_req, group_source_req or group_filter of a 32-bit program: after the ifindex there is room in 64-bit layout.</summary>
    private ReadOnlySpan<byte> ToNative(ReadOnlySpan<byte> value, AbiLayout layout)
    {
        if (layout == AbiLayout.Bits64 || value.Length < layout.WordSize)
        {
            return value;
        }

        Span<byte> native = context.Scratch.Steered[..(value.Length + AbiLayout.Bits64.WordSize - layout.WordSize)];
        native.Clear();
        value[..sizeof(uint)].CopyTo(native);
        value[layout.WordSize..].CopyTo(native[AbiLayout.Bits64.WordSize..]);
        return native;
    }

    private static Response Set(in SocketCall socket, int level, int name, ReadOnlySpan<byte> value)
    {
        bool isLent = Capabilities.LendNone(socket.Call.Tid);
        try
        {
            return Response.Of(socket.Duplicate.SetOption(level, name, value));
        }
        finally
        {
            if (isLent)
            {
                Capabilities.Restore();
            }
        }
    }
}
