using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Notify;
using BindToInterface.Supervisor.Sockets;
using Tmds.Linux;

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

            if (error is not (Errno.None or Errno.EFAULT))
            {
                return context.CannotRead(call, error);
            }

            Errno named = socket.GetLocal(out SocketName name);
            if (error != Errno.None && name.Family is not null)
            {
                return context.CannotReadAddress(call, socket, name, call.Word(1), length, error);
            }

            if (error != Errno.None || named != Errno.None)
            {
                // The kernel copies the address before it asks what it is for.
                return error != Errno.None ? context.CannotRead(call, error) : Answer.Fail(named);
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
        Association former = default;
        Answer answer = Connect(call, socket, name, destination, bytes, ref former);
        if (former.IsNoted && (answer.Kind != AnswerKind.Result || answer.Error != Errno.None))
        {
            // As without us, a connect that fails leaves the peer that was there.
            former.Restore(socket);
        }

        return answer;
    }

    private Answer Connect(
        in TrappedCall call, in DuplicatedSocket socket, in SocketName name, in Sockaddr destination, Span<byte> bytes, ref Association former)
    {
        Errno error = judge.Judge(call, socket, name, destination, out Verdict verdict);
        if (error == Errno.None)
        {
            error = verdict.Kind == VerdictKind.Exclude
                ? steps.Free(call, socket, verdict, takesPeersPlace: true, ref former)
                : steps.Bind(call, socket, name, verdict, ref former);
        }

        if (error == Errno.None && verdict.Kind == VerdictKind.Exclude && socket.WritesHeaders(name.Family!.Value))
        {
            // What it writes then is not judged, and its headers could name any destination.
            error = log.RefusedLoudly(call, socket, verdict.Destination, Errno.EPERM, "the destination is excluded, and the program writes the IP headers itself, which could name another destination");
        }

        if (error != Errno.None)
        {
            return Answer.Fail(error);
        }

        if (judge.Policy.Options.Dns[destination.Endpoint.Address.Family] is Endpoint server && server == destination.Endpoint)
        {
            // It names the override itself, and is to hear of no other server that it was turned away from before.
            context.Rewritten.Forget(socket);
        }

        log.Decided(call, socket, verdict);
        bool isOnBehalf = verdict.Rewritten || verdict.Kind == VerdictKind.Exclude || former.IsNoted;
        if (!isOnBehalf)
        {
            // What was bound stays bound, whatever the program's memory says by now.
            return Answer.Continue;
        }

        if (!target.IsWaiting(call))
        {
            // No call is made for it that was interrupted, and is perhaps made again.
            return Answer.Nobody;
        }

        if (verdict.Rewritten)
        {
            // The program's memory stays what it is, since it may be a list of addresses that is read later (getaddrinfo's, of
            // a service on port 53), or what the reply's source is compared with.
            destination.TryRewrite(bytes, verdict.Destination);
            context.Rewritten.Remember(socket, new(destination.Endpoint, verdict.Destination, 0, 0));
        }

        // A datagram socket's connect sends nothing and does not wait.
        return socket.Type is Linux.SOCK_DGRAM or Linux.SOCK_RAW
            ? ConnectOnBehalf(socket, bytes)
            : ConnectStream(call, socket, verdict, bytes);
    }

    /// <summary>
    /// A connection is begun on the duplicate, to the address that was judged. A blocking call then goes on in the kernel,
    /// which on a socket that is connecting waits for that connection, with the program's timeout and signals, and
    /// does not look at the address (__inet_stream_connect).
    /// </summary>
    private Answer ConnectStream(in TrappedCall call, in DuplicatedSocket socket, in Verdict verdict, ReadOnlySpan<byte> sockaddr)
    {
        bool isNonBlocking = socket.IsNonBlocking;
        if (!isNonBlocking && (!socket.IsTcp || socket.GetTimeout(LibC.SO_SNDTIMEO) is not null)
            && (!verdict.Rewritten || context.Write(call, call.Word(1), sockaddr) == Errno.None))
        {
            // Such a wait would end with EALREADY where it is to end with EINPROGRESS; and SCTP has no such wait.
            return Answer.Continue;
        }

        // With a timeout that is over, connect does not wait, even if a thread of the program makes the socket blocking now.
        using (socket.WithoutWaiting())
        {
            Answer answer = ConnectOnBehalf(socket, sockaddr);
            return answer.Error == Errno.EINPROGRESS && !isNonBlocking ? Answer.Continue : answer;
        }
    }

    private static Answer ConnectOnBehalf(in DuplicatedSocket socket, ReadOnlySpan<byte> sockaddr)
    {
        fixed (byte* address = sockaddr)
        {
            return LibC.connect(socket.Descriptor, (sockaddr*)address, (uint)sockaddr.Length) == 0
                ? Answer.Result(0)
                : Answer.Fail(Native.LastError);
        }
    }
}
