using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>What is done to the socket, so that what was read of it before is no longer true.</summary>
internal ref partial struct SocketCall
{
    /// <summary>Reads the local address again, and forgets what another thread may have changed since it was opened.</summary>
    public Errno LookAgain()
    {
        (boundIndex, isBound, hasPeer, isConnected, hasTcpState) = (null, null, null, null, false);
        return ReadLocalAddress();
    }

    /// <summary>Notes the association before it is changed.</summary>
    public void NoteAssociation()
    {
        if (!Former.IsNoted)
        {
            Former = Association.Of(Duplicate, local);
        }
    }

    /// <summary>Dissolves the association; what is known of peer, source and device is no longer true then.</summary>
    /// <returns>Whether that could be.</returns>
    public bool TryDissolve()
    {
        WasDissolved = true;
        NoteAssociation();
        LocalAddress left = local;
        if (!Association.TryDissolve(Duplicate, ref left))
        {
            return false;
        }

        local = left;
        (hasPeer, isConnected) = (false, false);
        BindingChanged();
        return true;
    }

    /// <summary>Strict mode: to ask takes the device away. It is given back where the port is the program's.</summary>
    private bool TakesKernelsPort()
    {
        lock (context.Connecting)
        {
            // Another thread may have connected it by now.
            if (!WasNeverConnected)
            {
                return false;
            }

            bool isKernels = context.Binder.Ports.IsKernels(Duplicate, local, mayHaveDevice: true);
            BindingChanged();
            if (isKernels)
            {
                _ = DatagramWay.Set(Duplicate, Family, Type, 0);
            }
            else
            {
                _ = context.Steps.SecureAgain(ref this);
            }

            return isKernels;
        }
    }

    /// <summary>The binding is not what it was.</summary>
    public void BindingChanged()
    {
        (boundIndex, isBound) = (null, null);
        RememberServer(false);
    }

    /// <summary>The kernel has just bound it to an interface, which need not be asked again.</summary>
    public void IsNowBoundTo(string interfaceName) => isBound = (interfaceName, true);

    /// <summary>The header that the program wrote was read.</summary>
    public void ReadHeader(IpAddress? destination) => (HasReadHeader, HeaderDestination) = (true, destination);
}
