using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>Carries out the plans for datagrams: the kernel sends them, or the supervisor on the duplicate of the socket.</summary>
internal sealed class DatagramSender(HandlerContext context)
{
    private readonly PayloadReader payloads = new(context);
    private readonly DuplicateSender own = new(context);

    /// <summary>Judges one datagram, and sends it or lets the kernel do so.</summary>
    /// <param name="socket">The call.</param>
    /// <param name="datagram">The datagram.</param>
    /// <param name="mayGoOn">Whether the kernel may carry the call out; false for one message of several.</param>
    public Outcome Send(ref SocketCall socket, ref OutgoingDatagram datagram, bool mayGoOn = true)
    {
        if (Prepare(ref socket, ref datagram, mayGoOn, out Plan plan) is Outcome ended)
        {
            return ended;
        }

        if (plan.Verdict.Rewritten && plan.Way != Way.Invalid)
        {
            Rewrite(socket, plan.Verdict, ref datagram);
        }

        long failures = context.Counts.Failures;
        Outcome outcome = plan.Way switch
        {
            Way.AsIs when mayGoOn && !IsTold(ref socket, plan) => Response.Continue,
            Way.Steered => own.Steered(ref socket, plan, ref datagram),
            Way.Invalid => own.Invalid(ref socket, ref datagram),
            _ => own.AsIs(ref socket, ref datagram),
        };
        if (plan.Way == Way.AsIs && mayGoOn && outcome.Response is { Kind: ResponseKind.Result, Error: Errno.EFAULT })
        {
            // It was to be told what becomes of it, and only the kernel can read it, if anybody can.
            outcome = Response.Continue;
        }

        bool isDecided = plan.Way != Way.Invalid && outcome.Response.Kind != ResponseKind.Nobody && context.Counts.Failures == failures;
        return isDecided && plan.IsJudged ? Decided(ref socket, outcome.Response, plan.Verdict) : outcome;
    }

    /// <summary>Whether it is told what becomes of a datagram: then the supervisor sends it.</summary>
    private bool IsTold(ref SocketCall socket, in Plan plan) => context.Observer is { TellsResults: true } observer
        && plan.IsJudged && !observer.Flows.Contains(socket.Cookie, plan.Verdict);

    private Outcome Decided(ref SocketCall socket, in Response answer, in Verdict verdict)
    {
        if (!context.TellsResults)
        {
            return socket.Decided(answer, verdict);
        }

        CallResult result = answer.Kind switch
        {
            ResponseKind.Result => answer.Error == Errno.None ? new(ResultKind.Sent) : CallResult.Failed(answer.Error),
            ResponseKind.Block => CallResult.Unknown("it waits for room"),
            _ => default,
        };
        return socket.Decided(answer, verdict, new Observed { Result = result, Local = socket.Local.Port != 0 ? socket.Local : socket.ReadLocal() });
    }

    /// <summary>Sends a datagram that had to wait for room: it was judged before.</summary>
    public Outcome SendHeld(in Notification call, HeldMessage held)
    {
        Outcome? ended = context.Open(call, default, out SocketCall socket);
        using (socket.Duplicate)
        {
            return ended ?? SendHeld(ref socket, held);
        }
    }

    /// <summary>The same, on a socket that is open.</summary>
    public Outcome SendHeld(ref SocketCall socket, HeldMessage held) => own.Held(ref socket, held);

    /// <summary>Whether the kernel may carry out a datagram; the steps for that are not carried out yet.</summary>
    public static bool IsKernels(ref SocketCall socket, in OutgoingDatagram datagram, out Plan plan)
    {
        plan = DatagramPlan.Make(socket.Policy, datagram.Names, ref socket, mayGoOn: true);
        return plan.Way == Way.AsIs;
    }

    private Outcome? Prepare(ref SocketCall socket, ref OutgoingDatagram datagram, bool mayGoOn, out Plan plan)
    {
        while (true)
        {
            plan = DatagramPlan.Make(socket.Policy, datagram.Names, ref socket, mayGoOn);
            if (TakesDeviceAway(socket, plan) && !context.Connecting.IsHeldByCurrentThread)
            {
                // Another thread may have connected it since it was looked at, and what it sends then must not lose the device.
                lock (context.Connecting)
                {
                    Errno error = socket.LookAgain();
                    return error == Errno.None ? Prepare(ref socket, ref datagram, mayGoOn, out plan) : Response.Fail(error);
                }
            }

            if ((plan.Steps & Steps.ReadHeader) != 0)
            {
                if (payloads.Read(socket.Call, ref datagram) is Outcome ended)
                {
                    return ended;
                }

                socket.ReadHeader(PayloadReader.HeaderDestination(socket.Family, datagram.Payload));
                continue;
            }

            if (plan.Way == Way.Refused)
            {
                return socket.Refused(plan.Verdict);
            }

            if (!context.Steps.TryCarry(ref socket, plan, out Verdict refusal))
            {
                if ((plan.Steps & Steps.TryBind) == 0)
                {
                    return socket.Refused(refusal);
                }

                if (plan.Way == Way.Steered)
                {
                    // The PKTINFO leads it alone.
                    return null;
                }

                // It is bound to another interface for good, or there is none: the next plan says which.
                mayGoOn = false;
                continue;
            }

            if (plan.Way != Way.Again)
            {
                return null;
            }
        }
    }

    private static bool TakesDeviceAway(in SocketCall socket, in Plan plan) =>
        socket.Policy.Options.IsStrict && (plan.Steps & (Steps.Unbind | Steps.UnbindByDissolving)) != 0;

    private void Rewrite(in SocketCall socket, in Verdict verdict, ref OutgoingDatagram datagram)
    {
        Sockaddr named = Sockaddr.Parse(datagram.Address, socket.Family == IpFamily.IPv4 ? IpFamily.IPv4 : IpFamily.IPv6);
        named.TryRewrite(datagram.Address, verdict.Destination);
        context.Rewritten.Remember(socket.Duplicate, new(named.Endpoint, verdict.Destination, datagram.AddressInTarget, datagram.Address.Length));
        // Where the page cannot be written the program sees the override only in the reply's source.
        _ = context.Write(socket.Call, datagram.AddressInTarget, datagram.Address);
    }
}
