using BindToInterface.Policy;
using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Proc;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Tracing;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>Makes the connect of a stream socket on behalf of the program, to the address that was judged.</summary>
internal sealed unsafe class StreamConnector(HandlerContext context)
{
    /// <summary>
    /// A connection is begun on the duplicate. A blocking call then goes on in the kernel, which on a socket that is connecting
    /// waits for that connection, with the program's timeout and signals, and does not look at the address
    /// (__inet_stream_connect). Where what becomes of it is to be told, the call waits in the supervisor first.
    /// </summary>
    public Outcome Connect(ref SocketCall socket, in Verdict verdict, scoped ReadOnlySpan<byte> sockaddr, in Observed seen)
    {
        bool isBlocking = !socket.Duplicate.IsNonBlocking, isStrict = socket.Policy.Options.IsStrict;
        if (isStrict && !socket.IsTcp && (verdict.Rewritten || verdict.Kind == VerdictKind.Exclude))
        {
            // SCTP waits for its connection itself, and reads the address again.
            return socket.Decided(Response.Fail(Errno.EOPNOTSUPP), verdict, seen);
        }

        if (isBlocking && (!socket.IsTcp || (!context.TellsResults && !isStrict && socket.Duplicate.GetTimeout(LibC.SO_SNDTIMEO) is not null))
            && (!verdict.Rewritten || context.Write(socket.Call, socket.Call.Word(1), sockaddr) == Errno.None))
        {
            // Such a wait would end with EALREADY where it is to end with EINPROGRESS; and SCTP has no such wait.
            return socket.Decided(Response.Continue, verdict, seen);
        }

        Response answer = Start(socket, sockaddr);
        if (isStrict && isBlocking && answer.Error == Errno.EINPROGRESS && !MayGoOn(socket))
        {
            Outcome decided = socket.Decided(Response.Continue, verdict, seen with { Result = new(ResultKind.Started) });
            return new(context.Wait(socket.Call, new HeldConnection(null, sockaddr.ToArray(), 0) { MayGoOn = false }), decided.Decision);
        }

        return context.Observer is { TellsResults: true } observer && socket.IsTcp ? Observe(ref socket, verdict, sockaddr, seen, answer, isBlocking, observer)
            : socket.Decided(answer.Error == Errno.EINPROGRESS && isBlocking ? Response.Continue : answer, verdict, seen with { Result = ResultOf(answer) });
    }

    /// <summary>The connection that a call waits for is there, or has failed, or is to be waited for again.</summary>
    public Outcome GoOn(in Notification call, HeldConnection held)
    {
        Outcome? ended = context.Open(call, default, out SocketCall socket);
        using (socket.Duplicate)
        {
            return ended is Outcome outcome ? held.EndsWith(outcome.Response)
                : !context.Target.IsWaiting(call) ? held.EndsWith(Response.Nobody)
                : Await(socket, held);
        }
    }

    /// <summary>
    /// Strict mode: whether the kernel may carry out the wait for a connection. A thread could put a socket under the same number that
    /// such a call sets free; and with a send timeout the wait would end with EALREADY.
    /// </summary>
    private static bool MayGoOn(in SocketCall socket) =>
        !ThreadGroup.HasOthers(socket.Call.Tid) && socket.Duplicate.GetTimeout(LibC.SO_SNDTIMEO) is null;

    /// <summary>What is known after a call that the supervisor made.</summary>
    public static CallResult ResultOf(in Response answer) => answer.Error == Errno.None ? new(ResultKind.Connected) : CallResult.Failed(answer.Error);

    private Outcome Observe(
        ref SocketCall socket, in Verdict verdict, scoped ReadOnlySpan<byte> sockaddr, in Observed seen, in Response answer, bool isBlocking, Observer observer)
    {
        if (answer.Error is not (Errno.None or Errno.EINPROGRESS))
        {
            CallResult failed = CallResult.Failed(answer.Error);
            if (!observer.Pending.IsEmpty && observer.Pending.Find(socket.Cookie) is { Result: null } before)
            {
                // The program asks by a second connect why the first one failed.
                before.Resolve(failed);
                return answer;
            }

            return socket.Decided(answer, verdict, seen with { Result = failed });
        }

        Observed started = seen with { Result = new(ResultKind.Started), Local = socket.ReadLocal() };
        if (IsEstablished(socket.Duplicate.TcpState))
        {
            return socket.Decided(isBlocking && answer.Error == Errno.EINPROGRESS ? Response.Continue : answer, verdict, started with { Result = CallResult.Established });
        }

        ulong cookie = socket.Cookie;
        if (!isBlocking || answer.Error == Errno.None)
        {
            return socket.Decided(answer, verdict, started with { Pending = observer.Pending.Add(cookie) });
        }

        return socket.Decided(Response.Continue, verdict, started).Decision is Decision decision
            ? Await(socket, new HeldConnection(decision, sockaddr.ToArray(), cookie))
            : Response.Continue;
    }

    private Outcome Await(in SocketCall socket, HeldConnection held)
    {
        byte? state = socket.Duplicate.TcpState;
        if (state == Linux.TCP_CLOSE || !held.MayGoOn)
        {
            // On such a socket connect tells why, once, and leaves it as after any connect that has failed. On one that is connected it
            // says so once.
            Response answer = Start(socket, held.Sockaddr);
            return answer.Error is Errno.EINPROGRESS or Errno.EALREADY ? context.Wait(socket.Call, held) : held.EndsWith(answer, ResultOf(answer));
        }

        return IsEstablished(state) ? held.EndsWith(Response.Continue, CallResult.Established) : context.Wait(socket.Call, held);
    }

    private static bool IsEstablished(byte? state) => state is not (null or Linux.TCP_SYN_SENT or Linux.TCP_SYN_RECV or Linux.TCP_CLOSE);

    /// <summary>Connects without waiting, even if a thread of the program makes the socket blocking now.</summary>
    private static Response Start(scoped in SocketCall socket, scoped ReadOnlySpan<byte> sockaddr)
    {
        using (socket.Duplicate.WithoutWaiting())
        {
            return socket.Duplicate.Connect(sockaddr) is var error and not Errno.None ? Response.Fail(error) : Response.Result(0);
        }
    }
}
