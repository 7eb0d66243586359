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
    /// <returns>null; or the refusal, where one could not be carried out.</returns>
    public Verdict? Carry(ref SocketCall socket, in Plan plan)
    {
        if (plan.Steps == Steps.None || plan.Verdict is not Verdict verdict)
        {
            return null;
        }

        if (!socket.Policy.Options.IsStrict || !socket.Policy.Routes.TakesSocketsElsewhere)
        {
            return Carry(ref socket, plan, verdict);
        }

        lock (connecting)
        {
            return Carry(ref socket, plan, verdict);
        }
    }

    private Verdict? Carry(ref SocketCall socket, in Plan plan, in Verdict verdict)
    {
        if ((plan.Steps & Steps.Dissolve) != 0)
        {
            // Where that cannot be, the next plan sees to it.
            _ = socket.TryDissolve();
        }

        if ((plan.Steps & (Steps.Unbind | Steps.UnbindByDissolving)) != 0)
        {
            bool isFree = InterfaceBinder.Unbind(socket.Duplicate) == Errno.None
                || ((plan.Steps & Steps.UnbindByDissolving) != 0 && socket.TryDissolve());
            socket.BindingChanged();
            if (!isFree)
            {
                return SocketPlan.RefuseBound(verdict);
            }

            if (socket.Policy.Options.IsStrict)
            {
                _ = DatagramWay.Set(socket.Duplicate, socket.Family, socket.Type, 0);
            }
        }

        Verdict? refusal = (plan.Steps & (Steps.Bind | Steps.TryBind)) != 0 ? BindDevice(ref socket, verdict) : null;
        return refusal is null && (plan.Steps & Steps.TakeSource) != 0 ? BindSource(ref socket, verdict) : refusal;
    }

    /// <summary>Binds a socket to the verdict's interface.</summary>
    /// <returns>null, or the refusal.</returns>
    public Verdict? BindDevice(ref SocketCall socket, in Verdict verdict)
    {
        // A socket that has a port may be bound already, which costs less to ask than to do again: without CAP_NET_RAW that is EPERM.
        bool isStrict = socket.Policy.Options.IsStrict;
        if (verdict.Interface is not string name || ((isStrict || socket.Local.Port != 0) && socket.IsBoundTo(name)))
        {
            return null;
        }

        Errno error = isStrict ? Secure(ref socket, name) : binder.Bind(socket.Duplicate, name);
        socket.BindingChanged();
        if (error == Errno.EPERM && (!isStrict || ConnectPlan.MayDissolve(socket.Policy, ref socket)) && binder.IndexOf(name) is uint index and not 0 && Association.TryRenew(socket.Duplicate, index, verdict.Source))
        {
            // What the kernel chose for the peer may be another source now.
            error = socket.ReadLocalAddress();
        }

        if (error == Errno.None)
        {
            socket.IsNowBoundTo(name);
            return null;
        }

        return error switch
        {
            Errno.ENODEV => Destinations.Missing(verdict),
            _ when socket.BoundIndex is var bound && (bound == 0 || binder.Exists(bound)) => isStrict
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
    }

    /// <summary>Strict mode: binds a socket that a call has left without a device, and without a peer that it was set free for.</summary>
    /// <returns>null, or the refusal.</returns>
    public Verdict? SecureAgain(ref SocketCall socket)
    {
        socket.BindingChanged();
        return socket.BoundIndex == 0 && !HasPeer(socket) && socket.IsOfOurNamespace && BirthPlan.InterfaceOf(socket.Policy) is string name
            ? BindDevice(ref socket, new Verdict(VerdictKind.Bind, default) { Interface = name })
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

    private Verdict? BindSource(ref SocketCall socket, in Verdict verdict)
    {
        IpAddress source = verdict.Source!.Value;
        Errno error = Errno.EADDRNOTAVAIL;
        if (socket.Type == Linux.SOCK_DGRAM)
        {
            uint index = verdict.Interface is string interfaceName ? binder.IndexOf(interfaceName) : 0;
            if (source.Family == IpFamily.IPv6 && !socket.Former.HasPeer
                && Association.TryElsewhere(verdict.Destination, index) is var impossible and not Errno.None)
            {
                return verdict.Refuse(impossible, "the kernel has no way there by the interface");
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

        return error == Errno.None
            ? null
            : verdict.Refuse(Errno.EADDRNOTAVAIL, $"the socket cannot send from {source} (--source-ip): {error}", isLoud: true);
    }
}
