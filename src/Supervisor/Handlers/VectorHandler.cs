using BindToInterface.Policy;
using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Target;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// sendmmsg(2). Where each message may go on as it is, the kernel carries the call out, with its own waits. Else the
/// supervisor sends one message after the other, each judged by itself.
/// </summary>
internal sealed unsafe class VectorHandler(HandlerContext context, MessageHandler messages, MessageSender own)
{
    /// <summary>How many messages, and bytes of control messages, are judged while other programs' calls wait.</summary>
    private const int ShortCount = 32;
    private const ulong ShortControl = 0x2_0000;

    private readonly TargetProcess target = context.Target;
    private readonly Scratch scratch = context.Scratch;
    private readonly List<Decision> decisions = [];
    private readonly List<(string? Interface, CountedDecision What, bool IsRedirected)> judged = [];

    /// <summary>sendmmsg(fd, vector, count, flags).</summary>
    public Outcome Handle(in Notification call)
    {
        decisions.Clear();
        HeldMessage? held = context.TakeHeld();
        var vector = new Vector(call);
        bool isRead = TargetMemory.Read(call, vector.Address, new Span<byte>(scratch.Messages, vector.Count * vector.Size)) == Errno.None;
        bool mayGoOn = !context.Policy.Options.IsStrict;
        if (isRead && mayGoOn && !AnyNames(vector))
        {
            return Response.Continue;
        }

        if (!context.IsOffDuty && isRead && IsLong(vector))
        {
            return context.WaitForAnotherThread(call);
        }

        Outcome? ended = context.Open(call, default, out SocketCall socket);
        using (socket.Duplicate)
        {
            if (ended is Outcome outcome)
            {
                return outcome;
            }

            if (!socket.IsIp && (HandlerContext.NotIp(socket) is { Kind: ResponseKind.Result } || !own.IsNeeded(call)))
            {
                return HandlerContext.NotIp(socket);
            }

            if (!target.IsWaiting(call))
            {
                return Response.Nobody;
            }

            if (vector.Count > 1 && socket.IsIp && socket.Type == Linux.SOCK_SEQPACKET)
            {
                // These the kernel must send itself, all of them by the way that one verdict allows.
                return Response.Fail(Errno.ENOBUFS);
            }

            if (isRead && mayGoOn && held is null && call.Done == 0 && IsKernels(ref socket, vector))
            {
                return new Outcome(Response.Continue) { OfMessages = decisions };
            }

            decisions.Clear();
            return Send(ref socket, vector, held) with { OfMessages = decisions };
        }
    }

    /// <summary>Whether any message of the vector names a destination or has control messages.</summary>
    private bool AnyNames(in Vector vector)
    {
        for (int i = 0; i < vector.Count; i++)
        {
            Msghdr header = HeaderAt(vector, i);
            if (header.HasName || header.HasControl)
            {
                return true;
            }
        }

        return false;
    }

    private bool IsLong(in Vector vector)
    {
        ulong control = 0;
        for (int i = 0; i < vector.Count; i++)
        {
            control += Math.Min(HeaderAt(vector, i).ControlLength, Scratch.ControlLength);
        }

        return vector.Count > ShortCount || control > ShortControl;
    }

    /// <summary>
    /// Whether the kernel may carry out each message; what the socket needs for that is done. What is refused or excluded is
    /// decided when its turn comes.
    /// </summary>
    private bool IsKernels(ref SocketCall socket, in Vector vector)
    {
        if (!SocketTypes.SendsDatagrams(socket.Type))
        {
            return false;
        }

        judged.Clear();
        for (int i = 0; i < vector.Count; i++)
        {
            Msghdr header = HeaderAt(vector, i);
            if (messages.ReadNames(vector.Call, header, out _) != Errno.None
                || !messages.IsKernels(ref socket, header, vector.Flags, out Plan plan)
                || !context.Steps.TryCarry(ref socket, plan, out _))
            {
                return false;
            }

            if (plan.IsJudged)
            {
                judged.Add((plan.Verdict.Interface, DecisionCounts.KindOf(plan.Verdict), plan.Verdict.Rewritten));
                if (socket.Described(Response.Continue, plan.Verdict).Decision is Decision decision)
                {
                    decisions.Add(decision);
                }
            }
        }

        if (!target.IsWaiting(vector.Call))
        {
            return false;
        }

        // Only now: where the kernel does not get the vector, its messages are judged again, one by one.
        judged.ForEach(each => context.Counts.Add(each.Interface, each.What, each.IsRedirected));
        return true;
    }

    private Outcome Send(ref SocketCall socket, in Vector vector, HeldMessage? held)
    {
        PinnedMemory? memory = null;
        try
        {
            int done = vector.Call.Done;
            int sent = done;
            own.WasPart = false;
            while (sent < vector.Count)
            {
                socket.Call = vector.Call with { Done = sent };
                if (!context.IsOffDuty && sent >= done + ShortCount)
                {
                    return context.WaitForAnotherThread(socket.Call);
                }

                Outcome outcome = SendNext(ref socket, vector, held, ref memory);
                held = null;
                if (outcome.Decision is Decision decision)
                {
                    decisions.Add(decision);
                }

                Response answer = outcome.Response;
                if (answer.Kind == ResponseKind.Block)
                {
                    return answer;
                }

                if (answer.Kind != ResponseKind.Result || answer.Error != Errno.None)
                {
                    // As the kernel does, an error is reported only where nothing was sent before it.
                    return sent == 0 || answer.Kind == ResponseKind.Nobody ? answer : Response.Result(sent);
                }

                sent++;
                if (own.WasPart)
                {
                    break;
                }
            }

            return Response.Result(sent);
        }
        finally
        {
            memory?.Dispose();
        }
    }

    private Outcome SendNext(ref SocketCall socket, in Vector vector, HeldMessage? held, ref PinnedMemory? memory)
    {
        Notification call = socket.Call;
        ulong message = vector.Address + (ulong)(call.Done * vector.Size);
        Errno error = MessageHandler.ReadHeader(call, message, out Msghdr header);
        if (error == Errno.None && held is null)
        {
            error = messages.ReadNames(call, header, out _);
        }

        if (error == Errno.None && memory is null)
        {
            error = context.Pin(call, out memory);
        }

        Outcome outcome = error != Errno.None ? context.CannotRead(call, error)
            : held is not null ? messages.SendHeld(ref socket, held)
            : messages.Send(ref socket, header, vector.Flags, mayGoOn: false);
        if (outcome.Response.Kind != ResponseKind.Result || outcome.Response.Error != Errno.None)
        {
            return outcome;
        }

        uint length = (uint)outcome.Response.Value;
        error = memory!.Write(message + (ulong)call.Layout.MsghdrLength, new ReadOnlySpan<byte>(&length, sizeof(uint)));
        return error == Errno.None ? outcome with { Response = Response.Result(0) } : context.CannotRead(call, error);
    }

    private Msghdr HeaderAt(in Vector vector, int index) =>
        Msghdr.Read(new ReadOnlySpan<byte>(scratch.Messages + index * vector.Size, vector.Size), vector.Call.Layout);

    /// <summary>The array of a call.</summary>
    private readonly struct Vector(in Notification call)
    {
        public readonly Notification Call = call;

        public int Size => Call.Layout.MmsghdrLength;

        public int Count => (int)Math.Min((uint)Call.Int(2), Native.UIO_MAXIOV);

        public ulong Address => Call.Word(1);

        public int Flags => Call.Int(3);
    }
}
