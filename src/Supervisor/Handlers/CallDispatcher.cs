using System.Runtime.InteropServices;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Filter;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Notify;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>Hands a trapped call to its handler. One per thread.</summary>
internal sealed class CallDispatcher : IDisposable
{
    private readonly HandlerContext context;
    private readonly ConnectHandler connect;
    private readonly SendHandler send;
    private readonly MessageHandler message;
    private readonly VectorHandler vector;
    private readonly ReceiveHandler receive;
    private readonly SocketOptionHandler option;

    public CallDispatcher(SharedState shared)
    {
        context = new HandlerContext(shared);
        connect = new ConnectHandler(context);
        send = new SendHandler(context);
        message = new MessageHandler(context);
        vector = new VectorHandler(context, message);
        receive = new ReceiveHandler(context);
        option = new SocketOptionHandler(context);
    }

    /// <summary>Handles a call. Whatever goes wrong denies it.</summary>
    public Answer Handle(in TrappedCall call)
    {
        try
        {
            return call.SystemCall == SystemCall.Socketcall ? HandleSocketcall(call) : Dispatch(call);
        }
#pragma warning disable CA1031 // A bug in a handler must not end the loop: every other call would hang.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            context.Log.TryHandlerFailed(call, exception);
            return Answer.Fail(Errno.EPERM);
        }
    }

    /// <summary>Handles a call again that had to wait: one that was decoded, with what is done of it.</summary>
    public Answer Resume(in TrappedCall call)
    {
        context.IsOffDuty = true;
        try
        {
            return Handle(call);
        }
        finally
        {
            context.IsOffDuty = false;
        }
    }

    /// <summary>What the call waits for that was last answered with <see cref="Answer.Block"/>.</summary>
    public WaitRequest WaitRequest => context.WaitRequest;

    /// <summary>Lets go of what is kept of threads: this thread rests.</summary>
    public void Rest() => context.Target.Forget();

    public void Dispose() => context.Dispose();

    private Answer Dispatch(in TrappedCall call) => call.SystemCall switch
    {
        SystemCall.Connect => connect.Handle(call),
        SystemCall.Sendto => send.Handle(call),
        SystemCall.Sendmsg => message.Handle(call),
        SystemCall.Sendmmsg => vector.Handle(call),
        SystemCall.Recvfrom => receive.Handle(call),
        SystemCall.Setsockopt => option.Handle(call),
        SystemCall.Getsockopt => IsConnectx(call) ? option.Handle(call) : Answer.Continue,
        SystemCall.Socket or SystemCall.Socketpair => OpenSocket(call),
        // The filter traps nothing else.
        _ => Answer.Fail(Errno.ENOSYS),
    };

    /// <summary>socketcall(2): the call's number, and its arguments as an array of 32-bit words.</summary>
    private unsafe Answer HandleSocketcall(in TrappedCall call)
    {
        SystemCall inner = FilterProgram.FromSocketcall((uint)call.Int(0));
        Span<uint> words = stackalloc uint[6];
        int count = FilterProgram.SocketcallArguments(inner);
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

        return Dispatch(call with { SystemCall = inner, Args = args });
    }

    /// <summary>socket(2) and socketpair(2) by way of socketcall: what the filter decides where it can see the arguments.</summary>
    private static Answer OpenSocket(in TrappedCall call)
    {
        int family = call.Int(0);
        Errno error = !AddressFamilies.Allowed.Contains(family) ? Errno.EAFNOSUPPORT
            : family is Linux.AF_INET or Linux.AF_INET6 ? AddressFamilies.JudgeIpSocket(call.Int(1), call.Int(2))
            : Errno.None;
        return error == Errno.None ? Answer.Continue : Answer.Fail(error);
    }

    private static bool IsConnectx(in TrappedCall call) =>
        call.Int(1) == Linux.SOL_SCTP && call.Int(2) == Linux.SCTP_SOCKOPT_CONNECTX3;
}
