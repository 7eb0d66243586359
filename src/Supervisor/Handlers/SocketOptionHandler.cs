using BindToInterface.Policy;
using BindToInterface.Supervisor.Filter;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Notify;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>setsockopt(2) of the options that name an interface or connect; and SCTP's getsockopt that does.</summary>
internal sealed unsafe class SocketOptionHandler(HandlerContext context)
{
    /// <summary>The longest value that is judged: a group_source_req.</summary>
    private const int MaximumValue = 512;

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

            Errno named = socket.GetLocal(out SocketName name);
            if (named != Errno.None || name.Family is null)
            {
                // Not a socket, or not one that sends IP packets.
                return named == Errno.None ? Answer.Continue : Answer.Fail(named);
            }

            int length = call.SystemCall == SystemCall.Setsockopt ? call.Int(4) : 0;
            if (length is < 0 or > Scratch.ControlLength)
            {
                // EINVAL, for each of the options that are judged; and a register cannot change meanwhile.
                return Answer.Continue;
            }

            // The kernel reads no more of a value than its option has; the one that is a list is read whole.
            bool isList = call.Int(1) == SocketOption.SolIpv6 && call.Int(2) == SocketOption.Ipv62292PktOptions;
            var value = new Span<byte>(context.Scratch.Control, isList ? length : Math.Min(length, MaximumValue));
            Errno error = TargetMemory.Read(call, call.Word(3), value);
            if (error != Errno.None)
            {
                return context.CannotRead(call, error);
            }

            var policy = new SocketOptionPolicy(context.Policy, interfaceName, context.Binder.IndexOf(interfaceName));
            SocketOptionVerdict verdict = policy.Judge(call.Int(1), call.Int(2), value, call.Layout);
            return target.IsWaiting(call) ? Carry(call, socket, name, interfaceName, verdict) : Answer.Nobody;
        }
    }

    private Answer Carry(
        in TrappedCall call, in DuplicatedSocket socket, in SocketName name, string interfaceName, in SocketOptionVerdict verdict)
    {
        var bound = new Verdict(VerdictKind.Bind, default) { Interface = interfaceName };
        switch (verdict.Action)
        {
            case SocketOptionAction.Refuse:
                return Refuse(call, socket, interfaceName);
            case SocketOptionAction.CheckAddress:
                return context.Binder.Addresses.Contains(interfaceName, verdict.Address)
                    ? Answer.Continue
                    : Refuse(call, socket, interfaceName);
            case SocketOptionAction.CheckConnection:
                return InterfaceBinder.BoundIndex(socket) == 0 && socket.IsConnected()
                    ? Refuse(call, socket, interfaceName)
                    : Answer.Continue;
            case SocketOptionAction.Bind:
                return context.Binder.Bind(socket, interfaceName) switch
                {
                    Errno.None => Answer.Result(0),
                    Errno error => Answer.Fail(error),
                };
            case SocketOptionAction.BindThenContinue:
                Errno failed = context.Steps.BindDevice(call, socket, bound);
                return failed == Errno.None ? Answer.Continue : Answer.Fail(failed);
            case SocketOptionAction.Membership:
                return ChangeMembership(socket, context.Binder.IndexOf(interfaceName), verdict);
            default:
                return Answer.Continue;
        }
    }

    private Answer Refuse(in TrappedCall call, in DuplicatedSocket socket, string interfaceName) => Answer.Fail(log.Refused(
        call, socket, default, Errno.EPERM, $"a socket option would lead elsewhere than by {interfaceName}"));

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

        int level = family == IpFamily.IPv4 ? Libc.SOL_IP : Libc.SOL_IPV6;
        return Libc.setsockopt(socket.Descriptor, level, verdict.GroupOption, request, (uint)length) == 0
            ? Answer.Result(0)
            : Answer.Fail(Libc.LastError);
    }
}
