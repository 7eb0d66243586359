using BindToInterface.Policy;
using BindToInterface.Supervisor.Filter;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Notify;
using BindToInterface.Supervisor.Sockets;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>setsockopt(2) of the options that name an interface or connect; and SCTP's getsockopt that does.</summary>
internal sealed unsafe class SocketOptionHandler(HandlerContext context)
{
    private readonly Target target = context.Target;
    private readonly DecisionLog log = context.Log;

    public Answer Handle(in TrappedCall call)
    {
        if (context.Policy.Options.Interface is not string interfaceName)
        {
            return Answer.Continue;
        }

        Errno duplicated = target.Duplicate(call, call.Int(0), out DuplicatedSocket socket);
        using (socket)
        {
            if (duplicated != Errno.None)
            {
                return context.CannotDuplicate(call, duplicated);
            }

            if (call.Int(1) == Linux.SOL_TCP && !socket.IsTcp)
            {
                // ENOPROTOOPT and the like.
                return Answer.Continue;
            }

            Errno named = socket.GetLocal(out SocketName name);
            if (named != Errno.None || name.Family is null)
            {
                // Not a socket, or not one that sends IP packets.
                return named == Errno.None ? Answer.Continue : Answer.Fail(named);
            }

            int length = call.SystemCall == SystemCall.Setsockopt ? call.Int(4) : 0;
            ulong address = call.Word(3);
            if (length < 0 || (length > 0 && address == 0)
                || SocketOptionValue.LengthToJudge(call.Int(1), call.Int(2), length, call.Layout) is not int judged)
            {
                // EINVAL or EFAULT, or no value, which names nothing; and registers cannot change meanwhile.
                return Answer.Continue;
            }

            var value = new Span<byte>(context.Scratch.Control, judged);
            Errno error = TargetMemory.Read(call, address, value);
            if (error != Errno.None)
            {
                return context.CannotRead(call, error);
            }

            var policy = new SocketOptionPolicy(context.Policy, interfaceName, context.Binder.IndexOf(interfaceName));
            SocketOptionVerdict verdict = policy.Judge(call.Int(1), call.Int(2), value, call.Layout);
            return target.IsWaiting(call) ? Carry(call, socket, value, interfaceName, verdict) : Answer.Nobody;
        }
    }

    private Answer Carry(
        in TrappedCall call, in DuplicatedSocket socket, ReadOnlySpan<byte> value, string interfaceName, in SocketOptionVerdict verdict)
    {
        var bound = new Verdict(VerdictKind.Bind, default) { Interface = interfaceName };
        switch (verdict.Action)
        {
            case SocketOptionAction.Refuse:
                return Refuse(call, socket, interfaceName, verdict.Error);
            case SocketOptionAction.CheckDevice when NamesInterface(verdict.Device, interfaceName):
                return Bind(socket, interfaceName);
            case SocketOptionAction.CheckDevice:
                return Refuse(call, socket, interfaceName, verdict.Error);
            case SocketOptionAction.CheckAddress:
                return context.Policy.Routes.Default(verdict.Address.Family).Source == verdict.Address
                    || context.Binder.Addresses.Contains(interfaceName, verdict.Address)
                    ? Answer.Continue
                    : Refuse(call, socket, interfaceName, verdict.Error);
            case SocketOptionAction.CheckConnection:
                return InterfaceBinder.BoundIndex(socket) == 0 && socket.IsConnected()
                    ? Refuse(call, socket, interfaceName, verdict.Error)
                    : Answer.Continue;
            case SocketOptionAction.Bind:
                return Bind(socket, interfaceName);
            case SocketOptionAction.BindThenContinue:
                Errno failed = context.Steps.BindDevice(call, socket, bound);
                return failed == Errno.None ? Answer.Continue : Answer.Fail(failed);
            case SocketOptionAction.Membership:
                return ChangeMembership(socket, context.Binder.IndexOf(interfaceName), verdict);
            case SocketOptionAction.SourceFilter:
                return ChangeFilter(call, socket, context.Binder.IndexOf(interfaceName), value, verdict);
            default:
                return Answer.Continue;
        }
    }

    private Answer Refuse(in TrappedCall call, in DuplicatedSocket socket, string interfaceName, Errno error) => Answer.Fail(log.Refused(
        call, socket, default, error, $"this socket option would send packets elsewhere than through {interfaceName}"));

    private Answer Bind(in DuplicatedSocket socket, string interfaceName)
    {
        Errno error = context.Binder.Bind(socket, interfaceName);
        return error == Errno.None ? Answer.Result(0) : Answer.Fail(error);
    }

    /// <summary>An interface may have alternative names (ip-link(8), altname).</summary>
    private bool NamesInterface(string name, string interfaceName) =>
        context.Binder.IndexOf(interfaceName) is uint index and not 0 && context.Binder.IndexOf(name) == index;

    /// <summary>
    /// Joins or leaves a group on the interface; left to itself the kernel would send the report by the default route,
    /// and look there for what was joined here.
    /// </summary>
    private static Answer ChangeMembership(in DuplicatedSocket socket, uint index, in SocketOptionVerdict verdict)
    {
        if (index == 0)
        {
            return Answer.Fail(Errno.ENODEV);
        }

        // struct group_source_req: ifindex, padding, then one or two sockaddr_storage.
        const int GroupOffset = 8;
        int length = GroupOffset + Sockaddr.MaximumLength * (verdict.GroupSource is null ? 1 : 2);
        byte* request = stackalloc byte[GroupOffset + 2 * Sockaddr.MaximumLength];
        var bytes = new Span<byte>(request, length);
        bytes.Clear();
        BitConverter.TryWriteBytes(bytes, index);
        IpFamily family = verdict.Group.Family;
        Sockaddr.Write(bytes[GroupOffset..], family, new Endpoint(verdict.Group, 0));
        if (verdict.GroupSource is IpAddress source)
        {
            Sockaddr.Write(bytes[(GroupOffset + Sockaddr.MaximumLength)..], family, new Endpoint(source, 0));
        }

        return Set(socket, family, verdict.GroupOption, request, length);
    }

    /// <summary>Chooses a group's sources where the group was joined: on the interface.</summary>
    private Answer ChangeFilter(
        in TrappedCall call, in DuplicatedSocket socket, uint index, ReadOnlySpan<byte> value, in SocketOptionVerdict verdict)
    {
        if (index == 0)
        {
            return Answer.Fail(Errno.ENODEV);
        }

        bool isIpMsfilter = call.Int(2) == Linux.IP_MSFILTER;
        int length = SourceFilter.LengthOf(isIpMsfilter, value, call.Layout);
        Span<byte> room = context.Scratch.Steered;
        if (length > room.Length)
        {
            // Far more than the kernel takes (igmp_max_msf, mld_max_msf).
            return Answer.Fail(Errno.ENOBUFS);
        }

        Span<byte> filter = room[..length];
        SourceFilter.Write(isIpMsfilter, value, call.Layout, index, filter);
        fixed (byte* bytes = filter)
        {
            return Set(socket, verdict.Group.Family, Linux.MCAST_MSFILTER, bytes, length);
        }
    }

    private static Answer Set(in DuplicatedSocket socket, IpFamily family, int option, void* value, int length)
    {
        int level = family == IpFamily.IPv4 ? Linux.SOL_IP : Linux.SOL_IPV6;
        return LibC.setsockopt(socket.Descriptor, level, option, value, (uint)length) == 0
            ? Answer.Result(0)
            : Answer.Fail(Native.LastError);
    }
}
