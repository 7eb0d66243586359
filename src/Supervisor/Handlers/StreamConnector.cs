using BindToInterface.Policy;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;
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
    public Outcome Connect(ref SocketCall socket, in Verdict verdict, scoped ReadOnlySpan<byte> sockaddr, bool isElsewhere)
    {
        var seen = new Observed { IsElsewhere = isElsewhere };
        bool isStrict = socket.Policy.Options.IsStrict;
        // In strict mode each TCP connection is begun here, and this is asked only where it is under way then.
        bool? isBlocking = isStrict && socket.IsTcp ? null : !socket.Duplicate.IsNonBlocking;
        if (isBlocking == true && (!socket.IsTcp || (!context.TellsResults && socket.Duplicate.GetTimeout(LibC.SO_SNDTIMEO) is not null))
            && (!verdict.Rewritten || context.Write(socket.Call, socket.Call.Word(1), sockaddr) == Errno.None))
        {
            // Such a wait would end with EALREADY where it is to end with EINPROGRESS; and SCTP has no such wait.
            return socket.Decided(Response.Continue, verdict, seen);
        }

        Response answer = Start(socket, sockaddr, isBlocking, out bool waits, out bool hasTimeout);
        if (waits && isStrict && !MayGoOn(socket, hasTimeout))
        {
            Outcome decided = socket.Decided(Response.Continue, verdict, seen with { Result = new(ResultKind.Started) });
            return new(Await(ref socket, HeldConnection.Held(sockaddr)).Response, decided.Decision);
        }

        return context.Observer is { TellsResults: true } observer && socket.IsTcp ? Observe(ref socket, verdict, sockaddr, seen, answer, waits, observer)
            : socket.Decided(waits ? Response.Continue : answer, verdict, seen with { Result = ResultOf(answer) });
    }

    /// <summary>
    /// Strict mode: a connect on a TCP socket that listens, is connected, or about to be. It begins no connection, even if another
    /// thread ends the one that is there (shutdown) at this moment: the socket may be free, for an excluded destination.
    /// </summary>
    public Outcome ConnectInUse(ref SocketCall socket, scoped ReadOnlySpan<byte> sockaddr)
    {
        if (!MayBeTakenElsewhere(socket) && !socket.Call.MayChange())
        {
            return Response.Continue;
        }

        Errno told = Ask(socket, sockaddr, out bool wasConnecting);
        return told is Errno.EALREADY && !socket.Duplicate.IsNonBlocking ? Await(ref socket, HeldConnection.Held(sockaddr))
            : told == Errno.None ? Response.Result(0)
            : Response.Fail(wasConnecting ? told : Errno.ECONNABORTED);
    }

    /// <summary>
    /// Strict mode: looks again at a socket that another thread may have used since it was opened. If its connection to an excluded
    /// destination has failed, and the program was not told yet, it is told. Else the socket can be connected anew.
    /// </summary>
    public Outcome? LookAgain(ref SocketCall socket, in Sockaddr destination, scoped ReadOnlySpan<byte> sockaddr)
    {
        if (!MayBeTakenElsewhere(socket))
        {
            return null;
        }

        Errno error = socket.ReadLocalAddress();
        if (error == Errno.None && destination.IsIp && socket.Local.Port != 0 && socket.IsTcp && !socket.IsTcpInUse && socket.BoundIndex == 0)
        {
            Errno told = Ask(socket, sockaddr, out bool wasConnecting);
            if (wasConnecting)
            {
                _ = context.Steps.SecureAgain(ref socket);
                return Response.Fail(told);
            }

            error = socket.ReadLocalAddress();
        }

        return error == Errno.None ? null : Response.Fail(error);
    }

    /// <summary>The connection that a call waits for is there, or has failed, or is to be waited for again.</summary>
    public Outcome GoOn(in Notification call, HeldConnection held)
    {
        Outcome? ended = context.Open(call, default, out SocketCall socket);
        using (socket.Duplicate)
        {
            if (ended is Outcome outcome)
            {
                return held.EndsWith(outcome.Response);
            }

            lock (context.Connecting)
            {
                return context.Target.IsWaiting(call) ? Await(ref socket, held) : held.EndsWith(Response.Nobody);
            }
        }
    }

    /// <summary>
    /// Strict mode: whether the kernel may carry out the wait for a connection. A thread could put a socket under the same number that
    /// such a call sets free; and with a send timeout the wait would end with EALREADY.
    /// </summary>
    private static bool MayGoOn(in SocketCall socket, bool hasTimeout) =>
        !hasTimeout && !MayBeTakenElsewhere(socket) && !socket.Call.MayChange();

    /// <summary>Whether another process that has the socket too, and one thread, could have it set free before the kernel goes on.</summary>
    private static bool MayBeTakenElsewhere(in SocketCall socket) => socket.Policy.Routes.TakesSocketsElsewhere;

    private static Errno Ask(in SocketCall socket, scoped ReadOnlySpan<byte> sockaddr, out bool wasConnecting) =>
        ConnectionQuery.Ask(socket.Duplicate, socket.Family, Sockaddr.Parse(sockaddr).Endpoint.Port, out wasConnecting);

    /// <summary>What is known after a call that the supervisor made.</summary>
    public static CallResult ResultOf(in Response answer) => answer.Error == Errno.None ? new(ResultKind.Connected) : CallResult.Failed(answer.Error);

    private Outcome Observe(
        ref SocketCall socket, in Verdict verdict, scoped ReadOnlySpan<byte> sockaddr, in Observed seen, in Response answer, bool waits, Observer observer)
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
            return socket.Decided(waits ? Response.Continue : answer, verdict, started with { Result = CallResult.Established });
        }

        ulong cookie = socket.Cookie;
        if (!waits)
        {
            return socket.Decided(answer, verdict, started with { Pending = observer.Pending.Add(cookie) });
        }

        return socket.Decided(Response.Continue, verdict, started).Decision is Decision decision
            ? Await(ref socket, new HeldConnection(decision, sockaddr.ToArray(), cookie))
            : Response.Continue;
    }

    private Outcome Await(ref SocketCall socket, HeldConnection held)
    {
        byte? state = socket.Duplicate.TcpState;
        if (state is null && !held.MayGoOn)
        {
            // Another thread has put something else under the number.
            return held.EndsWith(Response.Fail(Errno.ECONNABORTED));
        }

        bool isThere = IsEstablished(state);
        if (state != Linux.TCP_CLOSE && (held.MayGoOn || !isThere))
        {
            return isThere ? held.EndsWith(Response.Continue, CallResult.Established) : context.Wait(socket.Call, held);
        }

        Errno told = Ask(socket, held.Sockaddr, out bool wasConnecting);
        if (told is Errno.EINPROGRESS or Errno.EALREADY)
        {
            return context.Wait(socket.Call, held);
        }

        // EISCONN: another thread was told first. Where it was told of a failure, this one hears what the kernel says then.
        Response answer = told is Errno.None or Errno.EISCONN ? Response.Result(0)
            : Response.Fail(wasConnecting || told == Errno.ECONNRESET ? told : Errno.ECONNABORTED);
        if (answer.Error == Errno.None)
        {
            SocketWithoutCopy.LetGo(context, socket);
        }
        else if (socket.Policy.Options.IsStrict)
        {
            _ = context.Steps.SecureAgain(ref socket);
        }

        return held.EndsWith(answer, ResultOf(answer));
    }

    private static bool IsEstablished(byte? state) => state is not (null or Linux.TCP_SYN_SENT or Linux.TCP_SYN_RECV or Linux.TCP_CLOSE);

    /// <summary>Connects without waiting, even if a thread of the program makes the socket blocking now.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="sockaddr">The address that was judged.</param>
    /// <param name="isBlocking">Whether calls on it wait; null where that is to be asked.</param>
    /// <param name="waits">Whether the program's call is to wait for the connection, which is under way.</param>
    /// <param name="hasTimeout">Whether the program has set a time after which its call is to end.</param>
    private static Response Start(scoped in SocketCall socket, scoped ReadOnlySpan<byte> sockaddr, bool? isBlocking, out bool waits, out bool hasTimeout)
    {
        using SendTimeout timeout = socket.Duplicate.WithoutWaiting();
        hasTimeout = timeout.WasSet;
        Errno error = socket.Duplicate.Connect(sockaddr);
        waits = error == Errno.EINPROGRESS && (isBlocking ?? !socket.Duplicate.IsNonBlocking);
        if (waits && socket.Policy.Options.IsStrict)
        {
            // The kernel looks at the other end's answer when the first connect has returned. If that comes from this host, it is there.
            Errno told = socket.Duplicate.Connect(sockaddr);
            waits = told is Errno.EALREADY or Errno.EINPROGRESS;
            error = waits ? error : told;
        }

        return Response.Of(error);
    }
}
