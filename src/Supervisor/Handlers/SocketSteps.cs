using System.Runtime.CompilerServices;
using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Sockets;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>Carries out the steps of a plan on the duplicate of a socket.</summary>
internal sealed unsafe class SocketSteps(InterfaceBinder binder, Lock connecting)
{
    /// <summary>Carries out all steps that a plan names.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="refusal">Why not, where one could not be carried out; else not set, since that would cost more than most steps.</param>
    public bool TryCarry(ref SocketCall socket, in Plan plan, out Verdict refusal)
    {
        Unsafe.SkipInit(out refusal);
        if (plan.Steps == Steps.None || !plan.IsJudged)
        {
            return true;
        }

        if (!socket.Policy.Options.IsStrict || !socket.Policy.Routes.TakesSocketsElsewhere)
        {
            return TryCarryOut(ref socket, plan, out refusal);
        }

        lock (connecting)
        {
            return TryCarryOut(ref socket, plan, out refusal);
        }
    }

    private bool TryCarryOut(ref SocketCall socket, in Plan plan, out Verdict refusal)
    {
        Unsafe.SkipInit(out refusal);
        if ((plan.Steps & Steps.Dissolve) != 0)
        {
            // Where that cannot be, the next plan sees to it.
            _ = socket.TryDissolve();
        }

        if ((plan.Steps & (Steps.Unbind | Steps.UnbindByDissolving)) != 0 && !TryUnbind(ref socket, plan.Steps))
        {
            refusal = SocketPlan.RefuseBound(plan.Verdict);
            return false;
        }

        return ((plan.Steps & (Steps.Bind | Steps.TryBind)) == 0 || TryBindDevice(ref socket, plan.Verdict, out refusal))
            && ((plan.Steps & Steps.TakeSource) == 0 || TryBindSource(ref socket, plan.Verdict, out refusal));
    }

    private static bool TryUnbind(ref SocketCall socket, Steps steps)
    {
        bool isFree = InterfaceBinder.Unbind(socket.Duplicate) == Errno.None || ((steps & Steps.UnbindByDissolving) != 0 && socket.TryDissolve());
        socket.BindingChanged();
        if (isFree && socket.Policy.Options.IsStrict)
        {
            _ = DatagramWay.Set(socket.Duplicate, socket.Family, socket.Type, 0);
        }

        return isFree;
    }

    /// <summary>Binds a socket to the verdict's interface.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="verdict">The verdict.</param>
    /// <param name="refusal">Why not, where it could not be bound; else not set.</param>
    public bool TryBindDevice(ref SocketCall socket, in Verdict verdict, out Verdict refusal)
    {
        Unsafe.SkipInit(out refusal);
        // A socket that has a port may be bound already, which costs less to ask than to do again: without CAP_NET_RAW that is EPERM.
        bool isStrict = socket.Policy.Options.IsStrict;
        if (verdict.Interface is not string name || ((isStrict || socket.Local.Port != 0) && socket.IsBoundTo(name)))
        {
            return true;
        }

        Errno error = isStrict ? Secure(ref socket, name) : binder.Bind(socket.Duplicate, name);
        socket.BindingChanged();
        error = error == Errno.EPERM ? BindAnew(ref socket, verdict, name) : error;
        if (error == Errno.None)
        {
            socket.IsNowBoundTo(name);
            return true;
        }

        refusal = NotBound(ref socket, verdict, name, error);
        return false;
    }

    /// <summary>A datagram socket that is bound to another interface, or to one that is gone, may lose its device with its association.</summary>
    /// <returns>None where it is bound; EPERM where that cannot be.</returns>
    private Errno BindAnew(ref SocketCall socket, in Verdict verdict, string name) =>
        (!socket.Policy.Options.IsStrict || ConnectPlan.MayDissolve(socket.Policy, ref socket))
            && binder.IndexOf(name) is uint index and not 0 && Association.TryRenew(socket.Duplicate, index, verdict.Source)
                // What the kernel chose for the peer may be another source now.
                ? socket.ReadLocalAddress()
                : Errno.EPERM;

