using System.Globalization;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>
/// Which ports programs have chosen: those outside of the range that the kernel chooses from, and those inside of it that a
/// socket turned out to have by the program's choice. A socket is asked once for each such port.
/// </summary>
internal sealed class ChosenPorts
{
    private readonly ulong[] chosen = new ulong[1024];
    private (int First, int Last)? range;

    /// <summary>Whether the kernel chose the port of a datagram socket.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="local">Its local address.</param>
    /// <param name="mayHaveDevice">Whether one that is bound to a device is asked as well, which takes it away.</param>
    public bool IsKernels(in DuplicatedSocket socket, in LocalAddress local, bool mayHaveDevice)
    {
        ushort port = local.Endpoint.Port;
        (int first, int last) = range ??= KernelsRange();
        ulong bit = 1UL << (port % 64);
        if (port < first || port > last || (Volatile.Read(ref chosen[port / 64]) & bit) != 0 || !Association.IsUdpWithoutPeer(socket))
        {
            return false;
        }

        bool isKernels = Association.TryTakeOverPort(socket, local, mayHaveDevice);
        if (!isKernels)
        {
            Interlocked.Or(ref chosen[port / 64], bit);
        }

        return isKernels;
    }

    /// <summary>That of this network namespace, for IPv6 as well. Where it cannot be read every port is taken for the program's.</summary>
    private static (int First, int Last) KernelsRange()
    {
        try
        {
            string[] words = File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split('\t', ' ', '\n');
            return int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
                && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int last)
                    ? (first, last)
                    : (1, 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (1, 0);
        }
    }
}
