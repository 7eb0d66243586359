using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;
using BindToInterface.Supervisor.Target;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>setsockopt(2) of the options that name an interface or connect; and SCTP's getsockopt that does.</summary>
internal sealed unsafe class SocketOptionHandler(HandlerContext context)
{
    private readonly OptionSetter setter = new(context);

    public Outcome Handle(in Notification call)
    {
        if (!context.Policy.Routes.Restricts)
        {
            return Response.Continue;
        }

        Outcome? ended = context.Open(call, default, out SocketCall socket);
        using (socket.Duplicate)
        {
            bool isJudged = socket.IsIp && (call.Int(1) != Linux.SOL_TCP || socket.IsTcp);
            return ended is Outcome outcome ? outcome
                : !isJudged && !context.Policy.Options.IsStrict ? Response.Continue
                : Handle(ref socket, isJudged);
        }
    }

    /// <summary>Strict mode: sets an option that is not judged, where the kernel could read others of its arguments.</summary>
    public Outcome CarryOut(in Notification call)
    {
        Outcome? ended = context.Open(call, default, out SocketCall socket);
        using (socket.Duplicate)
        {
            return ended ?? setter.SetAny(ref socket);
        }
    }

    /// <summary>Judges an option of a stream socket that has no copy, by its value alone.</summary>
    /// <param name="call">The call.</param>
    /// <param name="former">The socket, if it was made for the program.</param>
    /// <returns>null where the value is not enough.</returns>
    public Outcome? JudgeStream(in Notification call, SocketCopy? former) =>
        Judge(call, context.Policy, out _, out SocketOptionVerdict verdict) is Outcome ended ? ended
        : !context.Target.IsWaiting(call) ? Response.Nobody
        : verdict.Action switch
        {
            // In strict mode the value could be another one when the kernel reads it.
            SocketOptionAction.Continue when !context.Policy.Options.IsStrict => Response.Continue,
            SocketOptionAction.Refuse => Response.Fail(verdict.Error),
            SocketOptionAction.CheckDevice => Response.Fail(Errno.EPERM),
            SocketOptionAction.Bind when former?.Interface is string bound && bound == verdict.Interface => Response.Result(0),
            _ => null,
        };

    private Outcome Handle(ref SocketCall socket, bool isJudged)
    {
        if (Judge(socket.Call, socket.Policy, out Span<byte> value, out SocketOptionVerdict verdict) is Outcome ended)
        {
            return ended;
        }

        return !context.Target.IsWaiting(socket.Call) ? Response.Nobody
            : isJudged ? Carry(ref socket, value, OptionPlan.Make(socket.Policy, verdict, ref socket))
            // Under its number there may be another socket in a moment.
            : setter.Set(ref socket, value);
    }

    /// <summary>Reads the value and judges it.</summary>
    /// <returns>The outcome where there is nothing to judge, or nothing that can be read.</returns>
    private Outcome? Judge(in Notification call, TrafficPolicy traffic, out Span<byte> value, out SocketOptionVerdict verdict)
    {
        value = default;
        verdict = default;
        int length = call.SystemCall == SystemCall.Setsockopt ? call.Int(4) : 0;
        ulong address = call.Word(3);
        if (length < 0 || (length > 0 && address == 0)
            || SocketOptionValue.LengthToJudge(call.Int(1), call.Int(2), length, call.Layout) is not int judged)
        {
            // EINVAL or EFAULT, or no value, which names nothing; and registers cannot change meanwhile.
            return Response.Continue;
        }

        value = new Span<byte>(context.Scratch.Control, judged);
        Errno error = TargetMemory.Read(call, address, value);
        if (error != Errno.None)
        {
            return context.CannotRead(call, error);
        }

        IReadOnlyList<string> interfaces = traffic.Routes.Interfaces;
        const int Few = 16;
        Span<uint> indexes = interfaces.Count <= Few ? stackalloc uint[Few] : new uint[interfaces.Count];
        for (int i = 0; i < interfaces.Count; i++)
        {
            indexes[i] = context.Binder.IndexOf(interfaces[i]);
        }

        var policy = new SocketOptionPolicy(traffic, indexes[..interfaces.Count]);
        verdict = policy.Judge(call.Int(1), call.Int(2), value, call.Layout);
        return null;
    }

