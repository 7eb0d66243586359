using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Proc;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;
using BindToInterface.Supervisor.Target;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>socket(2): the supervisor makes the socket, does to it what has to be done before the program has it, and hands it over.</summary>
internal sealed class BirthHandler(HandlerContext context)
{
    public Outcome Handle(in Notification call)
    {
        Errno error = NetworkNamespace.IsOurs(call.Tid, out bool isOurs);
        var request = new SocketRequest(call.Int(0), call.Int(1), call.Int(2));
        if (error != Errno.None)
        {
            return !context.Target.IsWaiting(call) ? Response.Nobody
                // Where only copies are kept, the kernel may make it: of what has no copy nothing is let go.
                : context.Copies is null || context.Policy.Options.IsStrict || request.IsMultipath ? context.Unreachable(call, "reading its network namespace", error)
                : Response.Continue;
        }

        Birth birth = BirthPlan.Make(context.Policy, request, isOurs);
        return birth.Way switch
        {
            BirthWay.AsIs => Response.Continue,
            BirthWay.Refused => Response.Fail(birth.Error),
            _ => Make(call, birth),
        };
    }

    private Outcome Make(in Notification call, in Birth birth)
    {
        if (context.Copies?.TryMakeRoom() == false)
        {
            return context.Unreachable(call, "keeping a copy of the socket", Errno.EMFILE);
        }

        Errno error = SocketMaker.Make(call, birth.Request, out DuplicatedSocket socket, out string? failed);
        if (error == Errno.EMFILE && failed is not null)
        {
            // Before a call is refused, the descriptors that are kept of threads are let go, and of sockets that the program has closed.
            context.Target.Forget();
            context.Copies?.Sweep(isPatient: false);
            error = SocketMaker.Make(call, birth.Request, out socket, out failed);
        }

        if (error == Errno.None && context.Copies is SocketCopies copies && (birth.Request.IsIp || context.Policy.Options.IsStrict))
        {
            return MakeWithCopy(copies, call, birth, socket);
        }

        using (socket)
        {
            if (failed is not null)
            {
                return context.Target.IsWaiting(call) ? context.Unreachable(call, failed, error) : Response.Nobody;
            }

            return error != Errno.None ? Response.Fail(error)
                : birth.Interface is string name && BindAndNote(socket, birth.Request, name) is Verdict refusal ? Refused(call, birth, refusal)
                : Answer(context.Target.Hand(call, socket, birth.Request.IsCloseOnExec, out _));
        }
    }

    /// <summary>Binds a socket that nobody has yet, and notes what the calls on it need not ask for.</summary>
    private Verdict? BindAndNote(in DuplicatedSocket socket, in SocketRequest request, string name)
    {
        Verdict? refusal = Bind(socket, request, name);
        if (refusal is null)
        {
            ulong cookie = KnownSockets.CookieOf(socket);
            context.Known.Made(cookie, request);
            NoteUnconnected(cookie, request);
        }

        return refusal;
    }

    private void NoteUnconnected(ulong cookie, in SocketRequest request)
    {
        if (context.Policy.Options.IsStrict && request.Type == Linux.SOCK_DGRAM)
        {
            context.Unconnected.Add(cookie);
        }
    }

    /// <summary>Binds a socket that nobody has yet.</summary>
    /// <returns>null, or the refusal.</returns>
    private Verdict? Bind(in DuplicatedSocket socket, in SocketRequest request, string name)
    {
        var verdict = new Verdict(VerdictKind.Bind, default) { Interface = name };
        IpFamily family = request.Domain == Linux.AF_INET ? IpFamily.IPv4 : IpFamily.IPv6;
        return context.Binder.Secure(socket, family, request.Type, name) switch
        {
            Errno.None => null,
            Errno.ENODEV => Destinations.Missing(verdict),
            var error => verdict.Refuse(Errno.EPERM, $"the socket cannot be bound to {name} ({error})", isLoud: true),
        };
    }

    /// <summary>Hands a socket over of which a copy is kept.</summary>
    private Outcome MakeWithCopy(SocketCopies copies, in Notification call, in Birth birth, in DuplicatedSocket socket)
    {
        var made = new DescriptorHandle(socket.Descriptor);
        Errno error = socket.GetInode(out uint inode);
        if (error != Errno.None)
        {
            made.Dispose();
            return context.Unreachable(call, "statx", error);
        }

        // First, so that it is known when the program uses it.
        var copy = new SocketCopy(inode, birth.Request.Type, birth.Request.IsIp, made);
        copies.Add(copy);
        if (context.Policy.Routes.TakesSocketsElsewhere)
        {
            // Nothing else asks for the cookie here.
            NoteUnconnected(KnownSockets.CookieOf(socket), birth.Request);
        }

        // A dry run binds nothing.
        Verdict? refusal = birth.Interface is string name && context.Observer is not { IsDry: true } ? Bind(socket, birth.Request, name) : null;
        int number = -1;
        error = refusal is null ? context.Target.Hand(call, socket, birth.Request.IsCloseOnExec, out number) : Errno.EPERM;
        if (error == Errno.None)
        {
            copies.HandedOver(copy, call.Tid, number);
            return Response.Answered;
        }

        copies.Remove(copy);
        return refusal is Verdict refused ? Refused(call, birth, refused) : Answer(error);
    }

    private static Response Answer(Errno error) => error switch
    {
        Errno.None => Response.Answered,
        // Gone, or interrupted: the socket that nobody got is closed.
        Errno.ENOENT or Errno.ESRCH => Response.Nobody,
        _ => Response.Fail(error),
    };

    private Outcome Refused(in Notification call, in Birth birth, in Verdict refusal)
    {
        context.Counts.Judged(refusal);
        return new(
            Response.Fail(refusal.Error),
            context.Sinks.Want(DecisionKind.Filtered, refusal)
                ? context.Sinks.Describe(call, new Decision(DecisionKind.Filtered, call, refusal)
                {
                    Type = birth.Request.Type, Protocol = birth.Request.Protocol, Subject = "socket",
                })
                : null);
    }
}
