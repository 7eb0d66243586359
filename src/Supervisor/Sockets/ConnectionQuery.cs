using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>
/// Asks a TCP socket what became of its connection, and begins none. connect(2) tells it, whatever the address (__inet_stream_connect,
/// SS_CONNECTING), but where there is nothing to tell it begins a connection. So the address is one that TCP connects to never:
/// a multicast group (ENETUNREACH, tcp_v4_connect, tcp_v6_connect).
/// </summary>
internal static class ConnectionQuery
{
    // 224.0.0.1 and ff02::1, all hosts of the link.
    private static readonly IpAddress AllHosts4 = IpAddress.FromIPv4(0xe000_0001);
    private static readonly IpAddress AllHosts6 = IpAddress.FromBits(IpFamily.IPv6, new UInt128(0xff02_0000_0000_0000, 1));

    /// <summary>Asks. The socket is left as after any connect that tells its result; a failure is told once.</summary>
    /// <param name="socket">A TCP socket.</param>
    /// <param name="family">Its family.</param>
    /// <param name="port">The port that the program named, in host byte order.</param>
    /// <param name="wasConnecting">Whether there was a connection to tell of.</param>
    /// <returns>
    /// None where it is there, and EISCONN where that was told before; EALREADY while it is under way; else why it failed, or why there
    /// is none.
    /// </returns>
    public static Errno Ask(in DuplicatedSocket socket, IpFamily family, ushort port, out bool wasConnecting)
    {
        // Where it is taken first, connect tells ECONNABORTED if the connection has failed, and nothing else does.
        var failed = Errno.None;
        if (socket.TcpState == Linux.TCP_CLOSE)
        {
            failed = (Errno)(socket.GetOption(Linux.SOL_SOCKET, Linux.SO_ERROR) ?? 0);
        }

        Span<byte> address = stackalloc byte[Sockaddr.In6Length];
        int length = Sockaddr.Write(address, family, new Endpoint(family == IpFamily.IPv4 ? AllHosts4 : AllHosts6, port));
        using (socket.WithoutWaiting())
        {
            Errno asked = socket.Connect(address[..length]);
            wasConnecting = asked is Errno.None or Errno.EISCONN or Errno.EALREADY or Errno.EINPROGRESS or Errno.ECONNABORTED;
            return asked is Errno.None or Errno.EISCONN or Errno.EALREADY or Errno.EINPROGRESS || failed == Errno.None ? asked : failed;
        }
    }
}