    private Outcome Carry(ref SocketCall socket, ReadOnlySpan<byte> value, in SocketOptionVerdict verdict)
    {
        TrafficRoutes routes = socket.Policy.Routes;
        var bound = new Verdict(VerdictKind.Bind, default) { Interface = verdict.Interface ?? routes.Default(socket.Family).Interface };
        switch (verdict.Action)
        {
            case SocketOptionAction.Refuse:
                return socket.Refused(bound.Refuse(verdict.Error, $"this socket option would send packets elsewhere than through {routes.InterfaceText}"));
            case SocketOptionAction.Bind:
                Errno error = BindByName(ref socket, bound.Interface!);
                return Response.Of(error);
            case SocketOptionAction.BindThenContinue:
                return context.Steps.TryBindDevice(ref socket, bound, out Verdict refusal) ? Response.Continue : socket.Refused(refusal);
            case SocketOptionAction.Membership:
                return ChangeMembership(socket.Duplicate, verdict);
            case SocketOptionAction.SourceFilter:
                return ChangeFilter(ref socket, value, verdict);
            default:
                return socket.Policy.Options.IsStrict ? setter.Set(ref socket, value) : Response.Continue;
        }
    }

    /// <summary>
    /// The program names an interface of the policy. What it sends is judged all the same: by that interface goes what has its way
    /// there, and the rest does not. A connected socket keeps the interface of its peer.
    /// </summary>
    private Errno BindByName(ref SocketCall socket, string interfaceName)
    {
        bool mayMove = socket.Policy.Routes.Interfaces.Count < 2 || socket.BoundIndex == 0
            || (socket.Type != Linux.SOCK_SEQPACKET && !socket.IsTcpUnderWay && !socket.IsConnected);
        return mayMove || socket.IsBoundTo(interfaceName) ? context.Binder.Bind(socket.Duplicate, interfaceName) : Errno.EPERM;
    }

    /// <summary>
    /// Joins or leaves a group on the interface; left to itself the kernel would send the report by the default route,
    /// and look there for what was joined here.
    /// </summary>
    private static Response ChangeMembership(in DuplicatedSocket socket, in SocketOptionVerdict verdict)
    {
        // struct group_source_req: ifindex, padding, then one or two sockaddr_storage.
        const int GroupOffset = 8;
        int length = GroupOffset + Sockaddr.MaximumLength * (verdict.GroupSource is null ? 1 : 2);
        Span<byte> bytes = stackalloc byte[GroupOffset + 2 * Sockaddr.MaximumLength];
        bytes = bytes[..length];
        bytes.Clear();
        BitConverter.TryWriteBytes(bytes, verdict.Index);
        IpFamily family = verdict.Group.Family;
        Sockaddr.Write(bytes[GroupOffset..], family, new Endpoint(verdict.Group, 0));
        if (verdict.GroupSource is IpAddress source)
        {
            Sockaddr.Write(bytes[(GroupOffset + Sockaddr.MaximumLength)..], family, new Endpoint(source, 0));
        }

        return Set(socket, family, verdict.GroupOption, bytes);
    }

    /// <summary>Chooses a group's sources where the group was joined: on the interface.</summary>
    private Response ChangeFilter(ref SocketCall socket, ReadOnlySpan<byte> value, in SocketOptionVerdict verdict)
    {
        Notification call = socket.Call;
        bool isIpMsfilter = call.Int(2) == Linux.IP_MSFILTER;
        int length = SourceFilter.LengthOf(isIpMsfilter, value, call.Layout);
        Span<byte> room = context.Scratch.Steered;
        if (length > room.Length)
        {
            // Far more than the kernel takes (igmp_max_msf, mld_max_msf).
            return Response.Fail(Errno.ENOBUFS);
        }

        Span<byte> filter = room[..length];
        SourceFilter.Write(isIpMsfilter, value, call.Layout, verdict.Index, filter);
        return Set(socket.Duplicate, verdict.Group.Family, Linux.MCAST_MSFILTER, filter);
    }

    private static Response Set(in DuplicatedSocket socket, IpFamily family, int option, ReadOnlySpan<byte> value) =>
        Response.Of(socket.SetOption(family == IpFamily.IPv4 ? Linux.SOL_IP : Linux.SOL_IPV6, option, value));
}
