using System.Runtime.CompilerServices;
using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Proc;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;
using BindToInterface.Supervisor.Target;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>How the socket of a call is opened, and what the call is answered with where it cannot be.</summary>
internal sealed partial class HandlerContext
{
    /// <summary>
    /// Duplicates the socket of a call, and reads its family and local address. The errors come in the kernel's order: it
    /// looks at the descriptor first, but for a connect, whose address it copies before that.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="unread">What could not be read of its memory before.</param>
    /// <param name="socket">The socket, whose duplicate is to be closed in any case.</param>
    /// <returns>The outcome where the call ends here; a socket that is not an IP one is the caller's business.</returns>
    public Outcome? Open(scoped in Notification call, scoped in Unread unread, out SocketCall socket)
    {
        Errno error = Target.Duplicate(call, call.Int(0), out DuplicatedSocket duplicate);
        if (error is Errno.EMFILE or Errno.ENFILE)
        {
            Callers.Clear();
            error = Target.Duplicate(call, call.Int(0), out duplicate);
        }

        SocketCall.Begin(this, call, duplicate, out socket);
        if (error != Errno.None)
        {
            return CannotOpen(call, error);
        }

        if (unread.Error == Errno.None)
        {
            error = socket.ReadLocalAddress();
            if (error == Errno.None)
            {
                return null;
            }

            return Response.Fail(error);
        }

        return CannotRead(ref socket, unread);
    }

    // Not inlined, as what follows: what is rare takes no room on the stack of what is not, which is cleared for every call.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Outcome CannotOpen(in Notification call, Errno error) =>
        error == Errno.ENOKEY ? (withoutCopy ??= new(this)).Judge(call, Target.Former) : CannotDuplicate(call, error);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Outcome? CannotRead(ref SocketCall socket, in Unread unread)
    {
        if (unread.IsFirst && unread.Error != Errno.EFAULT)
        {
            return CannotRead(socket.Call, unread.Error);
        }

        Errno error = socket.ReadLocalAddress();
        return socket.IsIp ? CannotReadAddress(ref socket, unread)
            : unread.IsFirst ? CannotRead(socket.Call, unread.Error)
            : error != Errno.None ? Response.Fail(error)
            : null;
    }

    /// <summary>The outcome where the target's memory could not be read.</summary>
    public Outcome CannotRead(in Notification call, Errno error) => error switch
    {
        Errno.EFAULT => Response.Fail(Errno.EFAULT),
        Errno.ESRCH => Response.Nobody,
        _ => Unreachable(call, TargetAccess.MemoryCall, error),
    };

    private Outcome CannotDuplicate(in Notification call, Errno error) => error switch
    {
        Errno.EBADF or Errno.ENOTSOCK => Response.Fail(error),
        Errno.ESRCH when !Target.IsWaiting(call) => Response.Nobody,
        _ => Unreachable(call, TargetAccess.DescriptorCall, error),
    };

    /// <summary>
    /// The outcome where the sockaddr of a call could not be read. The supervisor cannot see memory that the kernel itself
    /// maps into the program (vvar, the ring of a perf event); the kernel can. Bound to the interface, the call may go on
    /// with whatever address is there, unless names are redirected by it, or an IPv6 send could name a link by it.
    /// </summary>
    private Outcome CannotReadAddress(ref SocketCall socket, in Unread unread)
    {
        if (unread.Error != Errno.EFAULT || unread.Address == 0 || socket.Policy.Options.IsStrict
            || !MemoryMap.IsUsable(socket.Call.Tid, unread.Address, (ulong)unread.Length))
        {
            return CannotRead(socket.Call, unread.Error);
        }

        if (!Target.IsWaiting(socket.Call))
        {
            return Response.Nobody;
        }

        bool namesLink = socket.Family == IpFamily.IPv6 && socket.Call.SystemCall != SystemCall.Connect;
        Verdict unseen = socket.Policy.JudgeUnknown(socket.Family);
        return unseen.Kind == VerdictKind.Refuse ? socket.Refused(unseen)
            : socket.Policy.RewritesDns || namesLink ? socket.Refused(unseen.Refuse(Errno.EFAULT, "its destination is in memory that only the kernel can read", isLoud: true))
            : !Steps.TryBindDevice(ref socket, unseen, out Verdict refusal) ? socket.Refused(refusal)
            : socket.Decided(Response.Continue, unseen);
    }
}