    private Verdict NotBound(ref SocketCall socket, in Verdict verdict, string name, Errno error) => error switch
    {
        Errno.ENODEV => Destinations.Missing(verdict),
        _ when socket.BoundIndex is var bound && (bound == 0 || binder.Exists(bound)) => socket.Policy.Options.IsStrict
            // A new socket would be bound in the same way.
            ? SocketPlan.RefuseBound(verdict)
            : verdict.Refuse(
                Errno.EPERM,
                $"the socket cannot be bound to {name} ({error}): it is bound to another interface, and only CAP_NET_RAW (run as root) could change that; a new socket works",
                isLoud: true),
        _ => verdict.Refuse(
            Errno.ENETUNREACH,
            $"the socket was bound to {name} before that was made anew, and only CAP_NET_RAW could bind it again; a new socket works",
            isLoud: true),
    };

    /// <summary>Strict mode: binds a socket that a call has left without a device, and without a peer that it was set free for.</summary>
    /// <returns>null, or the refusal.</returns>
    public Verdict? SecureAgain(ref SocketCall socket)
    {
        socket.BindingChanged();
        return socket.BoundIndex == 0 && !HasPeer(socket) && socket.IsOfOurNamespace && BirthPlan.InterfaceOf(socket.Policy) is string name
            && !TryBindDevice(ref socket, new Verdict(VerdictKind.Bind, default) { Interface = name }, out Verdict refusal)
                ? refusal
                : null;
    }

    /// <summary>Whether it is connected, or about to be, by now.</summary>
    private static bool HasPeer(in SocketCall socket) =>
        socket.Duplicate.TcpState is byte state ? state is not (Linux.TCP_CLOSE or Linux.TCP_LISTEN) : socket.Duplicate.IsConnected();

    /// <summary>Binds a socket so that it stays so. One that is bound to another interface is let go of first, where that may be.</summary>
    private Errno Secure(ref SocketCall socket, string name)
    {
        if (socket.BoundIndex != 0)
        {
            Errno error = InterfaceBinder.Unbind(socket.Duplicate);
            if (error != Errno.None)
            {
                return error;
            }
        }

        return binder.Secure(socket.Duplicate, socket.Family, socket.Type, name);
    }

    private bool TryBindSource(ref SocketCall socket, in Verdict verdict, out Verdict refusal)
    {
        Unsafe.SkipInit(out refusal);
        IpAddress source = verdict.Source!.Value;
        Errno error = Errno.EADDRNOTAVAIL;
        if (socket.Type == Linux.SOCK_DGRAM)
        {
            uint index = verdict.Interface is string interfaceName ? binder.IndexOf(interfaceName) : 0;
            if (source.Family == IpFamily.IPv6 && !socket.Former.HasPeer
                && Association.TryElsewhere(verdict.Destination, index) is var impossible and not Errno.None)
            {
                refusal = verdict.Refuse(impossible, "the kernel has no way there by the interface");
                return false;
            }

            socket.NoteAssociation();
            error = Association.TakeSource(socket.Duplicate, socket.Family, source, index);
        }
        else if (socket.Local.Port == 0 || socket.Type == Linux.SOCK_RAW)
        {
            // The port is then chosen at connect, by the whole four-tuple, as it is without the supervisor. A raw socket has none:
            // what getsockname tells is its protocol.
            int yes = 1;
            _ = LibC.setsockopt(socket.Duplicate.Descriptor, Linux.SOL_IP, LibC.IP_BIND_ADDRESS_NO_PORT, &yes, sizeof(int));
            byte* address = stackalloc byte[Sockaddr.In6Length];
            int length = Sockaddr.Write(new Span<byte>(address, Sockaddr.In6Length), socket.Family, new Endpoint(source, 0));
            error = LibC.bind(socket.Duplicate.Descriptor, (sockaddr*)address, (uint)length) == 0 ? Errno.None : Native.LastError;
        }

        if (error != Errno.None)
        {
            refusal = verdict.Refuse(Errno.EADDRNOTAVAIL, $"the socket cannot send from {source} (--source-ip): {error}", isLoud: true);
        }

        return error == Errno.None;
    }
}
