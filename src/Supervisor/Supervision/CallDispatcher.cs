using System.Runtime.InteropServices;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Handlers;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Target;

namespace BindToInterface.Supervisor.Supervision;

/// <summary>Hands a stopped call to its handler. One per thread.</summary>
internal sealed class CallDispatcher : IDisposable
{
    private readonly FilterRules rules;
    private readonly HandlerContext context;
    private readonly PortHandler port;
    private readonly ConnectHandler connect;
    private readonly SendHandler send;
    private readonly MessageHandler message;
    private readonly VectorHandler vector;
    private readonly ReceiveHandler receive;
    private readonly SocketOptionHandler option;
    private readonly SocketErrorHandler error;
    private readonly RefusalHandler refusal;
    private readonly DryRunHandler? dryRun;
    private readonly BirthHandler birth;

    public CallDispatcher(SharedState shared)
    {
        rules = shared.Rules;
        context = new HandlerContext(shared);
        port = new PortHandler(context);
        connect = new ConnectHandler(context);
        var own = new MessageSender(context);
        send = new SendHandler(context, own);
        message = new MessageHandler(context, own);
        vector = new VectorHandler(context, message, own);
        receive = new ReceiveHandler(context);
        option = new SocketOptionHandler(context);
        error = new SocketErrorHandler(context);
        refusal = new RefusalHandler(context);
        dryRun = shared.Observer is { IsDry: true } ? new DryRunHandler(context) : null;
        birth = new BirthHandler(context);
    }

    /// <summary>Handles a call. Whatever goes wrong denies it.</summary>
    public Outcome Handle(in Notification call)
    {
        try
        {
            context.Begin();
            return Dispatch(call);
        }
#pragma warning disable CA1031 // A bug in a handler must not end the loop: every other call would hang.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            context.Counts.Failed();
            context.Log.TryHandlerFailed(call, exception);
            return Response.Fail(Errno.EPERM);
        }
    }

    /// <summary>Handles a call again that had to wait: one that was decoded, with what is done of it.</summary>
    public Outcome Resume(in WaitRequest request)
    {
        context.IsOffDuty = true;
        context.Held = request.Held;
        context.Connection = request.Connection;
        try
        {
            return Handle(request.Call);
        }
        finally
        {
            context.IsOffDuty = false;
        }
    }

    /// <summary>What the call waits for that was last answered with <see cref="Response.Block"/>.</summary>
    public WaitRequest WaitRequest => context.WaitRequest;

    /// <summary>Lets go of what is kept of threads: this thread rests.</summary>
    public void Rest()
    {
        context.Target.Forget();
        context.Callers.Clear();
    }

    public void Dispose() => context.Dispose();

    /// <summary>What the row of the filter says that counts for the call, and where it says "notify", what its handler says.</summary>
    private Outcome Dispatch(in Notification call)
    {
        SeccompData.Arguments arguments = call.Args;
        return rules.Match(call.SystemCall, arguments)?.Action switch
        {
            { Kind: FilterActionKind.Allow } => Response.Continue,
            { Kind: FilterActionKind.Notify, Handler: CallHandler.Refusal, Error: var told } => refusal.Handle(call, told),
            { Kind: FilterActionKind.Notify, Handler: CallHandler.Socketcall } => HandleSocketcall(call),
            { Kind: FilterActionKind.Notify, Handler: var handler } => dryRun?.Handle(handler, call) ?? Handle(handler, call),
            { Error: var error } => Response.Fail(error),
            // The filter stops no call that has no row.
            null => Response.Fail(Errno.ENOSYS),
        };
    }

    private Outcome Handle(CallHandler handler, in Notification call) => handler switch
    {
        CallHandler.Port => port.Handle(call),
        CallHandler.Connect => connect.Handle(call),
        CallHandler.Send => send.Handle(call),
        CallHandler.Message => message.Handle(call),
        CallHandler.Vector => vector.Handle(call),
        CallHandler.Receive => receive.Handle(call),
        CallHandler.SocketOption => option.Handle(call),
        CallHandler.SocketError => error.Handle(call),
        CallHandler.Birth => birth.Handle(call),
        _ => Response.Fail(Errno.ENOSYS),
    };

    /// <summary>socketcall(2): the call's number, and its arguments as an array of 32-bit words.</summary>
    private unsafe Outcome HandleSocketcall(in Notification call)
    {
        (SystemCall inner, int count) = SocketcallTable.Find((uint)call.Int(0));
        Span<uint> words = stackalloc uint[6];
        Errno error = TargetMemory.Read(call, call.Word(1), MemoryMarshal.AsBytes(words[..count]));
        if (error != Errno.None)
        {
            return context.CannotRead(call, error);
        }

        SeccompData.Arguments args = default;
        for (int i = 0; i < count; i++)
        {
            args[i] = words[i];
        }

        Notification meant = call with { SystemCall = inner, Args = args, HasArgumentsInMemory = true };
        // What the arguments in memory say by the time that the kernel reads them could be any socket.
        return inner == SystemCall.Socket && rules.MakesSockets && rules.Match(inner, args)?.Action.Kind == FilterActionKind.Allow
            ? birth.Handle(meant)
            : rules.IsStrict ? DispatchStrictly(meant)
            : Dispatch(meant);
    }

    /// <summary>Strict mode: no call goes on that could lead a packet out if its arguments in memory become others.</summary>
    private Outcome DispatchStrictly(in Notification call)
    {
        Outcome outcome = Dispatch(call);
        return outcome.Response.Kind != ResponseKind.Continue ? outcome : call.SystemCall switch
        {
            SystemCall.Setsockopt => option.CarryOut(call),
            // One without an address has no row.
            SystemCall.Sendto when send.Handle(call) is { Response.Kind: not ResponseKind.Continue } sent => sent,
            // Its length is none that an address can have.
            SystemCall.Connect => Response.Fail(Errno.EINVAL),
            SystemCall.Sendto or SystemCall.Sendmsg or SystemCall.Sendmmsg => Response.Fail(Errno.EPERM),
            _ => outcome,
        };
    }
}
