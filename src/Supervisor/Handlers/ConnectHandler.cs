using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Notify;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>connect(2): bound and let go on, left alone, or made by the supervisor.</summary>
internal sealed unsafe class ConnectHandler(HandlerContext context)
{
    private readonly Target target = context.Target;
    private readonly DestinationJudge judge = context.Judge;
    private readonly SocketSteps steps = context.Steps;
    private readonly DecisionLog log = context.Log;

    public Answer Handle(in TrappedCall call)
    {
        int length = call.Int(2);
        if (length is < Sockaddr.InLength or > Sockaddr.MaximumLength)
        {
            // Too short for any address that leads out, or EINVAL; and a register cannot change meanwhile.
            return Answer.Continue;
        }

        Span<byte> bytes = stackalloc byte[Sockaddr.MaximumLength];
        bytes = bytes[..length];
        Errno error = TargetMemory.Read(call, call.Word(1), bytes);
        Sockaddr destination = error == Errno.None ? Sockaddr.Parse(bytes) : default;
        if (error == Errno.None && !destination.IsIp)
        {
            return destination.Kind == SockaddrKind.Unix ? ConnectUnix(call, bytes) : Answer.Continue;
        }

        Errno duplicated = target.Duplicate(call, call.Int(0), out DuplicatedSocket socket);
        using (socket)
        {
            if (duplicated != Errno.None)
            {
                return context.CannotDuplicate(call, duplicated);
            }

            if (error != Errno.None)
            {
                return context.CannotRead(call, error);
            }

            Errno named = socket.GetLocal(out SocketName name);
            if (named != Errno.None)
            {
                return Answer.Fail(named);
            }

            if (name.Family is null)
            {
                return HandlerContext.NotIp(name);
            }

            if ((name.Family == IpFamily.IPv4 && destination.Kind != SockaddrKind.IPv4)
                || (name.Local.Port != 0 && socket.IsTcpInUse))
            {
                // Not of one family, or connected already, or listening: the kernel refuses, and the socket stays what it is.
                return Answer.Continue;
            }

            return target.IsCaller(call) ? Connect(call, socket, name, destination, bytes) : Answer.Nobody;
        }
    }

    private Answer ConnectUnix(in TrappedCall call, ReadOnlySpan<byte> sockaddr)
    {
        if (judge.Policy.RefusesResolverDaemons && ResolverDaemon.SocketOf(sockaddr) is string daemon)
        {
            if (!ResolverSocket.MayExist(call.Tid, daemon))
            {
                // The kernel's own answer, given here: the daemon could start in between.
                return Answer.Fail(Errno.ENOENT);
            }

            log.RefusedDaemon(call, ResolverDaemon.PathOf(sockaddr));
            return Answer.Fail(Errno.ECONNREFUSED);
        }

        log.ConnectsToUnix(call, sockaddr);
        return Answer.Continue;
    }

    private Answer Connect(
        in TrappedCall call, in DuplicatedSocket socket, in SocketName name, in Sockaddr destination, Span<byte> bytes)
    {
        Errno error = judge.Judge(call, socket, name, destination, out Verdict verdict);
        if (error == Errno.None)
        {
            error = verdict.Kind == VerdictKind.Exclude
                ? steps.Free(call, socket, verdict, takesPeersPlace: true)
                : steps.Bind(call, socket, name, verdict);
        }

        if (error == Errno.None && verdict.Kind == VerdictKind.Exclude && socket.WritesHeaders(name.Family!.Value))
        {
            // What it writes then is not judged, and its headers could name any destination.
            error = log.RefusedLoudly(call, socket, verdict.Destination, Errno.EPERM, "the program writes the headers itself");
        }

        if (error != Errno.None)
        {
            return Answer.Fail(error);
        }

        log.Decided(call, socket, verdict);
        if ((verdict.Rewritten || verdict.Kind == VerdictKind.Exclude) && !target.IsWaiting(call))
        {
            // Neither its memory is written nor a call made for it that was interrupted, and is perhaps made again.
            return Answer.Nobody;
        }

        bool inMemory = !verdict.Rewritten || Rewrite(call, socket, destination, verdict, bytes);
        if (inMemory && verdict.Kind != VerdictKind.Exclude)
        {
            // What was bound stays bound, whatever the program's memory says by now.
            return Answer.Continue;
        }

        bool returnsAtOnce = socket.Type is Libc.SOCK_DGRAM or Libc.SOCK_RAW || socket.IsNonBlocking;
        return returnsAtOnce || context.MayBlock ? ConnectOnBehalf(socket, bytes)
            : inMemory ? Answer.Continue
            : Answer.Block;
    }

    /// <summary>
    /// Writes the override into the program's memory, because resolvers compare the reply's source with the
    /// very buffer that they passed.
    /// </summary>
    private bool Rewrite(
        in TrappedCall call, in DuplicatedSocket socket, in Sockaddr destination, in Verdict verdict, Span<byte> bytes)
    {
        destination.TryRewrite(bytes, verdict.Destination);
        context.Rewritten.Remember(socket, new(destination.Endpoint, verdict.Destination, call.Word(1), bytes.Length));
        return TargetMemory.Write(call, call.Word(1), bytes) == Errno.None;
    }

    private static Answer ConnectOnBehalf(in DuplicatedSocket socket, ReadOnlySpan<byte> sockaddr)
    {
        fixed (byte* address = sockaddr)
        {
            return Libc.connect(socket.Descriptor, address, (uint)sockaddr.Length) == 0
                ? Answer.Result(0)
                : Answer.Fail(Libc.LastError);
        }
    }
}
